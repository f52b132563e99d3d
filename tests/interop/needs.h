#pragma once

#include <cstdlib>
#include <initializer_list>
#include <iostream>

namespace interop {

/// CTest reports this exit code as "skipped".
constexpr int kSkipped = 77;

/// Environment variables without which a test program has nothing to do. Doctest has no skipping at run time: a static
/// object of this class ends the program.
struct Needs {
    Needs(std::initializer_list<const char*> names) {
        for (const char* name : names) {
            const char* value = std::getenv(name);
            if (value != nullptr && *value != '\0') continue;
            std::cout << "Skipped: this test needs " << name << "; tests/interop/README.md says what it is.\n";
            std::exit(kSkipped);
        }
    }
};

}  // namespace interop
