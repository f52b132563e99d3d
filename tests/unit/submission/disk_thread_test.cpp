#include "dash/submission/disk_thread.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <vector>

#include "dash/util/error.h"
#include "tests/support/process.h"

using dash::submission::DiskThread;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a write that the disk does not take is done again until it does, before those behind it") {
    std::atomic<bool> full{true};
    std::atomic<int> attempts{0};
    std::vector<int> written;
    DiskThread disk(milliseconds(1));
    for (int i = 0; i < 3; ++i) {
        disk.post([&, i] {
            ++attempts;
            if (full) throw dash::Error("no room");
            written.push_back(i);
        });
    }
    CHECK(tests::wait_until([&] { return attempts > 5; }, seconds(20)));
    full = false;
    CHECK(tests::wait_until([&] { return attempts > 7; }, seconds(20)));
    disk.join();
    CHECK(written == std::vector<int>{0, 1, 2});
}

TEST_CASE("the end does not wait for a disk that takes nothing, but tries everything once") {
    std::promise<void> failed;
    std::atomic<int> attempts{0};
    DiskThread disk{hours(1)};
    disk.post([&] {
        if (++attempts == 1) failed.set_value();
        throw dash::Error("no room");
    });
    bool second = false;
    disk.post([&] { second = true; });
    failed.get_future().wait();
    disk.join();
    CHECK(attempts == 2);
    CHECK(second);
}
