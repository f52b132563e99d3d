#include "tests/fuzz/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace fuzz {

MemoryFile::MemoryFile(dash::ByteSpan content)
    : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)), path_("/proc/self/fd/" + std::to_string(descriptor_)) {
    if (descriptor_ < 0 || write(descriptor_, content.data(), content.size()) != static_cast<ssize_t>(content.size()))
        throw std::runtime_error("no file in memory");
}

MemoryFile::~MemoryFile() {
    close(descriptor_);
}

}  // namespace fuzz
