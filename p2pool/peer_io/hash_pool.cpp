#include "p2pool/peer_io/hash_pool.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <exception>
#include <span>
#include <thread>
#include <utility>

#include "p2pool/peer_io/protect.h"

namespace p2pool::peer_io {
namespace {

namespace asio = boost::asio;
using peers::LoadedShare;
using share_chain::TypedContents;

/// Shares that one thread takes at a time: some milliseconds of work, so that all threads end a batch together, and as
/// many as are hashed side by side.
constexpr std::size_t kSharesAtOnce = 16;

/// A fault of our own (no memory) is told like one of the shares: nothing is left without an answer.
std::vector<LoadedShare> load_some(std::span<const TypedContents> some, const share_chain::Network& network) {
    try {
        return share_chain::load_shares(some, network);
    } catch (const std::exception& error) {
        return std::vector<LoadedShare>(some.size(), {.share = nullptr, .problem = error.what(), .misbehaving = false});
    }
}

/// The threads take shares by number and write each result to its place; what belongs to the node thread is told so.
struct Batch {
    std::vector<TypedContents> contents;
    std::vector<LoadedShare> loaded;
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> finished{0};

    // Node thread only.
    peers::ShareLoader::Done done;
    std::size_t bytes = 0;
    bool ready = false;
};

std::size_t bytes_of(const std::vector<TypedContents>& contents) {
    std::size_t bytes = 0;
    for (const TypedContents& typed : contents)
        bytes += sizeof(TypedContents) + typed.contents.size();
    return bytes;
}

}  // namespace

class HashPool::Core : public std::enable_shared_from_this<Core> {
  public:
    Core(asio::any_io_executor node, const share_chain::Network& network, unsigned threads)
        : node_(std::move(node)), network_(network), threads_(threads), pool_(threads) {}

    void load(std::vector<TypedContents> contents, Done done) {
        auto batch = std::make_shared<Batch>();
        batch->loaded.resize(contents.size());
        batch->bytes = bytes_of(contents);
        batch->contents = std::move(contents);
        batch->done = std::move(done);
        waiting_bytes_ += batch->bytes;
        batches_.push_back(batch);
        const std::size_t count = batch->contents.size();
        if (count == 0) return post_ready(batch);
        const std::size_t jobs = std::min<std::size_t>(threads_, (count + kSharesAtOnce - 1) / kSharesAtOnce);
        for (std::size_t i = 0; i < jobs; ++i)
            asio::post(pool_, [this, batch] { work_on(batch); });
    }

    [[nodiscard]] std::size_t waiting_bytes() const { return waiting_bytes_; }

    /// After this no thread touches anything.
    void stop() {
        stopping_ = true;
        pool_.stop();
        pool_.join();
        batches_.clear();
    }

  private:
    void work_on(const std::shared_ptr<Batch>& batch) {
        const std::size_t count = batch->contents.size();
        while (!stopping_) {
            const std::size_t begin = batch->next.fetch_add(kSharesAtOnce);
            if (begin >= count) return;
            const std::size_t end = std::min(count, begin + kSharesAtOnce);
            std::vector<LoadedShare> some = load_some(std::span(batch->contents).subspan(begin, end - begin), network_);
            std::move(some.begin(), some.end(), batch->loaded.begin() + static_cast<std::ptrdiff_t>(begin));
            if (batch->finished.fetch_add(end - begin) + (end - begin) == count) return post_ready(batch);
        }
    }

    void post_ready(const std::shared_ptr<Batch>& batch) {
        asio::post(node_, [weak = weak_from_this(), batch] {
            batch->ready = true;
            if (const auto self = weak.lock()) self->answer();
        });
    }

    void answer() {
        while (!stopping_ && !batches_.empty() && batches_.front()->ready) {
            const std::shared_ptr<Batch> batch = std::move(batches_.front());
            batches_.pop_front();
            waiting_bytes_ -= batch->bytes;
            static_cast<void>(
                protect("Loading shares", [&batch] { std::exchange(batch->done, nullptr)(std::move(batch->loaded)); }));
        }
    }

    asio::any_io_executor node_;
    const share_chain::Network& network_;
    std::size_t threads_;
    std::atomic<bool> stopping_{false};

    // Node thread only; bounded by whoever looks at waiting_bytes().
    std::deque<std::shared_ptr<Batch>> batches_;
    std::size_t waiting_bytes_ = 0;

    asio::thread_pool pool_;
};

HashPool::HashPool(asio::any_io_executor node, const share_chain::Network& network, unsigned threads)
    : core_(std::make_shared<Core>(std::move(node), network,
                                   threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency()))) {}

HashPool::~HashPool() {
    core_->stop();
}

void HashPool::load(std::vector<TypedContents> batch, Done done) {
    core_->load(std::move(batch), std::move(done));
}

std::size_t HashPool::waiting_bytes() const {
    return core_->waiting_bytes();
}

}  // namespace p2pool::peer_io
