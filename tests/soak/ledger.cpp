#include "tests/soak/ledger.h"

#include <set>

#include "dash/util/sqlite.h"

namespace soak {
namespace {

const std::set<std::string>& states_of(Fate fate) {
    static const std::set<std::string> on_the_chain = {"accepted", "confirmed"};
    static const std::set<std::string> beside_it = {"orphaned", "lost"};
    static const std::set<std::string> under_way = {"submitted"};
    switch (fate) {
        case Fate::kAccepted:
            return on_the_chain;
        case Fate::kOrphaned:
            return beside_it;
        case Fate::kPending:
            break;
    }
    return under_way;
}

const char* name_of(Fate fate) {
    if (fate == Fate::kPending) return "unknown to it";
    return fate == Fate::kAccepted ? "on its chain" : "beside its chain";
}

}  // namespace

void Ledger::won(const std::string& hash, const std::string& node, bool at_kill, double now) {
    blocks_.emplace(hash, WonBlock{node, now, at_kill, Fate::kPending});
}

void Ledger::update(const end_to_end::Rpc& daemon, double since) {
    for (auto& [hash, block] : blocks_) {
        if (block.seen_at < since && block.fate != Fate::kPending) continue;
        try {
            const int confirmations = daemon("getblockheader", {hash}).at("confirmations").get<int>();
            block.fate = confirmations > 0 ? Fate::kAccepted : Fate::kOrphaned;
        } catch (const std::runtime_error& error) {
            if (std::string(error.what()).find("Block not found") == std::string::npos) throw;
            block.fate = Fate::kPending;
        }
    }
}

std::vector<std::string> Ledger::overdue(double before) {
    std::vector<std::string> hashes;
    for (const auto& [hash, block] : blocks_) {
        const bool is_late = block.fate == Fate::kPending && !block.at_kill && block.seen_at < before;
        if (is_late && told_overdue_.emplace(hash, true).second) hashes.push_back(hash + " of node " + block.node);
    }
    return hashes;
}

std::vector<std::string> Ledger::disagreements(const std::string& node, const std::filesystem::path& database) const {
    std::map<std::string, std::string> states;
    dash::sqlite::Database journal(database);
    auto select = journal.prepare("SELECT hash, state FROM won_blocks");
    while (select.step())
        states[select.text(0)] = select.text(1);
    std::vector<std::string> found;
    for (const auto& [hash, block] : blocks_) {
        if (block.node != node || (block.at_kill && block.fate == Fate::kPending)) continue;
        const auto state = states.find(hash);
        const std::string word = state == states.end() ? "missing" : state->second;
        if (states_of(block.fate).count(word) == 0) {
            found.push_back("block " + hash + " is " + word + " in the journal of node " + node + ", and for dashd " +
                            name_of(block.fate));
        }
    }
    return found;
}

BlockCounts Ledger::counts() const {
    BlockCounts counts;
    for (const auto& [hash, block] : blocks_) {
        ++counts.won;
        if (block.fate == Fate::kAccepted) ++counts.accepted;
        if (block.fate == Fate::kOrphaned) ++counts.orphaned;
        if (block.fate == Fate::kPending) ++(block.at_kill ? counts.killed : counts.pending);
    }
    return counts;
}

}  // namespace soak
