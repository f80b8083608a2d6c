# SPDX-License-Identifier: Apache-2.0
# Writes the commit of SOURCE into HEADER, which changes only with it: cmake -DSOURCE=… -DHEADER=… -P commit.cmake
find_program(GIT git)
set(commit unknown)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --abbrev=12 --dirty=+ --exclude "*" OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
                  RESULT_VARIABLE failed)
  if(NOT failed AND described MATCHES "^[0-9a-f]+[+]?$")
    set(commit ${described})
  endif()
endif()
file(WRITE ${HEADER}.new "#define DLRM_COMMIT \"${commit}\"\n")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${HEADER}.new ${HEADER})
