# What is installed where, and the Debian package: cmake --build build/release && cpack --config build/release/CPackConfig.cmake
include_guard()
include(GNUInstallDirs)

install(TARGETS p2pool-dash RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY networks DESTINATION ${CMAKE_INSTALL_DATADIR}/p2pool-dash)
install(DIRECTORY web/static DESTINATION ${CMAKE_INSTALL_DATADIR}/p2pool-dash/web)
install(DIRECTORY ${CMAKE_BINARY_DIR}/web_vendor DESTINATION ${CMAKE_INSTALL_DATADIR}/p2pool-dash OPTIONAL
        PATTERN node_modules EXCLUDE PATTERN .fetched EXCLUDE PATTERN "package*.json" EXCLUDE)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/p2pool-dash)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/p2pool-dash)
install(FILES ${CMAKE_BINARY_DIR}/documents/p2pool-dash.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/documents/p2pool-dash.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME p2pool-dash)
# zsh looks here for what an administrator installs, and there for what Debian's packages do.
install(FILES ${CMAKE_BINARY_DIR}/documents/_p2pool-dash DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT local)
install(FILES ${CMAKE_BINARY_DIR}/documents/_p2pool-dash DESTINATION /usr/share/zsh/vendor-completions
        COMPONENT service EXCLUDE_FROM_ALL)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/p2pool-dash RENAME copyright)
# Of the package only: systemd and dpkg look for them in these places.
install(FILES packaging/p2pool-dash.service DESTINATION /lib/systemd/system COMPONENT service EXCLUDE_FROM_ALL)
install(FILES packaging/p2pool-dash.default DESTINATION /etc/default RENAME p2pool-dash COMPONENT service EXCLUDE_FROM_ALL)

# Each commit's package is newer than the one before, or apt would not install it over that.
execute_process(COMMAND git rev-list --count HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                OUTPUT_VARIABLE _commits OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
if(_commits)
  string(APPEND CPACK_PACKAGE_VERSION "+${_commits}")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME p2pool-dash)
set(CPACK_PACKAGE_CONTACT "The p2pool-dash developers <p2pool-dash@localhost>")
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};${PROJECT_NAME};Unspecified;/;${CMAKE_BINARY_DIR};${PROJECT_NAME};service;/")
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS passwd)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA packaging/postinst packaging/prerm packaging/postrm packaging/conffiles)
list(TRANSFORM CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA PREPEND ${PROJECT_SOURCE_DIR}/)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
