#pragma once

#include "web/graphs/streams.h"
#include "web/store/store.h"

namespace web {

/// Fills the graphs from the table.
void load_graphs(Store& store, graphs::Graphs& graphs);
/// Hands the bins that changed since the last call to the store's thread.
void save_graphs(Store& store, graphs::Graphs& graphs);

}  // namespace web
