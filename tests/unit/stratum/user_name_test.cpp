#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "p2pool/stratum/user_name.h"

using p2pool::stratum::parse_user_name;

namespace {

constexpr const char* kAddress = "yaoDV9ZMtoeCRhc6irx4P5G13QUC8nuwEu";
constexpr const char* kScriptAddress = "8oFYaPXRvuigFiWnpft26mDectT5eHjMMg";
constexpr const char* kMainnetAddress = "Xb9HDDHV3bQ5nfYoCAsmi1vU1nysGd1Nkq";

p2pool::stratum::UserName parse(const std::string& text) {
    return parse_user_name(text, dash::dash_regtest());
}

}  // namespace

TEST_CASE("a user name tells who is paid, as which worker, and how") {
    const auto name = parse(std::string(kAddress) + ".rig1+1024+s15/2000");
    CHECK(name.refusal.empty());
    CHECK(name.payout.has_value());
    CHECK(name.address == kAddress);
    CHECK(name.display == std::string(kAddress) + ".rig1");
    CHECK(name.fixed_difficulty == 1024);
    CHECK(name.share_seconds == 15);
    CHECK(name.share_difficulty == 2000);
}

TEST_CASE("the time between submits is 1 to 60 seconds") {
    CHECK(parse("rig+s0").share_seconds == 1);
    CHECK(parse("rig+s100").share_seconds == 60);
    CHECK(parse("rig+s99999999999999999999999999").share_seconds == 60);
    CHECK_FALSE(parse("rig+s").share_seconds.has_value());
    CHECK_FALSE(parse("rig+s1.5").share_seconds.has_value());
    CHECK_FALSE(parse("rig+s-3").share_seconds.has_value());
    CHECK_FALSE(parse("rig+s15").fixed_difficulty.has_value());
}

TEST_CASE("a name that is no address mines for the node") {
    for (const char* text :
         {"", "rig7", "rig7.1", "rig7_1+64", "X", "Xshort", "yaoDV9ZMtoeCRhc6irx4P5G13QUC8nuwEuAAAAAAA"}) {
        CAPTURE(text);
        const auto name = parse(text);
        CHECK(name.refusal.empty());
        CHECK_FALSE(name.payout.has_value());
    }
}

TEST_CASE("what was meant as an address and cannot be paid is refused with the reason") {
    CHECK(parse(kScriptAddress).refusal.find("P2SH") != std::string::npos);
    CHECK(parse(std::string(kScriptAddress) + ".rig+1024").refusal.find("P2SH") != std::string::npos);
    CHECK(parse(kMainnetAddress).refusal.find("network") != std::string::npos);
    CHECK(parse("yaoDV9ZMtoeCRhc6irx4P5G13QUC8nuwEv").refusal.find("checksum") != std::string::npos);
    // A letter was lost.
    CHECK_FALSE(parse("yaoDV9ZMtoeCRhc6irx4P5G13QUC8nuwE").refusal.empty());
    CHECK_FALSE(parse("yaoDV9ZMtoeCRhc6irx4P5G13QUC8nuwE_rig").refusal.empty());
}

TEST_CASE("whatever a miner writes behind his address, he is paid") {
    const std::string address = kAddress;
    const std::vector<std::pair<std::string, std::string>> shown{{".rig_1", ".rig.1"},
                                                                 {"_rig.1", ".rig.1"},
                                                                 {".rig-1", ".rig-1"},
                                                                 {"-rig", ".rig"},
                                                                 {"-rig_1", ".rig_1"},
                                                                 {":rig", ".rig"},
                                                                 {" rig 7 ", ".rig 7"},
                                                                 {".rig with blanks", ".rig with blanks"},
                                                                 {"@pool", ".pool"},
                                                                 {",x", ".x"},
                                                                 {"._", ""},
                                                                 {"\xc3\xa9", ".\xc3\xa9"},
                                                                 {"-", ""},
                                                                 {" ", ""}};
    for (const auto& example : shown) {
        const std::string& behind = example.first;  // clang captures no structured binding
        const std::string& worker = example.second;
        CAPTURE(behind);
        for (const char* before : {"", " ", "\t "}) {
            const auto name = parse(before + address + behind + "+512");
            CHECK(name.refusal.empty());
            CHECK(name.payout == parse(address).payout);
            CHECK(name.address == address);
            CHECK(name.display == address + worker);
            CHECK(name.fixed_difficulty == 512);
        }
    }
}

TEST_CASE("an address behind a worker's name is refused, not given to the operator") {
    const std::string address = kAddress;
    for (const std::string& text :
         {"rig1." + address, "rig1_" + address, "rig1 " + address, "." + address, "a.b." + address + ".c",
          "rig1/" + address, "rig1+" + address, "rig1." + std::string(kScriptAddress)}) {
        CAPTURE(text);
        const auto name = parse(text);
        CHECK_FALSE(name.payout.has_value());
        CHECK(name.refusal.find("the address has to come first") != std::string::npos);
    }
    // A name that only looks like one is a name.
    CHECK(parse("farm.7f3a91c2d4e5b6a798c1d2e3f4a5b6c7").refusal.empty());
    // One of another coin's behind it is none of our business.
    CHECK(parse(address + "." + kMainnetAddress).payout.has_value());
}

TEST_CASE("difficulties that are none are passed over, larger ones than numbers can be are infinite") {
    CHECK(parse("r+5+x").fixed_difficulty == 5);
    CHECK(parse("r+5+-1").fixed_difficulty == 5);
    CHECK(parse("r+5+nan").fixed_difficulty == 5);
    CHECK(parse("r+1e-400").fixed_difficulty == 0);
    CHECK(std::isinf(*parse("r+1e400").fixed_difficulty));
    CHECK_FALSE(parse("r+-1e400").fixed_difficulty.has_value());
    CHECK_FALSE(parse("r+0x10").fixed_difficulty.has_value());
    CHECK_FALSE(parse("r+nan(1)").fixed_difficulty.has_value());
}
