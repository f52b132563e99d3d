#include "tests/support/machine.h"

#include <fstream>
#include <thread>

namespace tests {

std::string machine_text() {
    std::string model = "unknown processor";
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (line.rfind("model name", 0) == 0) model = line.substr(line.find(':') + 2);
    }
    return "Machine: " + model + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores";
}

}  // namespace tests
