#pragma once

#include <vector>

#include "web/model/found_blocks.h"
#include "web/model/samples.h"
#include "web/store/store.h"

namespace web {

/// When the node first ran with this file: `now`, at the first call of all.
[[nodiscard]] double first_start(Store& store, double now);

// Reading, at the start. A damaged row is passed over and told.
[[nodiscard]] std::vector<FoundBlock> load_blocks(Store& store);
[[nodiscard]] std::vector<HashrateSample> load_hashrate_samples(Store& store);
[[nodiscard]] std::vector<DifficultySample> load_difficulty_samples(Store& store);
[[nodiscard]] std::vector<Json> load_statistics_log(Store& store, double since);

// Writing, by the store's thread.
void store_block(Store& store, const FoundBlock& block);
void store_hashrate_sample(Store& store, const HashrateSample& sample);
void store_difficulty_samples(Store& store, const std::vector<DifficultySample>& samples);
void store_log_entry(Store& store, double time, const std::string& record);
/// Removes what is too much or too old.
void store_limits(Store& store, double now);

}  // namespace web
