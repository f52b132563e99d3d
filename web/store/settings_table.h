#pragma once

#include "web/model/miner_settings.h"
#include "web/store/store.h"

namespace web {

/// Reads all, at the start. A damaged row is passed over and told.
void load_settings(Store& store, MinerSettingsBook& book);
/// Hands the settings of one miner to the store's thread; without any, his row goes.
void store_settings(Store& store, const dash::Hash160& miner, const MinerSettings& settings);

}  // namespace web
