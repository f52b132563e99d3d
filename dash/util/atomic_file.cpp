#include "dash/util/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "dash/util/error.h"

namespace dash {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file) {
    throw Error("cannot write " + file.string() + ": " + std::generic_category().message(errno));
}

class Descriptor {
  public:
    Descriptor(const std::filesystem::path& file, int flags) : number_(::open(file.c_str(), flags | O_CLOEXEC, 0666)) {
        if (number_ < 0) fail(file);
    }
    ~Descriptor() { ::close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

void write_through(const std::filesystem::path& file, std::string_view content) {
    const Descriptor descriptor(file, O_WRONLY | O_CREAT | O_TRUNC);
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor.number(), content.data(), content.size());
        if (written < 0 && errno != EINTR) fail(file);
        if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor.number()) != 0) fail(file);
}

}  // namespace

void write_file_atomically(const std::filesystem::path& file, std::string_view content) {
    const std::filesystem::path fresh = file.string() + ".new";
    write_through(fresh, content);
    if (std::rename(fresh.c_str(), file.c_str()) != 0) fail(file);
    const Descriptor folder(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."), O_RDONLY);
    if (::fsync(folder.number()) != 0) fail(file);
}

}  // namespace dash
