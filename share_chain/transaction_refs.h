#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>

#include "dash/primitives/bytes.h"
#include "dash/primitives/serialize.h"

namespace share_chain {

/// Names a transaction that this share or an ancestor announced.
struct TransactionRef {
    std::uint64_t share_count = 0;  ///< generations back; 0 = this share
    std::uint64_t tx_count = 0;     ///< place in that share's new_transaction_hashes

    friend bool operator==(const TransactionRef&, const TransactionRef&) = default;
};

/// The references of a share, kept as they travel: two bytes mostly, where a TransactionRef takes sixteen. The rules
/// set no limit to their number but that of a message, so that whoever sends a share decides what memory they take.
class TransactionRefs {
  public:
    /// Goes through them once, in order.
    class Iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = TransactionRef;
        using difference_type = std::ptrdiff_t;
        using pointer = const TransactionRef*;
        using reference = const TransactionRef&;

        Iterator(dash::ByteSpan packed, std::size_t count);
        reference operator*() const { return current_; }
        pointer operator->() const { return &current_; }
        Iterator& operator++();
        Iterator operator++(int);
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.left_ == b.left_; }

      private:
        void read();

        dash::Reader reader_;
        std::size_t left_ = 0;  ///< with the current one
        TransactionRef current_;
    };

    TransactionRefs() = default;
    TransactionRefs(std::initializer_list<TransactionRef> refs);

    /// A VarInt count and that many pairs of VarInts. Throws DecodeError.
    [[nodiscard]] static TransactionRefs read(dash::Reader& reader);
    void write(dash::Writer& writer) const;

    void push_back(const TransactionRef& ref);
    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    /// What write() writes, but for the count.
    [[nodiscard]] std::size_t packed_size() const { return packed_.size(); }
    [[nodiscard]] Iterator begin() const { return {packed_, count_}; }
    [[nodiscard]] Iterator end() const { return {{}, 0}; }

    friend bool operator==(const TransactionRefs&, const TransactionRefs&) = default;

  private:
    dash::Bytes packed_;
    std::size_t count_ = 0;
};

}  // namespace share_chain
