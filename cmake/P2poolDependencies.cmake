# Everything comes from distribution packages; run_p2pool.sh installs them on Debian and Ubuntu.
include_guard()

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS program_options)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(Secp256k1 REQUIRED)
if(P2POOL_TESTS)
  find_package(doctest REQUIRED)
  find_package(benchmark REQUIRED)
endif()
