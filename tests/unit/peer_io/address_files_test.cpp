#include <doctest/doctest.h>

#include <fstream>
#include <thread>

#include "p2pool/peer_io/address_files.h"
#include "p2pool/peer_io/asio_timers.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"
#include "tests/unit/peer_io/event_loop.h"

namespace {

using p2pool::peer_io::AddressFiles;
using p2pool::peers::AddressBook;
using p2pool::peers::AddressRecord;

AddressRecord record(const std::string& host, std::uint16_t port, double first_seen, double last_seen) {
    return {.address = *p2pool::peers::parse_peer_address(host, port),
            .services = 1,
            .first_seen = first_seen,
            .last_seen = last_seen};
}

struct Datadir {
    void write_addrs(const std::string& text) const { std::ofstream(addrs) << text; }
    /// What a run of the node does with the book.
    template <typename Use>
    void run(AddressBook& book, Use use) {
        const AddressFiles files(addrs, database, book, timers);
        use(book);
    }
    void run(AddressBook& book) {
        run(book, [](AddressBook&) {});
    }

    tests::TemporaryFolder folder{"address_files"};
    std::filesystem::path addrs = folder.path() / "addrs";
    std::filesystem::path database = folder.path() / "p2pool.sqlite3";
    tests::EventLoop loop;
    p2pool::peer_io::AsioTimers timers{loop.executor()};
};

TEST_CASE_FIXTURE(Datadir, "addresses of both families outlive the node") {
    const AddressRecord ipv4 = record("192.0.2.1", 8999, 1700000000.25, 1700000100.5);
    const AddressRecord ipv6 = record("2001:db8::7", 9000, 1700000001.125, 1700000200.75);
    AddressBook first(100);
    run(first, [&](AddressBook& book) {
        book.load(ipv4);
        book.load(ipv6);
    });
    AddressBook second(100);
    run(second);
    CHECK(second.size() == 2);
    CHECK(second.find(ipv4.address) == ipv4);
    CHECK(second.find(ipv6.address) == ipv6);
}

TEST_CASE_FIXTURE(Datadir, "the python node's file is read and written in its form, without IPv6 addresses") {
    write_addrs("[[[\"192.0.2.1\", 8999], [0, 1600000000.5, 1700000000.5]], [[\"192.0.2.2\", 18999], [1, 1, 2]]]");
    AddressBook book(100);
    run(book, [](AddressBook& loaded) {
        CHECK(loaded.size() == 2);
        loaded.load(record("2001:db8::7", 9000, 5, 6));
    });
    const auto written = nlohmann::json::parse(tests::read_text(addrs));
    CHECK(written == nlohmann::json::parse("[[[\"192.0.2.1\",8999],[0,1600000000.5,1700000000.5]],"
                                           "[[\"192.0.2.2\",18999],[1,1.0,2.0]]]"));
}

TEST_CASE_FIXTURE(Datadir, "a damaged file is put aside and costs only its addresses") {
    write_addrs("[[[\"192.0.2.1\", 89");
    AddressBook book(100);
    run(book, [](AddressBook& loaded) {
        CHECK(loaded.size() == 0);
        loaded.load(record("192.0.2.3", 8999, 1, 2));
    });
    CHECK(tests::read_text(addrs.string() + ".damaged") == "[[[\"192.0.2.1\", 89");
    AddressBook again(100);
    run(again);
    CHECK(again.size() == 1);
}

TEST_CASE_FIXTURE(Datadir, "addresses that are gone from the book are gone from the files") {
    AddressBook full(100);
    run(full, [](AddressBook& book) {
        book.load(record("192.0.2.1", 8999, 1, 2));
        book.load(record("2001:db8::7", 9000, 3, 4));
    });
    AddressBook changed(100);
    run(changed, [](AddressBook& book) { book = AddressBook(100); });
    CHECK(tests::read_text(addrs) == "[]");
    AddressBook again(100);
    run(again);
    CHECK(again.size() == 0);
}

TEST_CASE_FIXTURE(Datadir, "it saves while the node runs") {
    AddressBook book(100);
    const AddressFiles files(addrs, database, book, timers, 0.01);
    book.load(record("192.0.2.1", 8999, 1, 2));
    loop.run_until([&] { return std::filesystem::exists(addrs); });
    CHECK(tests::read_text(addrs) == "[[[\"192.0.2.1\",8999],[1,1.0,2.0]]]");
}

TEST_CASE_FIXTURE(Datadir, "a folder that cannot be written to costs nothing but a warning") {
    AddressBook book(100);
    {
        const AddressFiles files(addrs / "missing" / "addrs", database, book, timers, 0.001);
        book.load(record("192.0.2.1", 8999, 1, 2));
        loop.run_for(std::chrono::milliseconds(50));
    }
    CHECK(book.size() == 1);
}

}  // namespace
