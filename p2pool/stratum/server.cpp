#include "p2pool/stratum/server.h"

#include <utility>

#include "p2pool/stratum/server_core.h"

namespace p2pool::stratum {

Server::Server(boost::asio::io_context& io_context, work::WorkSource& source, const dash::Clock& clock,
               ServerSettings settings)
    : core_(std::make_shared<ServerCore>(io_context, source, clock, std::move(settings))) {}

Server::~Server() {
    stop();
}

void Server::listen() {
    core_->listen();
}

void Server::listen(boost::asio::ip::tcp::acceptor bound) {
    core_->listen(std::move(bound));
}

std::uint16_t Server::port() const {
    return core_->port();
}

void Server::stop() {
    core_->stop();
}

void Server::work_changed(bool clean) {
    core_->work_changed(clean);
}

void Server::set_limits(AdmissionSettings admission, SubmitLimitSettings submit_limit) {
    core_->set_limits(std::move(admission), std::move(submit_limit));
}

void Server::take_in(int socket, const std::string& address) {
    core_->take_in(socket, address);
}

void Server::set_http_handoff(HttpHandoff handoff) {
    core_->http_handoff = std::move(handoff);
}

void Server::sweep() {
    core_->sweep();
}

ServerStatus Server::status() const {
    return core_->status();
}

boost::asio::awaitable<ServerStatus> Server::collect_status() {
    const auto core = core_;  // it outlives this object when it has to
    co_return co_await core->collect_status();
}

}  // namespace p2pool::stratum
