#include "p2pool/node/payout_pool.h"

#include "dash/primitives/address.h"
#include "p2pool/node/format.h"

namespace p2pool::node {
namespace {

constexpr double kMostWeight = 100;

}  // namespace

PayoutPool::PayoutPool(const std::vector<dash::Hash160>& first, double stamp, std::uint64_t seed)
    : random_(seed), fee_hash_(first.at(0)), stamp_(stamp) {
    for (const dash::Hash160& hash : first)
        add(hash);
}

void PayoutPool::add(const dash::Hash160& hash) {
    entries_.push_back({hash, std::uniform_real_distribution<double>(0, kMostWeight)(random_)});
}

dash::Hash160 PayoutPool::pick() {
    if (entries_.size() == 1) return entries_.front().hash;
    double all = 0;
    for (const Entry& entry : entries_)
        all += entry.weight;
    double left = std::uniform_real_distribution<double>(0, all)(random_);
    for (const Entry& entry : entries_) {
        left -= entry.weight;
        if (left < 0) return entry.hash;
    }
    return entries_.back().hash;
}

std::vector<dash::Hash160> PayoutPool::hashes() const {
    std::vector<dash::Hash160> hashes;
    for (const Entry& entry : entries_)
        hashes.push_back(entry.hash);
    return hashes;
}

void PayoutPool::replace_oldest(const dash::Hash160& hash, double now) {
    entries_.pop_front();
    add(hash);
    stamp_ = now;
}

std::vector<std::string> PayoutPool::lines(const dash::ChainParams& chain) const {
    std::vector<std::string> lines;
    for (const Entry& entry : entries_) {
        const std::string address = dash::format_address({dash::Address::Kind::kPubkeyHash, entry.hash}, chain);
        lines.push_back("    ...payout " + std::to_string(lines.size()) + ": " + address + "(" +
                        format_fixed(entry.weight, 6) + ")");
    }
    return lines;
}

}  // namespace p2pool::node
