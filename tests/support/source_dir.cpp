#include "tests/support/source_dir.h"

namespace tests {

std::filesystem::path source_dir() {
    return P2POOL_SOURCE_DIR;
}

}  // namespace tests
