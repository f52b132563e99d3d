#include "tests/unit/x11/known_answers.h"

#include <doctest/doctest.h>

#include <string>

#include "dash/primitives/bytes.h"
#include "dash/x11/functions.h"

namespace tests {
namespace {

struct Message {
    std::size_t bytes;
    std::string_view hex;
};

constexpr Message kMessages[] = {
    {0, ""},
    {1, "cc"},
    {31, "84fb51b517df6c5accb5d022f8f28da09b10232d42320ffc32dbecc3835b29"},
    {32, "9f2fcc7c90de090d6b87cd7e9718c1ea6cb21118fc2d5de9f97e5db6ac1e9c10"},
    {33, "de8f1b3faa4b7040ed4563c3b8e598253178e87e4d0df75e4ff2f2dedd5a0be046"},
    {63,
     "f57c64006d9ea761892e145c99df1b24640883da79d9ed5262859dcda8c3c32e05b03d984f1ab4a230242ab6b78d368dc5aaa1e6d3"
     "498d53371e84b0c1d4ba"},
    {64,
     "e926ae8b0af6e53176dbffcc2a6b88c6bd765f939d3d178a9bde9ef3aa131c61e31c1e42cdfaf4b4dcde579a37e150efbef5555b4c"
     "1cb40439d835a724e2fae7"},
    {65,
     "16e8b3d8f988e9bb04de9c96f2627811c973ce4a5296b4772ca3eefeb80a652bdf21f50df79f32db23f9f73d393b2d57d9a0297f7a"
     "2f2e79cfda39fa393df1ac00"},
    {71,
     "13bd2811f6ed2b6f04ff3895aceed7bef8dcd45eb121791bc194a0f806206bffc3b9281c2b308b1a729ce008119dd3066e9378acdc"
     "c50a98a82e20738800b6cddbe5fe9694ad6d"},
    {72,
     "1eed9cba179a009ec2ec5508773dd305477ca117e6d569e66b5f64c6bc64801ce25a8424ce4a26d575b8a6fb10ead3fd1992edddee"
     "c2ebe7150dc98f63adc3237ef57b91397aa8a7"},
    {73,
     "ba5b67b5ec3a3ffae2c19dd8176a2ef75c0cd903725d45c9cb7009a900c0b0ca7a2967a95ae68269a6dbf8466c7b6844a1d608ac66"
     "1f7eff00538e323db5f2c644b78b2d48de1a08aa"},
    {80,
     "871a0d7a5f36c3da1dfce57acd8ab8487c274fad336bc137ebd6ff4658b547c1dcfab65f037aa58f35ef16aff4abe77ba61f65826f"
     "7be681b5b6d5a1ea8085e2ae9cd5cf0991878a311b549a6d6af230"},
    {109,
     "758ea3fea738973db0b8be7e599bbef4519373d6e6dcd7195ea885fc991d896762992759c2a09002912fb08e0cb5b76f49162aeb8c"
     "f87b172cf3ad190253df612f77b1f0c532e3b5fc99c2d31f8f65011695a087a35ee4eee5e334c369d8ee5d29f695815d866da99df3"
     "f79403"},
    {110,
     "47c6e0c2b74948465921868804f0f7bd50dd323583dc784f998a93cd1ca4c6ef84d41dc81c2c40f34b5bee6a93867b3bdba0052c5f"
     "59e6f3657918c382e771d33109122cc8bb0e1e53c4e3d13b43ce44970f5e0c079d2ad7d7a3549cd75760c21bb15b447589e86e8d76"
     "b1e9ced2"},
    {111,
     "f690a132ab46b28edfa6479283d6444e371c6459108afd9c35dbd235e0b6b6ff4c4ea58e7554bd002460433b2164ca51e868f7947d"
     "7d7a0d792e4abf0be5f450853cc40d85485b2b8857ea31b5ea6e4ccfa2f3a7ef3380066d7d8979fdac618aad3d7e886dea4f005ae4"
     "ad05e5065f"},
    {112,
     "58d6a99bc6458824b256916770a8417040721cccfd4b79eacd8b65a3767ce5ba7e74104c985ac56b8cc9aebd16febd4cda5adb130b"
     "0ff2329cc8d611eb14dac268a2f9e633c99de33997fea41c52a7c5e1317d5b5daed35eba7d5a60e45d1fa7eaabc35f5c2b0a0f2379"
     "231953322c4e"},
    {119,
     "3c9b46450c0f2cae8e3823f8bdb4277f31b744ce2eb17054bddc6dff36af7f49fb8a2320cc3bdf8e0a2ea29ad3a55de1165d219ade"
     "ddb5175253e2d1489e9b6fdd02e2c3d3a4b54d60e3a47334c37913c5695378a669e9b72dec32af5434f93f46176ebf044c4784467c"
     "700470d0c0b40c8a088c815816"},
    {120,
     "d1e654b77cb155f5c77971a64df9e5d34c26a3cad6c7f6b300d39deb1910094691adaa095be4ba5d86690a976428635d5526f3e946"
     "f7dc3bd4dbc78999e653441187a81f9adcd5a3c5f254bc8256b0158f54673dcc1232f6e918ebfc6c51ce67eaeb042d9f57eec4bfe9"
     "10e169af78b3de48d137df4f2840"},
    {127,
     "a62fc595b4096e6336e53fcdfc8d1cc175d71dac9d750a6133d23199eaac288207944cea6b16d27631915b4619f743da2e30a0c00b"
     "bdb1bbb35ab852ef3b9aec6b0a8dcc6e9e1abaa3ad62ac0a6c5de765de2c3711b769e3fde44a74016fff82ac46fa8f1797d3b2a726"
     "b696e3dea5530439acee3a45c2a51bc32dd055650b"},
    {128,
     "2b6db7ced8665ebe9deb080295218426bdaa7c6da9add2088932cdffbaa1c14129bccdd70f369efb149285858d2b1d155d14de2fdb"
     "680a8b027284055182a0cae275234cc9c92863c1b4ab66f304cf0621cd54565f5bff461d3b461bd40df28198e3732501b4860eadd5"
     "03d26d6e69338f4e0456e9e9baf3d827ae685fb1d817"},
    {129,
     "10db509b2cdcaba6c062ae33be48116a29eb18e390e1bbada5ca0a2718afbcd23431440106594893043cc7f2625281bf7de2655880"
     "966a23705f0c5155c2f5cca9f2c2142e96d0a2e763b70686cd421b5db812daced0c6d65035fde558e94f26b3e6dde5bd13980cc802"
     "92b723013bd033284584bff27657871b0cf07a849f4ae2"},
    {255,
     "3a3a819c48efde2ad914fbf00e18ab6bc4f14513ab27d0c178a188b61431e7f5623cb66b23346775d386b50e982c493adbbfc54b9a"
     "3cd383382336a1a0b2150a15358f336d03ae18f666c7573d55c4fd181c29e6ccfde63ea35f0adf5885cfc0a3d84a2b2e4dd24496db"
     "789e663170cef74798aa1bbcd4574ea0bba40489d764b2f83aadc66b148b4a0cd95246c127d5871c4f11418690a5ddf01246a0c80a"
     "43c70088b6183639dcfda4125bd113a8f49ee23ed306faac576c3fb0c1e256671d817fc2534a52f5b439f72e424de376f4c565cca8"
     "2307dd9ef76da5b7c4eb7e085172e328807c02d011ffbf33785378d79dc266f6a5be6bb0e4a92eceebaeb1"},
};

dash::Bytes message_of(std::size_t bytes) {
    for (const Message& message : kMessages) {
        if (message.bytes == bytes) return dash::from_hex(message.hex);
    }
    FAIL("no message of ", bytes, " bytes");
    return {};
}

}  // namespace

void check_known_answers(std::string_view function, std::span<const KnownAnswer> answers) {
    for (const dash::x11::FunctionSet& set : dash::x11::function_sets()) {
        CAPTURE(std::string(set.name));
        std::size_t found = 0;
        for (const dash::x11::FunctionSet::Member& member : set.members) {
            if (member.name != function) continue;
            ++found;
            for (const KnownAnswer& answer : answers) {
                CAPTURE(answer.message_bytes);
                const dash::Bytes message = message_of(answer.message_bytes);
                REQUIRE(message.size() == answer.message_bytes);
                CHECK(dash::to_hex(member.function(message)) == answer.digest);
            }
        }
        CHECK(found == 1);
    }
}

}  // namespace tests
