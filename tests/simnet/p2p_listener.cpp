#include "tests/simnet/p2p_listener.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace simnet {

namespace asio = boost::asio;
using asio::ip::tcp;

P2pListener::P2pListener(asio::any_io_executor executor, P2pSettings settings, Chain& chain, const Mempool& mempool,
                         const Faults& faults)
    : executor_(executor),
      settings_(std::move(settings)),
      chain_(chain),
      mempool_(mempool),
      faults_(faults),
      acceptor_(executor) {
    chain_.on_new_tip([this](const auto&, const auto&) {
        for (const auto& session : sessions_)
            session->announce(chain_.tip());
    });
}

void P2pListener::open() {
    const tcp::endpoint endpoint(asio::ip::make_address(settings_.address), settings_.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    settings_.port = acceptor_.local_endpoint().port();
    asio::co_spawn(executor_, listen(), asio::detached);
}

void P2pListener::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (const auto& session : sessions_)
        session->close();
}

asio::awaitable<void> P2pListener::listen() {
    while (acceptor_.is_open()) {
        boost::system::error_code failure;
        tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failure));
        if (failure) continue;
        P2pSession::Surroundings around{settings_, faults_, chain_, mempool_,
                                        [this](ReceivedMessage message) { remember(std::move(message)); }};
        const auto session = std::make_shared<P2pSession>(next_id_++, std::move(socket), std::move(around));
        sessions_.insert(session);
        asio::co_spawn(executor_, session->write(), [session](std::exception_ptr) {});
        asio::co_spawn(executor_, serve(session), asio::detached);
    }
}

asio::awaitable<void> P2pListener::serve(std::shared_ptr<P2pSession> session) {
    co_await session->read();
    sessions_.erase(session);
}

void P2pListener::remember(ReceivedMessage message) {
    received_.push_back(std::move(message));
    if (received_.size() > kMostReceived) received_.pop_front();
}

}  // namespace simnet
