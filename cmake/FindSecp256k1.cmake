# Defines the target Secp256k1::Secp256k1; the distributions ship only a pkg-config file.
find_package(PkgConfig QUIET)
pkg_check_modules(PC_SECP256K1 QUIET libsecp256k1)
find_path(Secp256k1_INCLUDE_DIR secp256k1.h HINTS ${PC_SECP256K1_INCLUDE_DIRS})
find_library(Secp256k1_LIBRARY secp256k1 HINTS ${PC_SECP256K1_LIBRARY_DIRS})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Secp256k1 REQUIRED_VARS Secp256k1_LIBRARY Secp256k1_INCLUDE_DIR
                                  VERSION_VAR PC_SECP256K1_VERSION)
if(Secp256k1_FOUND AND NOT TARGET Secp256k1::Secp256k1)
  add_library(Secp256k1::Secp256k1 UNKNOWN IMPORTED)
  set_target_properties(Secp256k1::Secp256k1 PROPERTIES IMPORTED_LOCATION ${Secp256k1_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${Secp256k1_INCLUDE_DIR})
endif()
