#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/simnet/rules.h"
#include "tests/support/vectors.h"

/// What was recorded from a real Dash Core, for the simnet's own tests. Keeps the order of members.
namespace simnet::recorded {

using OrderedJson = nlohmann::ordered_json;

[[nodiscard]] inline OrderedJson load(const std::string& name) {
    return OrderedJson::parse(tests::read_text(tests::recording_dir() / name));
}

/// Names of the recorded templates, "gbt/00_genesis_h1.json" and so on.
[[nodiscard]] inline std::vector<std::string> template_names() {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(tests::recording_dir() / "gbt")) {
        const std::string name = file.path().filename().string();
        if (name[0] != '_') names.push_back("gbt/" + name);
    }
    if (names.empty()) throw std::runtime_error("no recorded templates");
    return names;
}

/// The options the daemon of a recording ran with (INDEX.md): 00–16 the staged chain, 20–22 the defaults, 30–32 Dash
/// Core's functional tests, the last two of them without platform payments.
[[nodiscard]] inline Rules rules_of(const std::string& name) {
    constexpr std::uint32_t kNever = 1'000'000;
    const int number = std::stoi(name.substr(name.find('/') + 1, 2));
    Rules rules;
    if (number < 20) {
        rules.dip3 = 150;
        rules.payee_enforcement = 160;
        rules.dip8 = 200;
        rules.v20 = 250;
        rules.mn_rr = 350;
        rules.masternode_payments_start = rules.budget_start = 120;
        rules.superblock_start = 1000;
    } else if (number == 30) {
        rules.dip3 = rules.payee_enforcement = 2;
        rules.v20 = rules.mn_rr = 100;
        rules.masternode_payments_start = rules.budget_start = rules.superblock_start = 100;
    } else if (number > 30) {
        rules.dip3 = rules.payee_enforcement = 2;
        rules.v20 = 100;
        rules.mn_rr = kNever;
    }
    return rules;
}

}  // namespace simnet::recorded
