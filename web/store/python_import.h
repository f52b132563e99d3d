#pragma once

#include <filesystem>

#include "web/store/store.h"

namespace web {

/// Takes in, once for a data folder, what the python node recorded there: graph_db, stats, block_history.json,
/// hashrate_samples.json and net_diff_samples.json. The files stay as they are; one that cannot be read is passed over
/// and told. Before Store::start(). True when something was imported now.
bool import_python_records(Store& store, const std::filesystem::path& folder);

}  // namespace web
