#include "tests/bench/machine.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace bench {

std::string machine() {
    std::string model = "unknown processor";
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (line.rfind("model name", 0) == 0) model = line.substr(line.find(':') + 2);
    }
    return model + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores";
}

std::string load_average() {
    double loads[3] = {};
    if (getloadavg(loads, 3) != 3) return "unknown";
    char text[64];
    std::snprintf(text, sizeof text, "%.1f, %.1f, %.1f", loads[0], loads[1], loads[2]);
    return text;
}

}  // namespace bench
