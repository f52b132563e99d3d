# Everything comes from distribution packages; run_p2pool.sh installs them on Debian and Ubuntu.
include_guard()

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS program_options)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(Secp256k1 REQUIRED)
find_package(Miniupnpc REQUIRED)
if(P2POOL_TESTS)
  find_package(doctest REQUIRED)
  find_package(benchmark REQUIRED)
endif()

# Asio's and Beast's own functions are compiled once, here, and not into every object that names them.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION)
add_library(boost_functions STATIC cmake/boost_functions.cpp)
target_link_libraries(boost_functions PUBLIC OpenSSL::SSL Threads::Threads PRIVATE p2pool_compile_options)
target_include_directories(boost_functions SYSTEM PUBLIC ${Boost_INCLUDE_DIRS})
set_property(TARGET Boost::headers APPEND PROPERTY INTERFACE_LINK_LIBRARIES boost_functions)
