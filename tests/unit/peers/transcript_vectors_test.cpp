#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <set>

#include "p2pool/peers/messages.h"
#include "share_chain/codec.h"
#include "share_chain/share_request.h"
#include "share_chain/tracker.h"
#include "tests/support/regtest.h"
#include "tests/unit/peers/scripted_peer.h"
#include "tests/unit/peers/transcript.h"

// Our node in the place of one side of a recorded session: it hears what that side heard, has the shares and
// transactions that side had, and must answer as it did wherever the protocol decides the answer.

namespace {

using dash::Bytes;
using dash::Uint256;
using dash::p2p::Frame;
using tests::regtest;
using tests::ScriptedNode;
using tests::ScriptedPeer;
using tests::TranscriptRecord;
using namespace p2pool::peers;

/// All that anybody sent in a session, to be had before it is sent again.
struct Everything {
    std::map<Uint256, KnownTransaction> transactions;
    share_chain::Tracker shares{regtest()};

    explicit Everything(const std::vector<TranscriptRecord>& records) {
        std::map<std::pair<int, bool>, dash::p2p::FrameParser> parsers;
        for (const TranscriptRecord& record : records) {
            auto& parser =
                parsers.try_emplace({record.connection, record.from_client}, regtest().p2p_prefix).first->second;
            parser.feed(record.bytes);
            while (const auto frame = parser.next())
                take(*frame);
        }
    }

    void take(const Frame& frame) {
        if (frame.command == RememberTx::kCommand) {
            for (const auto& transaction : decode_remember_tx(frame.payload, Trailing::kReject).transactions)
                transactions.emplace(transaction.txid, transaction);
        } else if (frame.command == Shares::kCommand) {
            for (const auto& typed : decode_shares(frame.payload, Trailing::kReject).shares)
                shares.add(share_chain::load_share(typed, regtest()), 0);
        } else if (frame.command == ShareReply::kCommand) {
            for (const auto& typed : decode_sharereply(frame.payload, Trailing::kReject).shares)
                shares.add(share_chain::load_share(typed, regtest()), 0);
        }
    }
};

class Replay {
  public:
    /// In the place of the side that was connected to, or of the one that connected: then of one connection only, since
    /// each was another node's.
    Replay(std::vector<TranscriptRecord> records, bool as_client)
        : records_(std::move(records)), as_client_(as_client), everything_(records_), node_(regtest()) {
        node_.host.believes_blocks = true;
        if (as_client_) node_.settings.permanent = {{"127.0.0.1", 19799}};
        node_.start();
    }

    void run() {
        double now = records_.front().time;
        for (const TranscriptRecord& record : records_) {
            // In steps, because somebody has to answer our questions in time.
            for (; now < record.time; now = std::min(now + 1, record.time)) {
                node_.run(std::min(1.0, record.time - now));
                collect_all();
            }
            CAPTURE(record.time);
            take(record);
        }
    }

    std::size_t replies = 0;
    std::size_t answers_to_getaddrs = 0;
    std::size_t handshakes = 0;
    std::size_t lost_early = 0;

  private:
    struct Connection {
        std::unique_ptr<ScriptedPeer> peer;
        dash::p2p::FrameParser recorded{regtest().p2p_prefix};   ///< what the side said whose place we have
        dash::p2p::FrameParser questions{regtest().p2p_prefix};  ///< what it heard
        std::vector<Frame> ours;
        std::set<Uint256> questions_open;  ///< ids of requests that it heard
        std::size_t getaddrs_heard = 0;
    };

    void take(const TranscriptRecord& record) {
        collect_all();
        Connection& connection = connections_[record.connection];
        switch (record.event) {
            case TranscriptRecord::Event::kOpen:
                connection.peer = std::make_unique<ScriptedPeer>(connect());
                return;
            case TranscriptRecord::Event::kClose:
                if (connection.peer == nullptr) return;
                check_handshake(connection);
                check_getaddrs(connection);
                if (connection.peer->is_closed()) ++lost_early;
                connection.peer->hang_up();
                connection.peer.reset();
                return;
            case TranscriptRecord::Event::kData:
                break;
        }
        if (connection.peer == nullptr) return;
        if (record.from_client == as_client_) {
            connection.recorded.feed(record.bytes);
            while (const auto frame = connection.recorded.next())
                side_said(connection, *frame);
        } else {
            connection.questions.feed(record.bytes);
            while (const auto frame = connection.questions.next())
                side_heard(connection, *frame);
            connection.peer->say_bytes(record.bytes);
            collect(connection);
        }
    }

    ScriptedPeer connect() {
        if (!as_client_) return node_.incoming("127.0.0.1", next_port_++);
        while (node_.transport.attempts.empty())
            node_.run(1);
        return node_.answer_attempt();
    }

    /// What we ask is not in the recording: the other side answers all the same.
    void collect(Connection& connection) {
        for (Frame& frame : connection.peer->heard()) {
            if (frame.command == ShareRequest::kCommand) {
                const ShareRequest request = decode_sharereq(frame.payload, Trailing::kReject);
                const auto shares = share_chain::answer_share_request(everything_.shares, request.hashes,
                                                                      request.parents, request.stops);
                connection.peer->say(ShareReply{request.id, ShareResult::kGood, tests::typed_contents(shares)});
            }
            connection.ours.push_back(std::move(frame));
        }
    }

    void collect_all() {
        for (auto& [number, connection] : connections_) {
            if (connection.peer != nullptr) collect(connection);
        }
    }

    void side_heard(Connection& connection, const Frame& frame) {
        if (frame.command == ShareRequest::kCommand) {
            connection.questions_open.insert(decode_sharereq(frame.payload, Trailing::kReject).id);
        }
        if (frame.command == GetAddrs::kCommand) ++connection.getaddrs_heard;
    }

    /// What the side knew, we know; what it answered, we must have answered.
    void side_said(Connection& connection, const Frame& frame) {
        collect(connection);
        if (frame.command == Shares::kCommand) {
            for (const auto& typed : decode_shares(frame.payload, Trailing::kReject).shares)
                learn_share(typed);
        } else if (frame.command == HaveTx::kCommand) {
            for (const Uint256& txid : decode_hashes(frame.payload, Trailing::kReject))
                known_.insert(txid);
            update_transactions();
        } else if (frame.command == LosingTx::kCommand) {
            for (const Uint256& txid : decode_hashes(frame.payload, Trailing::kReject))
                known_.erase(txid);
            update_transactions();
        } else if (frame.command == ShareReply::kCommand) {
            check_reply(connection, frame);
        }
    }

    void learn_share(const share_chain::TypedContents& typed) {
        const auto share = share_chain::load_share(typed, regtest());
        if (!node_.host.tracker().contains(share->hash)) node_.host.add(share);
    }

    void update_transactions() {
        std::vector<KnownTransaction> transactions;
        for (const Uint256& txid : known_) {
            const auto found = everything_.transactions.find(txid);
            // Both sides had some from their dashd: their bytes were never sent, so any will do.
            transactions.push_back(found != everything_.transactions.end()
                                       ? found->second
                                       : KnownTransaction{txid, std::make_shared<const Bytes>(200)});
        }
        node_.peers->take_template(std::move(transactions));
    }

    void check_reply(Connection& connection, const Frame& frame) {
        const ShareReply theirs = decode_sharereply(frame.payload, Trailing::kReject);
        if (connection.questions_open.erase(theirs.id) == 0) return;
        bool found = false;
        for (const Frame& ours : connection.ours) {
            if (ours.command != ShareReply::kCommand) continue;
            if (decode_sharereply(ours.payload, Trailing::kReject).id != theirs.id) continue;
            found = true;
            CHECK(ours.payload == frame.payload);
        }
        CHECK(found);
        ++replies;
    }

    /// version, ping, where we are, what we have; then what the template needs the peer to remember.
    void check_handshake(const Connection& connection) {
        std::vector<std::string> commands;
        for (const Frame& frame : connection.ours) {
            if (frame.command != ShareRequest::kCommand) commands.push_back(frame.command);
        }
        REQUIRE(commands.size() >= 4);
        commands.resize(4);
        CHECK(commands == std::vector<std::string>{"version", "ping", "addrme", "have_tx"});
        ++handshakes;
    }

    /// One answer to each, however few addresses.
    void check_getaddrs(const Connection& connection) {
        std::size_t answers = 0;
        for (const Frame& frame : connection.ours)
            answers += frame.command == Addrs::kCommand ? 1 : 0;
        CHECK(answers == connection.getaddrs_heard);
        answers_to_getaddrs += answers;
    }

    std::vector<TranscriptRecord> records_;
    bool as_client_;
    Everything everything_;
    ScriptedNode node_;
    std::map<int, Connection> connections_;
    std::set<Uint256> known_;
    std::uint16_t next_port_ = 40000;
};

}  // namespace

TEST_CASE("in the place of either side of a recorded session we answer as it did") {
    for (const std::string& name :
         {std::string("run1/B_A_p2pool.jsonl"), std::string("run2/peers_to_A_p2pool.jsonl")}) {
        CAPTURE(name);
        const std::vector<TranscriptRecord> all = tests::load_transcript(name);
        std::map<int, std::vector<TranscriptRecord>> by_connection;
        for (const TranscriptRecord& record : all)
            by_connection[record.connection].push_back(record);

        std::vector<std::unique_ptr<Replay>> replays;
        replays.push_back(std::make_unique<Replay>(all, false));
        for (const auto& [connection, records] : by_connection)
            replays.push_back(std::make_unique<Replay>(records, true));
        std::size_t replies = 0;
        std::size_t answers_to_getaddrs = 0;
        for (const auto& replay : replays) {
            replay->run();
            CHECK(replay->handshakes > 0);
            CHECK(replay->lost_early == 0);
            replies += replay->replies;
            answers_to_getaddrs += replay->answers_to_getaddrs;
        }
        CHECK(replies > 0);
        CHECK(answers_to_getaddrs > 0);
    }
}
