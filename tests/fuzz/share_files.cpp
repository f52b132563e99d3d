// Share files of the python node.

#include "share_chain/store/share_files.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::MemoryFile file({data, size});
    const auto lines = static_cast<std::uint64_t>(std::count(data, data + size, std::uint8_t{'\n'}) + 1);
    std::uint64_t told = 0;
    share_chain::store::ShareFileEvents events;
    events.on_share = [&](const share_chain::SharePtr& share) {
        ++told;
        fuzz::require(share != nullptr && share->hash <= share->target, "a share without work");
    };
    events.on_verified = [&](const dash::Uint256&) { ++told; };
    events.on_problem = [&](const std::filesystem::path&, std::uint64_t line, const std::string& problem) {
        ++told;
        fuzz::require(line >= 1 && line <= lines && !problem.empty(), "a problem without place or words");
    };
    read_share_files({file.path()}, *share_chain::find_network("dash_regtest"), events);
    fuzz::require(told <= lines, "more was told than there are lines");
    return 0;
}
