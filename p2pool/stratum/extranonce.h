#pragma once

#include <cstdint>
#include <memory>
#include <unordered_set>

namespace p2pool::stratum {

class ExtranoncePool;

/// The first 4 bytes of the 8-byte nonce of one connection's coinbases, read little-endian; nobody else holds the same
/// while it lives.
class Extranonce1 {
  public:
    Extranonce1(Extranonce1&& other) noexcept = default;
    Extranonce1& operator=(Extranonce1&& other) noexcept;
    ~Extranonce1() { release(); }

    [[nodiscard]] std::uint32_t value() const { return value_; }

  private:
    friend class ExtranoncePool;
    using InUse = std::unordered_set<std::uint32_t>;

    Extranonce1(std::uint32_t value, std::shared_ptr<InUse> in_use) : value_(value), in_use_(std::move(in_use)) {}
    void release();

    std::uint32_t value_;
    std::shared_ptr<InUse> in_use_;  ///< null after a move
};

/// Gives out the values, each to one holder at a time. Node thread only.
class ExtranoncePool {
  public:
    /// `first` is the first value given out.
    explicit ExtranoncePool(std::uint32_t first) : next_(first) {}

    [[nodiscard]] Extranonce1 take();

  private:
    std::uint32_t next_;
    /// Bounded by connections and kept sessions, which are far fewer than there are values.
    std::shared_ptr<Extranonce1::InUse> in_use_ = std::make_shared<Extranonce1::InUse>();
};

}  // namespace p2pool::stratum
