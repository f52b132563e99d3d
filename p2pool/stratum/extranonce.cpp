#include "p2pool/stratum/extranonce.h"

#include <utility>

namespace p2pool::stratum {

Extranonce1& Extranonce1::operator=(Extranonce1&& other) noexcept {
    if (this != &other) {
        release();
        value_ = other.value_;
        in_use_ = std::move(other.in_use_);
    }
    return *this;
}

void Extranonce1::release() {
    if (in_use_) in_use_->erase(value_);
    in_use_.reset();
}

Extranonce1 ExtranoncePool::take() {
    while (!in_use_->insert(next_).second)
        ++next_;
    return {next_++, in_use_};
}

}  // namespace p2pool::stratum
