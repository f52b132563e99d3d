#include "p2pool/service/open_files.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>

namespace p2pool::service {
namespace {

bool has_unsent_bytes(const std::string& descriptor) {
    int number = -1;
    std::from_chars(descriptor.data(), descriptor.data() + descriptor.size(), number);
    int bytes = 0;
    return ::ioctl(number, SIOCOUTQ, &bytes) == 0 && bytes > 0;  // fails for what is no socket
}

}  // namespace

OpenFiles count_open_files() {
    OpenFiles files;
    std::error_code error;
    for (std::filesystem::directory_iterator file("/proc/self/fd", error), end; !error && file != end;
         file.increment(error)) {
        ++files.open;
        if (has_unsent_bytes(file->path().filename().string())) ++files.unsent;
    }
    return files;
}

}  // namespace p2pool::service
