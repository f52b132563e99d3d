#pragma once

#include <filesystem>

#include "dash/primitives/bytes.h"

namespace fuzz {

/// A file with this content that needs no disk; other files cannot be reached from its folder.
class MemoryFile {
  public:
    explicit MemoryFile(dash::ByteSpan content);
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    int descriptor_;
    std::filesystem::path path_;
};

}  // namespace fuzz
