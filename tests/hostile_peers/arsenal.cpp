#include "tests/hostile_peers/arsenal.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "dash/primitives/transaction.h"
#include "dash/util/error.h"

namespace tests {

using namespace p2pool::peers;
using share_chain::ShareContents;
using share_chain::TypedContents;

namespace {

constexpr std::size_t kMostShares = 500;
constexpr std::size_t kMostNames = 2000;

template <typename Message>
std::pair<std::string_view, dash::Bytes> packed(const Message& message) {
    return {Message::kCommand, encode(message)};
}

}  // namespace

Arsenal::Arsenal(const share_chain::Network& network, std::uint64_t seed) : network_(network), random_(seed) {}

dash::Bytes Arsenal::bytes(std::size_t size) {
    dash::Bytes result(size);
    for (std::uint8_t& byte : result)
        byte = static_cast<std::uint8_t>(random_());
    return result;
}

dash::Uint256 Arsenal::number() {
    return dash::Uint256({random_(), random_(), random_(), random_()});
}

dash::Uint256 Arsenal::name() {
    if (names_.empty() || below(2) == 0) return number();
    return names_[below(names_.size())];
}

std::vector<dash::Uint256> Arsenal::names(std::size_t most) {
    std::vector<dash::Uint256> result(below(most + 1));
    for (dash::Uint256& each : result)
        each = name();
    return result;
}

KnownTransaction Arsenal::transaction(std::size_t most_bytes) {
    dash::Transaction made;
    made.lock_time = static_cast<std::uint32_t>(random_());
    made.outputs.push_back({.value_duffs = random_(), .script = bytes(below(most_bytes))});
    return {.txid = made.txid(), .bytes = std::make_shared<const dash::Bytes>(made.serialize())};
}

dash::Bytes Arsenal::frame(const Payload& payload) const {
    return *dash::p2p::encode_frame(network_.p2p_prefix, payload.first, payload.second);
}

dash::Bytes Arsenal::greeting() {
    Version version;
    version.nonce = random_();
    version.sub_version = "hostile";
    return frame(packed(version));
}

dash::Bytes Arsenal::ask_for_shares(const dash::Uint256& best) {
    ShareRequest request;
    request.id = number();
    request.hashes = {best};
    request.parents = 50;
    return frame(packed(request));
}

void Arsenal::heard(const dash::p2p::Frame& frame) {
    if (frame.command == Shares::kCommand) {
        learn(decode_shares(frame.payload, Trailing::kIgnore).shares);
    } else if (frame.command == ShareReply::kCommand) {
        learn(decode_sharereply(frame.payload, Trailing::kIgnore).shares);
    } else if (frame.command == HaveTx::kCommand) {
        for (const dash::Uint256& txid : decode_hashes(frame.payload, Trailing::kIgnore))
            names_.push_back(txid);
    }
    while (names_.size() > kMostNames)
        names_.pop_front();
}

void Arsenal::learn(const std::vector<TypedContents>& heard) {
    for (const TypedContents& typed : heard) {
        if (typed.type != share_chain::kShareType) continue;
        auto share = share_chain::load_share(typed, network_);
        names_.push_back(share->hash);
        if (shares_.size() < kMostShares) {
            shares_.push_back(std::move(share));
        } else {
            shares_[below(kMostShares)] = std::move(share);
        }
    }
}

void Arsenal::bend(dash::Bytes& what) {
    for (std::size_t times = 1 + below(8); times > 0; --times) {
        const std::size_t at = below(what.size() + 1);
        const auto place = what.begin() + static_cast<std::ptrdiff_t>(at);
        switch (below(6)) {
            case 0:
                what.insert(place, static_cast<std::uint8_t>(random_()));
                break;
            case 1:
                what.resize(at);
                break;
            case 2:
                dash::append(what, bytes(below(100)));
                break;
            case 3:
                if (at < what.size()) what.erase(place);
                break;
            case 4:  // the beginning of a long number
                if (at < what.size()) what[at] = static_cast<std::uint8_t>(0xfd + below(3));
                break;
            default:
                if (at < what.size()) what[at] ^= static_cast<std::uint8_t>(1U << below(8));
        }
    }
}

TypedContents Arsenal::changed_share(const std::function<void(ShareContents&)>& change) {
    ShareContents contents = known_share()->contents;
    change(contents);
    return {.type = share_chain::kShareType, .contents = share_chain::encode_contents(contents)};
}

Arsenal::Payload Arsenal::shares(std::size_t most, const std::function<TypedContents()>& make) {
    std::vector<TypedContents> list;
    for (std::size_t count = 1 + below(most); count > 0; --count)
        list.push_back(make());
    if (below(2) == 0) return packed(Shares{std::move(list)});
    ShareReply reply;
    reply.id = number();
    reply.shares = std::move(list);
    return packed(reply);
}

Arsenal::Payload Arsenal::old_shares() {
    return shares(50,
                  [this] { return TypedContents{.type = share_chain::kShareType, .contents = known_share()->packed}; });
}

Arsenal::Payload Arsenal::orphans() {
    return shares(20, [this] {
        return changed_share(
            [this](ShareContents& contents) { contents.share_info.share_data.previous_share_hash = number(); });
    });
}

Arsenal::Payload Arsenal::wrong_shares() {
    return shares(5, [this] {
        return changed_share([this](ShareContents& contents) {
            share_chain::ShareInfo& info = contents.share_info;
            switch (below(7)) {
                case 0:
                    info.far_share_hash = name();
                    break;
                case 1:
                    info.bits = static_cast<std::uint32_t>(random_());
                    break;
                case 2:
                    info.timestamp = static_cast<std::uint32_t>(random_());
                    break;
                case 3:
                    info.abswork = dash::Uint256(random_());
                    break;
                case 4:
                    info.share_data.subsidy_duffs = random_();
                    break;
                case 5:
                    info.transaction_hash_refs = {};
                    for (std::size_t left = below(200); left > 0; --left)
                        info.transaction_hash_refs.push_back({.share_count = below(120), .tx_count = below(9)});
                    break;
                default:
                    info.new_transaction_hashes = names(20);
            }
        });
    });
}

Arsenal::Payload Arsenal::bent_shares() {
    return shares(5, [this] {
        TypedContents typed{.type = below(4) == 0 ? random_() % 40 : share_chain::kShareType,
                            .contents = known_share()->packed};
        bend(typed.contents);
        return typed;
    });
}

Arsenal::Payload Arsenal::request(std::size_t least_names) {
    ShareRequest request;
    request.id = number();
    request.hashes = names(20);
    while (request.hashes.size() < least_names)
        request.hashes.push_back(name());
    request.parents = below(2) == 0 ? random_() : below(1200);
    request.stops = names(100);
    return packed(request);
}

Arsenal::Payload Arsenal::transactions() {
    switch (below(4)) {
        case 0:
            return packed(HaveTx{names(5000)});
        case 1:
            return packed(LosingTx{names(5000)});
        case 2: {
            ForgetTx forget{names(2)};
            while (!remembered_.empty() && forget.hashes.size() < 10) {
                forget.hashes.push_back(remembered_.front());
                remembered_.pop_front();
            }
            return packed(forget);
        }
        default: {
            RememberTx remember{.hashes = names(2), .transactions = {}};
            for (std::size_t count = below(30); count > 0; --count) {
                remember.transactions.push_back(transaction(below(10) == 0 ? 100'000 : 1000));
                if (remembered_.size() < kMostNames) remembered_.push_back(remember.transactions.back().txid);
            }
            return packed(remember);
        }
    }
}

Arsenal::Payload Arsenal::addresses() {
    switch (below(3)) {
        case 0:
            return packed(AddrMe{static_cast<std::uint16_t>(random_())});
        case 1:
            return packed(GetAddrs{static_cast<std::uint32_t>(random_())});
        default:
            break;
    }
    Addrs addrs;
    addrs.addresses.resize(below(1000));
    for (TimedAddress& each : addrs.addresses) {
        each.timestamp = random_();
        // 240.0.0.0/4: nobody is there, and connecting fails at once.
        each.address.address =
            *parse_peer_address("240.1." + std::to_string(below(256)) + "." + std::to_string(below(256)),
                                static_cast<std::uint16_t>(1 + below(65'535)));
    }
    return packed(addrs);
}

Arsenal::Payload Arsenal::best_block() {
    BestBlock block;
    block.header.previous_block = number();
    block.header.merkle_root = number();
    block.header.bits = below(4) == 0 ? static_cast<std::uint32_t>(random_()) : 0x207fffff;
    return packed(block);
}

Arsenal::Payload Arsenal::handshake() {
    Version version;
    version.version =
        below(2) == 0 ? static_cast<std::uint32_t>(random_()) : 1000 + static_cast<std::uint32_t>(below(4000));
    version.nonce = random_();
    version.sub_version.assign(below(5000), '\n');
    version.best_share_hash = name();
    return packed(version);
}

Arsenal::Payload Arsenal::any_message() {
    const std::size_t choice = below(10);
    if (choice == 0) return packed(Ping{});
    if (choice == 1) return {"unheard_of", bytes(below(10'000))};
    if (choice == 2) return best_block();
    if (choice == 3) return request(0);
    if (choice <= 5) return addresses();
    if (choice == 6 && !shares_.empty()) return old_shares();
    if (choice == 7) return handshake();
    return transactions();
}

Arsenal::Shot Arsenal::next() {
    const std::size_t choice = below(100);
    if (choice < 15) {
        Payload payload = any_message();
        bend(payload.second);
        return {"bent message", frame(payload)};
    }
    if (choice < 20) {
        dash::Bytes whole = frame(any_message());
        bend(whole);
        return {"bent frame", std::move(whole)};
    }
    if (choice < 23) return {"noise", bytes(below(5000))};
    if (choice < 25) return {"second handshake", frame(handshake())};
    if (choice < 35) return {"requests", frame(request(0))};
    if (choice < 50) return {"transactions", frame(transactions())};
    if (choice < 60) return {"addresses", frame(addresses())};
    if (choice < 65) return {"best blocks", frame(best_block())};
    if (shares_.empty()) return {"ping", frame(packed(Ping{}))};
    if (choice < 75) return {"old shares", frame(old_shares())};
    if (choice < 85) return {"orphans", frame(orphans())};
    if (choice < 92) return {"wrong shares", frame(wrong_shares())};
    return {"bent shares", frame(bent_shares())};
}

Arsenal::Shot Arsenal::next_lawful() {
    const std::size_t choice = below(shares_.empty() ? 60 : 100);
    if (choice < 10) return {"unheard-of commands", frame({"unheard_of", bytes(below(10'000))})};
    if (choice < 25) return {"requests", frame(request(1))};
    if (choice < 30) return {"transactions", frame(packed(HaveTx{names(5000)}))};
    if (choice < 35) return {"transactions", frame(packed(LosingTx{names(5000)}))};
    if (choice < 40)
        return {"transactions", frame(packed(RememberTx{.hashes = {}, .transactions = {transaction(500)}}))};
    if (choice < 60) return {"addresses", frame(addresses())};
    if (choice < 80) return {"old shares", frame(old_shares())};
    return {"orphans", frame(orphans())};
}

}  // namespace tests
