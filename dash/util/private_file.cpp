#include "dash/util/private_file.h"

#include <system_error>

#include "dash/util/log.h"

namespace dash {

void make_private(const std::filesystem::path& file) {
    namespace fs = std::filesystem;
    constexpr fs::perms kOthers = fs::perms::others_read | fs::perms::others_write;
    std::error_code error;
    const fs::perms present = fs::status(file, error).permissions();
    if (error || (present & kOthers) == fs::perms::none) return;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, error);
    if (error) {
        log::warning("Everybody on this computer can read ", file.string(), ": chmod 600 ", file.string());
    } else {
        log::warning("Everybody on this computer could read ", file.string(),
                     ", which holds a secret; it is its owner's alone now");
    }
}

}  // namespace dash
