#include <doctest/doctest.h>

#include "dash/util/error.h"
#include "p2pool/peers/known_transactions.h"
#include "p2pool/peers/peer_dropped.h"
#include "p2pool/peers/peer_transactions.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/peers/scripted_peer.h"

namespace {

using namespace p2pool::peers;
using dash::Uint256;
using tests::make_transaction;

const auto kNothingNeeded = [](const Uint256&) { return false; };
const dash::Bytes kNetworkPrefix = dash::from_hex("c0d1e2f3a4b5c6d7");

struct Known {
    tests::ManualClock clock;
    KnownTransactions transactions{clock};
};

TemplateTransactions template_of(const std::vector<KnownTransaction>& list) {
    TemplateTransactions result;
    for (const KnownTransaction& transaction : list) {
        result.list.push_back(transaction);
        result.names.insert(transaction.txid);
    }
    return result;
}

share_chain::SharePtr share_with(const std::vector<Uint256>& new_transactions, std::uint64_t number = 1) {
    auto share = std::make_shared<share_chain::Share>();
    share->contents.share_info.new_transaction_hashes = new_transactions;
    share->hash = Uint256(number);
    share->packed = share_chain::encode_contents(share->contents);
    return share;
}

struct Told {
    std::vector<std::string> commands;
    std::vector<std::size_t> counts;  ///< of transactions or shares
    std::size_t remembered_at_most = 0;
};

Told read(const std::vector<dash::p2p::SharedFrame>& frames) {
    Told told;
    dash::p2p::FrameParser parser(kNetworkPrefix);
    for (const auto& frame : frames)
        parser.feed(*frame);
    std::size_t remembered = 0;
    while (const auto frame = parser.next()) {
        told.commands.push_back(frame->command);
        if (frame->command == "remember_tx") {
            const RememberTx message = decode_remember_tx(frame->payload, Trailing::kReject);
            told.counts.push_back(message.hashes.size() + message.transactions.size());
            for (const KnownTransaction& transaction : message.transactions)
                remembered += transaction.bytes->size() + PeerTransactions::kRememberedOverhead;
            told.remembered_at_most = std::max(told.remembered_at_most, remembered);
        } else if (frame->command == "shares") {
            told.counts.push_back(decode_shares(frame->payload, Trailing::kReject).shares.size());
        } else {
            told.counts.push_back(decode_hashes(frame->payload, Trailing::kReject).size());
            remembered = 0;
        }
    }
    return told;
}

}  // namespace

TEST_CASE("held and needed transactions stay, the others go, and are found a little longer") {
    Known known;
    const KnownTransaction held = make_transaction(1);
    const KnownTransaction needed = make_transaction(2);
    const KnownTransaction loose = make_transaction(3);
    for (const auto& transaction : {held, needed, loose})
        CHECK(known.transactions.add(transaction));
    CHECK(!known.transactions.add(loose));
    known.transactions.hold(held.txid);
    known.transactions.hold(held.txid);
    known.transactions.release(held.txid);

    const auto dropped = known.transactions.trim([&](const Uint256& txid) { return txid == needed.txid; });
    CHECK(dropped == std::vector<Uint256>{loose.txid});
    CHECK(known.transactions.find(loose.txid) == nullptr);
    CHECK(known.transactions.find_late(loose.txid) != nullptr);
    known.clock.advance(KnownTransactions::kLateSeconds + 1);
    CHECK(known.transactions.trim([&](const Uint256& txid) { return txid == needed.txid; }).empty());
    CHECK(known.transactions.find_late(loose.txid) == nullptr);
    CHECK(known.transactions.was_known(loose.txid));
    CHECK(!known.transactions.was_known(Uint256(1)));

    known.transactions.release(held.txid);
    CHECK(known.transactions.trim(kNothingNeeded).size() == 2);
    CHECK(known.transactions.bytes() == 0);
    CHECK(known.transactions.size() == 0);
}

TEST_CASE("loose transactions above a limit ask to be trimmed, and the late ones are bounded too") {
    Known known;
    const std::size_t size = 1U << 20;
    const std::size_t enough = KnownTransactions::kMostLooseBytes / size + 1;
    std::vector<KnownTransaction> transactions;
    for (std::uint32_t i = 0; i < enough; ++i)
        transactions.push_back(make_transaction(i, size));
    for (const auto& transaction : transactions)
        known.transactions.add(transaction);
    CHECK(known.transactions.is_trim_due());
    CHECK(known.transactions.trim(kNothingNeeded).size() == enough);
    CHECK(!known.transactions.is_trim_due());
    std::size_t late = 0;
    for (const auto& transaction : transactions)
        late += known.transactions.find_late(transaction.txid) != nullptr ? 1 : 0;
    CHECK(late < enough);
    CHECK(late > 0);
}

TEST_CASE("a trim that may drop nothing is not due again at once") {
    Known known;
    const std::size_t size = 1U << 20;
    const std::size_t enough = KnownTransactions::kMostLooseBytes / size + 1;
    std::uint32_t number = 0;
    const auto add = [&](std::size_t count) {
        for (; count > 0; --count)
            known.transactions.add(make_transaction(++number, size));
    };
    add(enough);
    REQUIRE(known.transactions.is_trim_due());
    CHECK(known.transactions.trim([](const Uint256&) { return true; }).empty());
    CHECK(!known.transactions.is_trim_due());
    add(enough);
    CHECK(known.transactions.is_trim_due());
}

TEST_CASE("what a peer has us remember is known, and counted") {
    Known known;
    const KnownTransaction first = make_transaction(1);
    const KnownTransaction second = make_transaction(2);
    {
        PeerTransactions peer(known.transactions);
        CHECK(peer.remember({.hashes = {}, .transactions = {first}}).size() == 1);
        CHECK(peer.remembered_bytes() == first.bytes->size() + 100);

        PeerTransactions other(known.transactions);
        CHECK(other.remember({.hashes = {first.txid}, .transactions = {second}}).size() == 1);
        CHECK(other.remembered_count() == 2);
        other.forget(std::vector<Uint256>{first.txid});
        CHECK(other.remembered_count() == 1);

        CHECK_THROWS_AS(peer.remember({.hashes = {}, .transactions = {first}}), PeerDropped);
        CHECK_THROWS_AS(peer.remember({.hashes = {first.txid}, .transactions = {}}), PeerDropped);
        CHECK_THROWS_AS(peer.remember({.hashes = {Uint256(5)}, .transactions = {}}), PeerDropped);
        CHECK_THROWS_AS(peer.forget(std::vector<Uint256>{second.txid}), PeerDropped);
        CHECK(known.transactions.trim(kNothingNeeded).empty());
    }
    // Both are gone, and hold nothing any more.
    CHECK(known.transactions.trim(kNothingNeeded).size() == 2);
}

TEST_CASE("a transaction that is just gone can be remembered by name, and is known again") {
    Known known;
    const KnownTransaction transaction = make_transaction(1);
    known.transactions.add(transaction);
    (void)known.transactions.trim(kNothingNeeded);
    PeerTransactions peer(known.transactions);
    CHECK(peer.remember({.hashes = {transaction.txid}, .transactions = {}}).size() == 1);
    CHECK(known.transactions.contains(transaction.txid));
}

TEST_CASE("too much to remember costs a ban") {
    Known known;
    PeerTransactions peer(known.transactions);
    (void)peer.remember({.hashes = {}, .transactions = {make_transaction(1, 1'200'000)}});
    (void)peer.remember({.hashes = {}, .transactions = {make_transaction(2, 1'200'000)}});
    CHECK_THROWS_AS(peer.remember({.hashes = {}, .transactions = {make_transaction(3, 100'000)}}),
                    dash::PeerMisbehaving);
}

TEST_CASE("the peer follows our template: by name what it has, and never too much") {
    Known known;
    PeerTransactions peer(known.transactions);
    const KnownTransaction first = make_transaction(1);
    const KnownTransaction second = make_transaction(2);
    const KnownTransaction third = make_transaction(3);
    peer.announced(std::vector<Uint256>{second.txid});

    auto update = peer.change_template(template_of({first, second}));
    CHECK(update.forget.hashes.empty());
    CHECK(update.remember.hashes == std::vector<Uint256>{second.txid});
    REQUIRE(update.remember.transactions.size() == 1);
    CHECK(update.remember.transactions[0].txid == first.txid);

    update = peer.change_template(template_of({second, third}));
    CHECK(update.forget.hashes == std::vector<Uint256>{first.txid});
    CHECK(update.remember.hashes.empty());
    REQUIRE(update.remember.transactions.size() == 1);
    CHECK(update.remember.transactions[0].txid == third.txid);

    std::vector<KnownTransaction> large;
    for (std::uint32_t i = 10; i < 15; ++i)
        large.push_back(make_transaction(i, 600'000));
    update = peer.change_template(template_of(large));
    CHECK(update.forget.hashes.size() == 2);
    CHECK(update.remember.transactions.size() == 4);
}

TEST_CASE("shares come with the transactions that the peer lacks") {
    Known known;
    PeerTransactions peer(known.transactions);
    const KnownTransaction in_template = make_transaction(1);
    const KnownTransaction announced = make_transaction(2);
    const KnownTransaction lacking = make_transaction(3);
    for (const auto& transaction : {in_template, announced, lacking})
        known.transactions.add(transaction);
    (void)peer.change_template(template_of({in_template}));
    peer.announced(std::vector<Uint256>{announced.txid});

    const auto plain = share_with({in_template.txid, announced.txid});
    CHECK(read(peer.relay(kNetworkPrefix, std::vector{plain})).commands == std::vector<std::string>{"shares"});

    // Twice in one share, and again in the next: sent once.
    const auto needy = share_with({lacking.txid, lacking.txid}, 2);
    const auto needy_too = share_with({lacking.txid}, 3);
    const Told told = read(peer.relay(kNetworkPrefix, std::vector{needy, needy_too}));
    CHECK(told.commands == std::vector<std::string>{"remember_tx", "shares", "forget_tx"});
    CHECK(told.counts == std::vector<std::size_t>{1, 2, 1});

    peer.withdrawn(std::vector<Uint256>{announced.txid});
    CHECK(read(peer.relay(kNetworkPrefix, std::vector{plain})).commands.size() == 3);

    // The peer would drop us for it.
    const auto impossible = share_with({Uint256(99)}, 4);
    CHECK(read(peer.relay(kNetworkPrefix, std::vector{impossible, needy})).counts == std::vector<std::size_t>{1, 1, 1});
    CHECK(peer.relay(kNetworkPrefix, std::vector{impossible}).empty());
    CHECK(peer.relay(kNetworkPrefix, std::vector<share_chain::SharePtr>()).empty());
}

TEST_CASE("shares with more transactions than a peer may be given go in parts, or not at all") {
    Known known;
    PeerTransactions peer(known.transactions);
    std::vector<share_chain::SharePtr> shares;
    for (std::uint32_t i = 0; i < 5; ++i) {
        const KnownTransaction transaction = make_transaction(i, 1'000'000);
        known.transactions.add(transaction);
        shares.push_back(share_with({transaction.txid}, i + 1));
    }
    const KnownTransaction one = make_transaction(10, 1'300'000);
    const KnownTransaction other = make_transaction(11, 1'300'000);
    known.transactions.add(one);
    known.transactions.add(other);
    shares.push_back(share_with({one.txid, other.txid}, 9));

    const Told told = read(peer.relay(kNetworkPrefix, shares));
    CHECK(told.commands == std::vector<std::string>{"remember_tx", "shares", "forget_tx", "remember_tx", "shares",
                                                    "forget_tx", "remember_tx", "shares", "forget_tx"});
    CHECK(told.counts == std::vector<std::size_t>{2, 2, 2, 2, 2, 2, 1, 1, 1});
    CHECK(told.remembered_at_most < PeerTransactions::kMostRememberedBytes);
}

TEST_CASE("announcements of a peer are bounded") {
    Known known;
    PeerTransactions peer(known.transactions);
    std::vector<Uint256> names;
    for (std::uint64_t i = 1; i <= PeerTransactions::kMostAnnounced + 500; ++i)
        names.emplace_back(i);
    peer.announced(names);
    std::size_t lacking = 0;
    for (const Uint256& name : names)
        lacking += peer.relay(kNetworkPrefix, std::vector{share_with({name})}).empty() ? 1 : 0;
    CHECK(lacking == 500);
}
