#include "web/model/memory.h"

#include <unistd.h>

#include <fstream>

namespace web {

std::optional<double> resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    double total_pages = 0;
    double resident_pages = 0;
    if (!(statm >> total_pages >> resident_pages)) return std::nullopt;
    return resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace web
