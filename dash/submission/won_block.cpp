#include "dash/submission/won_block.h"

namespace dash::submission {

std::string_view to_string(BlockState state) {
    switch (state) {
        case BlockState::kSubmitted:
            return "submitted";
        case BlockState::kAccepted:
            return "accepted";
        case BlockState::kOrphaned:
            return "orphaned";
        case BlockState::kConfirmed:
            return "confirmed";
        case BlockState::kLost:
            return "lost";
        case BlockState::kRejected:
            break;
    }
    return "rejected";
}

}  // namespace dash::submission
