#include "p2pool/service/open_files.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

using p2pool::service::count_open_files;

TEST_CASE("open files are counted, and sockets whose bytes nobody has taken") {
    const auto before = count_open_files();
    CHECK(before.open >= 3);
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
    CHECK(count_open_files().open == before.open + 2);
    CHECK(count_open_files().unsent == before.unsent);
    std::array<char, 100> bytes{};
    REQUIRE(::write(ends[0], bytes.data(), bytes.size()) == 100);
    CHECK(count_open_files().unsent == before.unsent + 1);
    REQUIRE(::read(ends[1], bytes.data(), bytes.size()) == 100);
    CHECK(count_open_files().unsent == before.unsent);
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK(count_open_files().open == before.open);
}
