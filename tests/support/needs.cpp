#include "tests/support/needs.h"

#include <cstdio>
#include <cstdlib>

namespace tests {

Needs::Needs(bool is_there, const std::string& what_to_do) {
    if (!is_there) skip(what_to_do);
}

void skip(const std::string& what_to_do) {
    constexpr int kSkipped = 77;                        // as SKIP_RETURN_CODE of p2pool_test says
    std::printf("Skipped: %s.\n", what_to_do.c_str());  // streams may not be there yet
    std::exit(kSkipped);  // NOLINT(concurrency-mt-unsafe): before main(), when no other thread is there
}

}  // namespace tests
