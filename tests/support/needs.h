#pragma once

#include <string>

namespace tests {

/// Something without which a whole test program has nothing to do. Doctest has no skipping at run time: where it is not
/// there, a static object of this class ends the program with the exit code that CTest reports as "Skipped", and says
/// what to do so that it runs.
class Needs {
  public:
    Needs(bool is_there, const std::string& what_to_do);
};

/// Ends the program likewise.
[[noreturn]] void skip(const std::string& what_to_do);

}  // namespace tests
