#include "tests/support/machine.h"

#include <netdb.h>

#include <cstdlib>

namespace tests {

bool resolves(const std::string& name) {
    addrinfo* found = nullptr;
    if (getaddrinfo(name.c_str(), nullptr, nullptr, &found) != 0) return false;
    freeaddrinfo(found);
    return true;
}

bool has_command(const std::string& name) {
    return std::system(("command -v " + name + " > /dev/null 2>&1").c_str()) == 0;
}

}  // namespace tests
