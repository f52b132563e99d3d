#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "dash/util/atomic_file.h"
#include "p2pool/options/completion.h"
#include "p2pool/options/manual.h"

/// Of the build: writes what is made from the table of options into a folder.
///   write-documents FOLDER VERSION DATE
int main(int argument_count, char** arguments) {
    if (argument_count != 4) {
        std::cerr << "usage: write-documents FOLDER VERSION DATE\n";
        return EXIT_FAILURE;
    }
    try {
        const std::filesystem::path folder = arguments[1];
        dash::write_file_atomically(folder / "p2pool-dash.1", p2pool::options::manual_page(arguments[2], arguments[3]));
        dash::write_file_atomically(folder / "p2pool-dash.bash", p2pool::options::bash_completion());
        dash::write_file_atomically(folder / "_p2pool-dash", p2pool::options::zsh_completion());
    } catch (const std::exception& error) {
        std::cerr << "write-documents: " << error.what() << "\n";
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
