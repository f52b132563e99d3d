#include "share_chain/share.h"

#include "dash/primitives/script.h"

namespace share_chain {

dash::Bytes Share::payout_script() const {
    return dash::p2pkh_script(data().pubkey_hash);
}

}  // namespace share_chain
