#include "p2pool/peer_io/tcp_channel.h"

#include <netinet/tcp.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <utility>
#include <vector>

#include "p2pool/peer_io/protect.h"

namespace p2pool::peer_io {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

/// Frames that go to the system in one call.
constexpr std::size_t kFramesAtOnce = 16;

constexpr int kKeepaliveIdleSeconds = 60;
constexpr int kKeepaliveIntervalSeconds = 10;
constexpr int kKeepaliveProbes = 3;
constexpr int kUnacknowledgedMilliseconds = 90'000;

void set_tcp_option(tcp::socket& socket, int option, int value) {
    // A connection does without, so that failure does not matter.
    static_cast<void>(setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value));
}

void prepare(tcp::socket& socket) {
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    set_tcp_option(socket, TCP_KEEPIDLE, kKeepaliveIdleSeconds);
    set_tcp_option(socket, TCP_KEEPINTVL, kKeepaliveIntervalSeconds);
    set_tcp_option(socket, TCP_KEEPCNT, kKeepaliveProbes);
    set_tcp_option(socket, TCP_USER_TIMEOUT, kUnacknowledgedMilliseconds);
}

/// The socket and what it has to do. Handlers that wait in the event loop hold it, the channel's owner does not.
class Link : public std::enable_shared_from_this<Link> {
  public:
    Link(tcp::socket socket, std::shared_ptr<Scratch> scratch, std::size_t most_unsent_bytes)
        : socket_(std::move(socket)), scratch_(std::move(scratch)), most_unsent_bytes_(most_unsent_bytes) {
        prepare(socket_);
    }

    void start(peers::Channel::Events events) {
        events_ = std::move(events);
        started_ = true;
        wait_for_bytes();
    }

    void set_reading(bool reading) {
        reading_ = reading;
        wait_for_bytes();
    }

    void send(dash::p2p::SharedFrame frame) {
        if (closed_) return;
        unsent_bytes_ += frame->size();
        frames_.push_back(std::move(frame));
        if (unsent_bytes_ > most_unsent_bytes_) {
            asio::post(socket_.get_executor(),
                       [self = shared_from_this()] { self->end("it does not read what it is sent"); });
        } else if (!writing_) {
            // Not at once: what one event makes the node say goes out together.
            writing_ = true;
            asio::post(socket_.get_executor(), [self = shared_from_this()] { self->write(); });
        }
    }

    void close() {
        if (closed_) return;
        closed_ = true;
        frames_.clear();
        unsent_bytes_ = 0;
        error_code ignored;
        socket_.close(ignored);
        // Not at once: this may be one of their calls.
        asio::post(socket_.get_executor(), [self = shared_from_this()] { self->events_ = {}; });
    }

    [[nodiscard]] std::size_t unsent_bytes() const { return unsent_bytes_; }

  private:
    void wait_for_bytes() {
        if (waiting_ || !started_ || !reading_ || closed_) return;
        waiting_ = true;
        socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
            self->waiting_ = false;
            if (self->closed_) return;
            if (!error && self->reading_) error = self->read();
            if (self->closed_) return;
            if (error) return self->end(error == asio::error::eof ? "closed by the peer" : error.message());
            self->wait_for_bytes();
        });
    }

    /// Hands over what is there, at most a scratch full, so that others get their turn.
    [[nodiscard]] error_code read() {
        error_code error;
        const std::size_t size = socket_.read_some(asio::buffer(*scratch_), error);
        if (error == asio::error::would_block) return {};
        if (error) return error;
        if (!protect("A p2pool connection",
                     [this, size] { events_.on_bytes(dash::ByteSpan(*scratch_).first(size)); })) {
            end("an error of this program");
        }
        return {};
    }

    void write() {
        writing_ = false;
        if (closed_ || frames_.empty()) return;
        writing_ = true;
        socket_.async_write_some(gather(), [self = shared_from_this()](error_code error, std::size_t written) {
            if (self->closed_) return;
            if (error) return self->end(error.message());
            self->drop_written(written);
            self->write();
        });
    }

    [[nodiscard]] std::vector<asio::const_buffer> gather() const {
        std::vector<asio::const_buffer> buffers;
        const std::size_t count = std::min(frames_.size(), kFramesAtOnce);
        buffers.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            buffers.push_back(asio::buffer(*frames_[i]));
        buffers.front() += front_written_;
        return buffers;
    }

    void drop_written(std::size_t written) {
        unsent_bytes_ -= written;
        front_written_ += written;
        while (!frames_.empty() && front_written_ >= frames_.front()->size()) {
            front_written_ -= frames_.front()->size();
            frames_.pop_front();
        }
    }

    void end(const std::string& reason) {
        if (closed_) return;
        close();
        if (!events_.on_closed) return;
        static_cast<void>(protect("A p2pool connection", [this, &reason] { events_.on_closed(reason); }));
    }

    tcp::socket socket_;
    std::shared_ptr<Scratch> scratch_;
    std::size_t most_unsent_bytes_;
    peers::Channel::Events events_;
    std::deque<dash::p2p::SharedFrame> frames_;  ///< together at most most_unsent_bytes_ and one more frame
    std::size_t front_written_ = 0;              ///< bytes of the first that are gone already
    std::size_t unsent_bytes_ = 0;
    bool started_ = false;
    bool reading_ = true;
    bool waiting_ = false;  ///< for bytes
    bool writing_ = false;
    bool closed_ = false;
};

class TcpChannel final : public peers::Channel {
  public:
    TcpChannel(std::shared_ptr<Link> link, const peers::PeerAddress& remote)
        : link_(std::move(link)), remote_(remote) {}
    ~TcpChannel() override { link_->close(); }
    TcpChannel(const TcpChannel&) = delete;
    TcpChannel& operator=(const TcpChannel&) = delete;

    void start(Events events) override { link_->start(std::move(events)); }
    void send(dash::p2p::SharedFrame frame) override { link_->send(std::move(frame)); }
    void set_reading(bool reading) override { link_->set_reading(reading); }
    [[nodiscard]] std::size_t unsent_bytes() const override { return link_->unsent_bytes(); }
    void close() override { link_->close(); }
    [[nodiscard]] const peers::PeerAddress& remote() const override { return remote_; }

  private:
    std::shared_ptr<Link> link_;
    peers::PeerAddress remote_;
};

}  // namespace

peers::PeerAddress peer_address(const tcp::endpoint& endpoint) {
    const asio::ip::address address = endpoint.address();
    const asio::ip::address_v6 v6 =
        address.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()) : address.to_v6();
    peers::PeerAddress result;
    result.ip = v6.to_bytes();
    result.port = endpoint.port();
    return result;
}

std::unique_ptr<peers::Channel> make_channel(tcp::socket socket, const tcp::endpoint& remote,
                                             std::shared_ptr<Scratch> scratch, std::size_t most_unsent_bytes) {
    return std::make_unique<TcpChannel>(
        std::make_shared<Link>(std::move(socket), std::move(scratch), most_unsent_bytes), peer_address(remote));
}

}  // namespace p2pool::peer_io
