# Defines the target Miniupnpc::Miniupnpc; the distributions ship only a pkg-config file.
find_package(PkgConfig QUIET)
pkg_check_modules(PC_MINIUPNPC QUIET miniupnpc)
find_path(Miniupnpc_INCLUDE_DIR miniupnpc/miniupnpc.h HINTS ${PC_MINIUPNPC_INCLUDE_DIRS})
find_library(Miniupnpc_LIBRARY miniupnpc HINTS ${PC_MINIUPNPC_LIBRARY_DIRS})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Miniupnpc REQUIRED_VARS Miniupnpc_LIBRARY Miniupnpc_INCLUDE_DIR
                                  VERSION_VAR PC_MINIUPNPC_VERSION)
if(Miniupnpc_FOUND AND NOT TARGET Miniupnpc::Miniupnpc)
  add_library(Miniupnpc::Miniupnpc UNKNOWN IMPORTED)
  set_target_properties(Miniupnpc::Miniupnpc PROPERTIES IMPORTED_LOCATION ${Miniupnpc_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${Miniupnpc_INCLUDE_DIR})
endif()
