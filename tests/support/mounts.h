#pragma once

#include <cstdint>
#include <filesystem>

/// File systems of a test's own. They are seen by this process and by those it starts from now on, and by nobody else.
/// All are false where mounting is not allowed.
namespace tests {

/// Whether it is: the test runs as root, and not below a chroot. Leaves the common mounts behind.
[[nodiscard]] bool can_mount();

/// An empty disk of `bytes` on the folder, which must exist.
bool mount_small_disk(const std::filesystem::path& folder, std::uint64_t bytes);

/// The folder and what is in it can be read and not written.
bool mount_read_only(const std::filesystem::path& folder);

/// `file` is seen where `target` is.
bool mount_file_over(const std::filesystem::path& file, const std::filesystem::path& target);

/// Takes away what was mounted there last.
void unmount(const std::filesystem::path& place);

}  // namespace tests
