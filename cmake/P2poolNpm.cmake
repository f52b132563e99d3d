# npm packages: for the dashboard's charts and for the tests of its pages. Neither is needed to build or run the node, so
# nothing here fails a build: what could not be fetched is told, and tried again at the next build.
include_guard()

find_program(P2POOL_NPM npm)

# p2pool_npm_packages(target FROM folder TO folder FILES file … NOTE text)
# Installs what package-lock.json in FROM pins, checked by its integrity hashes, into TO/node_modules when the build needs
# it, and copies FILES (below node_modules) to TO. NOTE says what goes without.
function(p2pool_npm_packages target)
  cmake_parse_arguments(ARG "" "FROM;TO;NOTE" "FILES" ${ARGN})
  if(NOT P2POOL_NPM)
    message(STATUS "npm was not found: ${ARG_NOTE}")
    add_custom_target(${target})
    return()
  endif()
  add_custom_command(
    OUTPUT ${ARG_TO}/.fetched
    DEPENDS ${ARG_FROM}/package.json ${ARG_FROM}/package-lock.json ${PROJECT_SOURCE_DIR}/cmake/npm_fetch.cmake
    COMMAND ${CMAKE_COMMAND} -DNPM=${P2POOL_NPM} -DFROM=${ARG_FROM} -DTO=${ARG_TO} "-DFILES=${ARG_FILES}"
            "-DNOTE=${ARG_NOTE}" -P ${PROJECT_SOURCE_DIR}/cmake/npm_fetch.cmake
    COMMENT "Fetching npm packages: ${target}"
    VERBATIM)
  add_custom_target(${target} DEPENDS ${ARG_TO}/.fetched)
endfunction()
