#include "dash/submission/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"
#include "dash/util/log.h"

namespace dash::submission {
namespace {

constexpr double kMicroseconds = 1e6;

std::string reason() {
    return std::generic_category().message(errno);
}

Bytes encode_record(const WonBlock& block) {
    Writer content(block.bytes->size() + 256);
    content.uint256(block.hash)
        .u32(block.height)
        .u64(static_cast<std::uint64_t>(block.found_at * kMicroseconds))
        .varstr(block.finder)
        .varstr(*block.bytes);
    Writer record(content.size() + 64);
    record.u32(static_cast<std::uint32_t>(content.size())).uint256(sha256d(content.bytes())).raw(content.bytes());
    return std::move(record).take();
}

WonBlock read_record(Reader& file) {
    const std::uint32_t size = file.u32();
    const Uint256 checksum = file.uint256();
    const ByteSpan content = file.fixed(size);
    if (sha256d(content) != checksum) throw DecodeError("its checksum is wrong");
    Reader reader(content);
    WonBlock block;
    block.hash = reader.uint256();
    block.height = reader.u32();
    block.found_at = static_cast<double>(reader.u64()) / kMicroseconds;
    const ByteSpan finder = reader.varstr();
    block.finder.assign(finder.begin(), finder.end());
    const ByteSpan bytes = reader.varstr();
    block.bytes = std::make_shared<const Bytes>(bytes.begin(), bytes.end());
    reader.expect_end();
    return block;
}

struct Records {
    std::vector<WonBlock> blocks;
    std::size_t size = 0;  ///< of the file's sound part
};

Records read_records(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(stream), {}};
    Records records;
    Reader reader(bytes);
    try {
        while (!reader.at_end()) {
            records.blocks.push_back(read_record(reader));
            records.size = reader.position();
        }
    } catch (const DecodeError& error) {
        log::warning(file.string(), ": what follows ", records.blocks.size(),
                     " won blocks was not written whole: ", error.what());
    }
    return records;
}

}  // namespace

Spool::Spool(const std::filesystem::path& database)
    : file_(database.string() + ".won"),
      descriptor_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0)
        throw ConfigError(file_.string() + ": " + reason() +
                          ": won blocks must be kept there; make the folder writable");
    Records records = read_records(file_);
    shorten(records.size);
    left_over_ = std::move(records.blocks);
    for (const WonBlock& block : left_over_)
        waiting_.insert(block.hash);
}

Spool::~Spool() {
    ::close(descriptor_);
}

void Spool::shorten(std::size_t size) {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) throw Error(file_.string() + ": " + reason());
    size_ = size;
}

void Spool::add(const WonBlock& block) {
    const Bytes record = encode_record(block);
    ByteSpan rest(record);
    while (!rest.empty()) {
        const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            const std::string why = reason();
            shorten(size_);  // a part of a record would hide those behind it
            throw Error(file_.string() + ": " + why);
        }
        rest = rest.subspan(static_cast<std::size_t>(written));
    }
    size_ += record.size();
    waiting_.insert(block.hash);
}

void Spool::settled(const Uint256& hash) {
    if (waiting_.erase(hash) != 0 && waiting_.empty()) shorten(0);
}

}  // namespace dash::submission
