#pragma once

#if defined(__has_feature)
#define P2POOL_TESTS_HAS_FEATURE(feature) __has_feature(feature)
#else
#define P2POOL_TESTS_HAS_FEATURE(feature) 0
#endif

namespace tests {

/// Under the address sanitizer freed memory is kept back and used memory padded, under the thread sanitizer it has
/// several times its size in notes of who used it: bounds on resident memory are others. Neither goes with libfaketime.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || P2POOL_TESTS_HAS_FEATURE(address_sanitizer) || \
    P2POOL_TESTS_HAS_FEATURE(thread_sanitizer)
constexpr bool kSanitizer = true;
#else
constexpr bool kSanitizer = false;
#endif

}  // namespace tests
