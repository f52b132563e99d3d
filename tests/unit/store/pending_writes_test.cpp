#include "share_chain/store/pending_writes.h"

#include <doctest/doctest.h>

#include <map>
#include <memory>

#include "tests/support/random.h"

namespace {

using dash::Uint256;
using share_chain::store::PendingWrite;
using share_chain::store::PendingWrites;
using Kind = PendingWrite::Kind;

share_chain::SharePtr share(std::uint64_t number) {
    auto made = std::make_shared<share_chain::Share>();
    made->hash = Uint256(number);
    return made;
}

/// Verified or not, of every share that is there.
using State = std::map<Uint256, bool>;

void write(const std::vector<PendingWrite>& writes, std::size_t count, State& disk) {
    for (std::size_t i = 0; i < count; ++i) {
        const PendingWrite& write = writes[i];
        switch (write.kind) {
            case Kind::kStore:
                disk[write.hash] = write.verified;
                break;
            case Kind::kVerify:
                if (disk.count(write.hash) != 0) disk[write.hash] = true;
                break;
            case Kind::kRemove:
                disk.erase(write.hash);
                break;
        }
    }
}

}  // namespace

TEST_CASE("additions come in the order in which they were asked for") {
    PendingWrites pending;
    for (const std::uint64_t number : {3U, 1U, 2U})
        pending.store(share(number));
    const auto writes = pending.begin_additions();
    REQUIRE(writes.size() == 3);
    CHECK(writes[0].hash == Uint256(3));
    CHECK(writes[2].hash == Uint256(2));
    pending.done(writes);
    CHECK(pending.size() == 0);
}

TEST_CASE("a share that goes before it was written leaves nothing behind") {
    PendingWrites pending;
    pending.store(share(1));
    pending.verify(Uint256(1));
    pending.remove(Uint256(1));
    CHECK(pending.size() == 0);
    pending.verify(Uint256(1));
    CHECK(pending.size() == 0);
}

TEST_CASE("a share that goes while it is written is removed afterwards, or not, as the writing ends") {
    for (const bool success : {true, false}) {
        PendingWrites pending;
        pending.store(share(1));
        const auto writes = pending.begin_additions();
        pending.remove(Uint256(1));
        if (success) pending.done(writes);
        pending.failed();
        CHECK(pending.has_removals() == success);
        CHECK(!pending.has_additions());
    }
}

TEST_CASE("whatever comes when, and whatever fails, the disk has in the end what was asked for") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int run = 0; run < 200; ++run) {
        PendingWrites pending;
        State wanted;
        State disk;
        for (const std::uint64_t number : {0U, 1U, 2U, 3U}) {
            disk[Uint256(number)] = wanted[Uint256(number)] = random.below(2) != 0;
            pending.add_stored(Uint256(number));
        }
        const auto ask = [&] {
            const Uint256 hash(random.below(12));
            const std::uint64_t what = random.below(3);
            if (what == 0 && wanted.count(hash) == 0) {
                pending.store(share(hash.low64()));
                wanted[hash] = false;
            } else if (what == 1) {
                pending.verify(hash);
                if (wanted.count(hash) != 0) wanted[hash] = true;
            } else if (what == 2) {
                pending.remove(hash);
                wanted.erase(hash);
            }
            CHECK(pending.size() <= wanted.size() + pending.stored() + /*being stored, and removed since*/ 12);
        };
        for (int round = 0; round < 20; ++round) {
            for (std::uint64_t asked = random.below(10); asked > 0; --asked)
                ask();
            const auto writes = random.below(2) != 0 ? pending.begin_additions() : pending.begin_removals();
            for (std::uint64_t asked = random.below(4); asked > 0; --asked)
                ask();
            const std::size_t written = random.below(2) != 0 ? writes.size() : random.below(writes.size() + 1);
            write(writes, written, disk);
            pending.done(std::span(writes).first(written));
            if (written < writes.size()) {
                pending.failed();
                CHECK(pending.size() <= wanted.size() + pending.stored());
            }
        }
        for (const auto& writes : {pending.begin_additions(), pending.begin_removals()}) {
            write(writes, writes.size(), disk);
            pending.done(writes);
        }
        CHECK(pending.size() == 0);
        CHECK(disk == wanted);
        CHECK(pending.stored() == disk.size());
    }
}
