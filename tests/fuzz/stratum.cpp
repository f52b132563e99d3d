// One miner's lines. A line that begins with '!' is not his: its second character says what else happens.

#include "tests/fuzz/target.h"
#include "tests/support/quiet_log.h"
#include "tests/unit/stratum/miner_fixture.h"

namespace {

constexpr double kAFewMinutes = 200;

void happen(char what, tests::MinerFixture& node) {
    switch (what) {
        case 'e':
            node.work.new_event();
            static_cast<void>(node.push(true));
            break;
        case 'r':
            node.work.refresh();
            static_cast<void>(node.push(false));
            break;
        case 'w':
            node.work.has_work = !node.work.has_work;
            break;
        case 'b':
            node.work.set_quality(1e9);
            break;
        case 'l':
            node.work.set_quality(1e-6);
            break;
        case 't':
            node.clock.advance(1);
            static_cast<void>(node.tick());
            break;
        case 'x':
            node.reconnect();
            break;
        default:
            node.clock.advance(kAFewMinutes);
    }
}

}  // namespace

/// The fixture reads every answer as lines of JSON, and throws when it is none.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    tests::MinerFixture node(input.byte() % 2 == 0 ? "dash_regtest" : "dash");
    while (!input.empty() && node.open) {
        const std::string_view line = input.line();
        if (!line.empty() && line.front() == '!') {
            happen(line.size() > 1 ? line[1] : ' ', node);
        } else {
            static_cast<void>(node.say(line));
        }
        fuzz::require(node.miner->pause_seconds() >= 0, "a pause of less than nothing");
    }
    return 0;
}
