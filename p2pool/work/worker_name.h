#pragma once

#include <string>

namespace p2pool::work {

/// What stands before the miner's name for his machine in a worker's name (work::Worker::name): his address, or what he
/// calls himself when he gave none.
[[nodiscard]] inline std::string address_part(const std::string& name) {
    return name.substr(0, name.find('.'));
}

}  // namespace p2pool::work
