#include "p2pool/peers/share_intake.h"

#include "dash/primitives/sha256.h"

namespace p2pool::peers {

void ShareIntake::load(std::vector<share_chain::TypedContents> batch, ShareLoader::Done done) {
    auto results = std::make_shared<std::vector<LoadedShare>>(batch.size());
    std::vector<share_chain::TypedContents> unknown;
    struct Place {
        std::size_t index = 0;
        dash::Uint256 digest;
    };
    std::vector<Place> places;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const dash::Uint256 digest = dash::sha256d(batch[i].contents);
        const auto seen = shares_.find(digest);
        if (seen != shares_.end()) (*results)[i].share = tracker_.find(seen->second);
        if ((*results)[i].share != nullptr) continue;
        places.push_back({i, digest});
        unknown.push_back(std::move(batch[i]));
    }
    if (unknown.empty()) return done(std::move(*results));
    loader_.load(std::move(unknown), [weak = std::weak_ptr(self_), results, places = std::move(places),
                                      done = std::move(done)](std::vector<LoadedShare> loaded) {
        const auto self = weak.lock();
        if (self == nullptr) return;
        for (std::size_t i = 0; i < loaded.size(); ++i) {
            if (loaded[i].share != nullptr) (*self)->remember(places[i].digest, loaded[i].share->hash);
            (*results)[places[i].index] = std::move(loaded[i]);
        }
        done(std::move(*results));
    });
}

void ShareIntake::remember(const dash::Uint256& digest, const dash::Uint256& share) {
    if (!shares_.insert_or_assign(digest, share).second) return;
    order_.push_back(digest);
    if (order_.size() <= kMostRememberedShares) return;
    shares_.erase(order_.front());
    order_.pop_front();
}

}  // namespace p2pool::peers
