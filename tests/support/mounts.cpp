#include "tests/support/mounts.h"

#include <sched.h>
#include <sys/mount.h>

#include <fstream>
#include <sstream>
#include <string>

namespace tests {
namespace {

/// Not so in a folder that chroot made the root: mounts there could not be kept from others.
bool root_is_a_mount() {
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream words(line);
        std::string id;
        std::string parent;
        std::string device;
        std::string root;
        std::string place;
        if (words >> id >> parent >> device >> root >> place && place == "/") return true;
    }
    return false;
}

}  // namespace

bool can_mount() {
    static const bool allowed = root_is_a_mount() && ::unshare(CLONE_NEWNS) == 0 &&
                                ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    return allowed;
}

bool mount_small_disk(const std::filesystem::path& folder, std::uint64_t bytes) {
    return can_mount() &&
           ::mount("small-disk", folder.c_str(), "tmpfs", 0, ("size=" + std::to_string(bytes)).c_str()) == 0;
}

bool mount_read_only(const std::filesystem::path& folder) {
    return mount_file_over(folder, folder) &&
           ::mount(nullptr, folder.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
}

bool mount_file_over(const std::filesystem::path& file, const std::filesystem::path& target) {
    return can_mount() && ::mount(file.c_str(), target.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

void unmount(const std::filesystem::path& place) {
    ::umount2(place.c_str(), MNT_DETACH);
}

}  // namespace tests
