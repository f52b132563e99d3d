# Run by P2poolNpm.cmake: NPM, FROM, TO, FILES, NOTE as there. Leaves TO/.fetched when everything is there.
file(REMOVE ${TO}/.fetched)
file(COPY ${FROM}/package.json ${FROM}/package-lock.json DESTINATION ${TO})
execute_process(
  COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=0 --fetch-timeout=30000
  WORKING_DIRECTORY ${TO}
  TIMEOUT 120
  RESULT_VARIABLE result
  OUTPUT_QUIET
  ERROR_VARIABLE errors)
if(NOT result EQUAL 0)
  string(REGEX MATCH "[^\n]*" first_line "${errors}")
  message("npm packages could not be fetched (${first_line}). ${NOTE}")
  return()
endif()
foreach(file IN LISTS FILES)
  file(COPY ${TO}/node_modules/${file} DESTINATION ${TO})
endforeach()
file(TOUCH ${TO}/.fetched)
