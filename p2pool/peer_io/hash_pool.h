#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>

#include "p2pool/peers/share_loading.h"
#include "share_chain/network.h"

namespace p2pool::peer_io {

/// Loads shares on threads of its own, each batch on all of them.
class HashPool final : public peers::ShareLoader {
  public:
    /// Answers come on `node`, which runs on one thread; `threads` 0 means one for each core.
    HashPool(boost::asio::any_io_executor node, const share_chain::Network& network, unsigned threads = 0);
    /// Ends the threads; batches without an answer get none.
    ~HashPool() override;
    HashPool(const HashPool&) = delete;
    HashPool& operator=(const HashPool&) = delete;

    void load(std::vector<share_chain::TypedContents> batch, Done done) override;
    [[nodiscard]] std::size_t waiting_bytes() const override;

  private:
    class Core;
    std::shared_ptr<Core> core_;
};

}  // namespace p2pool::peer_io
