#pragma once

namespace tests {

/// Gives this thread, and the processes and threads it starts from now on, a network with nothing but a loopback of its
/// own, so that fixed ports are free. False where this is not allowed; the common network is used then.
bool enter_own_network();

}  // namespace tests
