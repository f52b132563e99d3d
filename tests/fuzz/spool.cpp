// Won blocks that an earlier run left in the spool file, whatever became of the file.

#include <fstream>

#include "dash/submission/spool.h"
#include "tests/fuzz/target.h"
#include "tests/support/process.h"
#include "tests/support/quiet_log.h"

namespace {

std::size_t left_over(const std::filesystem::path& database) {
    return dash::submission::Spool(database).left_over().size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using dash::submission::Spool;
    static const tests::TemporaryFolder folder("fuzz");
    const std::filesystem::path database = folder.path() / "p2pool.sqlite3";
    const std::filesystem::path file = database.string() + ".won";
    std::ofstream(file, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    std::vector<dash::submission::WonBlock> blocks;
    {
        Spool spool(database);
        blocks = spool.left_over();
        dash::submission::WonBlock another;
        another.hash = dash::Uint256(7);
        another.bytes = std::make_shared<const dash::Bytes>(data, data + size);
        spool.add(another);
    }
    fuzz::require(left_over(database) == blocks.size() + 1, "a block behind a damaged one is lost");
    Spool spool(database);
    for (const auto& block : spool.left_over())
        spool.settled(block.hash);
    fuzz::require(std::filesystem::file_size(file) == 0, "what is settled stays");
    return 0;
}
