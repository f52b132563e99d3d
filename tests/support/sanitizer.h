#pragma once

#if defined(__has_feature)
#define P2POOL_TESTS_HAS_FEATURE(feature) __has_feature(feature)
#else
#define P2POOL_TESTS_HAS_FEATURE(feature) 0
#endif

namespace tests {

/// Under the address sanitizer freed memory is kept back and used memory padded: bounds on resident memory are others.
#if defined(__SANITIZE_ADDRESS__) || P2POOL_TESTS_HAS_FEATURE(address_sanitizer)
constexpr bool kAddressSanitizer = true;
#else
constexpr bool kAddressSanitizer = false;
#endif

/// Under the thread sanitizer memory has several times its size in notes of who used it.
#if defined(__SANITIZE_THREAD__) || P2POOL_TESTS_HAS_FEATURE(thread_sanitizer)
constexpr bool kThreadSanitizer = true;
#else
constexpr bool kThreadSanitizer = false;
#endif

}  // namespace tests
