#include "share_chain/transaction_refs.h"

namespace share_chain {
namespace {

constexpr std::size_t kSmallestRef = 2;

TransactionRef read_ref(dash::Reader& reader) {
    TransactionRef ref;
    ref.share_count = reader.varint();
    ref.tx_count = reader.varint();
    return ref;
}

void write_ref(dash::Writer& writer, const TransactionRef& ref) {
    writer.varint(ref.share_count).varint(ref.tx_count);
}

}  // namespace

TransactionRefs::Iterator::Iterator(dash::ByteSpan packed, std::size_t count) : reader_(packed), left_(count) {
    read();
}

void TransactionRefs::Iterator::read() {
    if (left_ > 0) current_ = read_ref(reader_);
}

TransactionRefs::Iterator& TransactionRefs::Iterator::operator++() {
    --left_;
    read();
    return *this;
}

TransactionRefs::Iterator TransactionRefs::Iterator::operator++(int) {
    const Iterator before = *this;
    ++*this;
    return before;
}

TransactionRefs::TransactionRefs(std::initializer_list<TransactionRef> refs) {
    for (const TransactionRef& ref : refs)
        push_back(ref);
}

TransactionRefs TransactionRefs::read(dash::Reader& reader) {
    TransactionRefs refs;
    refs.count_ = reader.count(kSmallestRef);
    dash::Reader ahead = reader;
    for (std::size_t i = 0; i < refs.count_; ++i)
        (void)read_ref(ahead);
    const dash::ByteSpan packed = reader.fixed(ahead.position() - reader.position());
    refs.packed_.assign(packed.begin(), packed.end());
    return refs;
}

void TransactionRefs::write(dash::Writer& writer) const {
    writer.varint(count_).raw(packed_);
}

void TransactionRefs::push_back(const TransactionRef& ref) {
    dash::Writer packed;
    write_ref(packed, ref);
    dash::append(packed_, packed.bytes());
    ++count_;
}

}  // namespace share_chain
