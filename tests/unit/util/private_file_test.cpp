#include "dash/util/private_file.h"

#include <doctest/doctest.h>

#include <fstream>

#include "dash/util/log.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"

namespace {

namespace fs = std::filesystem;

struct Folder {
    Folder() {
        dash::log::Settings settings;
        settings.console = false;
        settings.file = folder.path() / "log";
        dash::log::configure(settings);
    }
    ~Folder() { dash::log::configure({}); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] unsigned mode_after(unsigned mode) const {
        std::ofstream(file) << "secret";
        fs::permissions(file, fs::perms(mode));
        dash::make_private(file);
        return static_cast<unsigned>(fs::status(file).permissions());
    }
    [[nodiscard]] std::string told() const {
        dash::log::flush();
        return tests::read_text(folder.path() / "log");
    }

    tests::TemporaryFolder folder{"private-file"};
    fs::path file = folder.path() / "file";
};

}  // namespace

TEST_CASE("a secret that everybody could read is made private, which is told") {
    const Folder folder;
    CHECK(folder.mode_after(0600) == 0600);
    CHECK(folder.mode_after(0640) == 0640);  // an operator's choice
    CHECK(folder.told().empty());
    CHECK(folder.mode_after(0644) == 0600);
    CHECK(folder.told().find(folder.file.string() + ", which holds a secret") != std::string::npos);
    CHECK(folder.mode_after(0666) == 0600);
    CHECK(folder.mode_after(0602) == 0600);
    fs::remove(folder.file);
    dash::make_private(folder.file);
    CHECK_FALSE(fs::exists(folder.file));
}
