# The project's targets: one library a folder, and tests named after what they test.
include_guard()

add_library(p2pool_compile_options INTERFACE)
target_include_directories(p2pool_compile_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(p2pool_compile_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(P2POOL_WERROR)
  target_compile_options(p2pool_compile_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Pre-compiled headers that a compiler cache may keep apart by content.
  target_compile_options(p2pool_compile_options INTERFACE -fpch-preprocess)
  # g++ 12 and newer see overlapping, endless or out-of-bounds copies in optimised library code where there are none
  # (GCC bugs 105329, 105651 and kin); clang and the sanitizers look after what is left.
  target_compile_options(p2pool_compile_options INTERFACE -Wno-restrict -Wno-stringop-overread -Wno-stringop-overflow
                                                          -Wno-array-bounds)
endif()
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Takes sources that are read together for headers.
  target_compile_options(p2pool_compile_options INTERFACE -Wno-subobject-linkage)
endif()
if(P2POOL_SANITIZE)
  set(_sanitize -fsanitize=${P2POOL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    list(APPEND _sanitize -fno-sanitize=function)
  endif()
  target_compile_options(p2pool_compile_options INTERFACE ${_sanitize})
  target_link_options(p2pool_compile_options INTERFACE ${_sanitize})
  # A hundred large programs are linked: LLVM's own linker takes a fraction of the time, where it is installed.
  include(CheckLinkerFlag)
  check_linker_flag(CXX -fuse-ld=lld P2POOL_HAS_LLD)
  if(P2POOL_HAS_LLD)
    target_link_options(p2pool_compile_options INTERFACE -fuse-ld=lld)
  endif()
endif()
if(P2POOL_FUZZ)
  # Counts what an input reaches; main comes with the fuzz targets alone (tests/fuzz).
  target_compile_options(p2pool_compile_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Sanitizers' builds are clang's, which reads of a precompiled header only what a source uses: one with everything that is
# slow to read halves the time for most sources. That each source includes what it needs, the other builds see.
if(P2POOL_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(P2POOL_COMMON_HEADERS ON)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/common_headers.cpp CONTENT "// Only its precompiled header is of use.\n")
  add_library(p2pool_common_headers OBJECT ${CMAKE_BINARY_DIR}/common_headers.cpp)
  target_link_libraries(p2pool_common_headers PRIVATE p2pool_compile_options)
  target_precompile_headers(p2pool_common_headers PRIVATE
    <algorithm> <deque> <filesystem> <fstream> <functional> <map> <set> <unordered_map>
    <boost/asio.hpp> <boost/asio/experimental/awaitable_operators.hpp> <boost/beast/http.hpp>
    <boost/multiprecision/cpp_int.hpp> <nlohmann/json.hpp>)
endif()

# p2pool_settings(target header …): how the target's sources are compiled, and the headers, if any, that they are spared reading.
# Folders of tests set P2POOL_QUICK: what runs once and briefly is compiled quickly rather than well.
function(p2pool_settings target)
  target_link_libraries(${target} PRIVATE p2pool_compile_options)
  if(P2POOL_QUICK AND CMAKE_BUILD_TYPE STREQUAL "Release")
    # Lightly optimised, g++ takes inlined allocation functions for ones that do not belong together.
    target_compile_options(${target} PRIVATE -O1 $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
  endif()
  if(P2POOL_COMMON_HEADERS)
    target_precompile_headers(${target} REUSE_FROM p2pool_common_headers)
  elseif(ARGN)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# p2pool_library(name SOURCES … [LIBS …] [PRIVATE_LIBS …] [PCH header …])
# LIBS are what the library's headers need and all its users may see; a library sees nothing it does not list.
function(p2pool_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS;PRIVATE_LIBS;PCH" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LIBS} PRIVATE ${ARG_PRIVATE_LIBS})
  p2pool_settings(${name} ${ARG_PCH})
endfunction()

# p2pool_program(name SOURCES … LIBS …)
function(p2pool_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS;PCH" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS})
  p2pool_settings(${name} ${ARG_PCH})
endfunction()

# p2pool_optimise(target): also in the sanitizers' builds that otherwise are not, since tests spend most of their time in it.
# Fuzzers are optimised as a whole.
function(p2pool_optimise target)
  if(P2POOL_SANITIZE AND NOT P2POOL_FUZZ)
    target_compile_options(${target} PRIVATE -O1)
    set_target_properties(${target} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
  endif()
endfunction()

# p2pool_label(test target label): the target LABEL_tests builds all that the tests of a label need.
function(p2pool_label test target label)
  set_property(TEST ${test} APPEND PROPERTY LABELS ${label})
  if(NOT TARGET ${label}_tests)
    add_custom_target(${label}_tests)
  endif()
  add_dependencies(${label}_tests ${target})
endfunction()

# p2pool_test(name LABEL unit|vectors|simnet|interop|fuzz|browser|bench SOURCES … LIBS … [TIMEOUT seconds] [THREADS])
# One doctest program, one CTest entry. Exit code 77 is reported as skipped. THREADS: threads of the node meet in it, which
# makes it one for the thread sanitizer; it has the label "threads", too.
function(p2pool_test name)
  cmake_parse_arguments(ARG "THREADS" "LABEL;TIMEOUT" "SOURCES;LIBS;PCH" ${ARGN})
  p2pool_program(${name} SOURCES ${ARG_SOURCES} LIBS p2pool_test_main p2pool_test_support ${ARG_LIBS} PCH ${ARG_PCH})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  p2pool_label(${name} ${name} ${ARG_LABEL})
  if(ARG_THREADS)
    p2pool_label(${name} ${name} threads)
  endif()
  if(P2POOL_SANITIZE)
    # Into files that tests/CMakeLists.txt has looked at, also from processes whose end the test does not look at.
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED sanitizer)
    foreach(options ASAN_OPTIONS TSAN_OPTIONS UBSAN_OPTIONS)
      set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT_MODIFICATION
                   ${options}=string_append::log_exe_name=1:log_path=${CMAKE_BINARY_DIR}/report)
    endforeach()
  endif()
  if(ARG_TIMEOUT)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
  endif()
endfunction()

macro(p2pool_add_if_present folder)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
    add_subdirectory(${folder})
  endif()
endmacro()
