# SPDX-License-Identifier: Apache-2.0
# cmake -DFRAGMENT=… -DWORK=… -DGENERATOR=… -P run.cmake: builds and runs the project beside this file in WORK, a folder with a space in its name.
file(REMOVE_RECURSE "${WORK}")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/CMakeLists.txt" "${CMAKE_CURRENT_LIST_DIR}/program.c" DESTINATION "${WORK}/source")
get_filename_component(fragments "${FRAGMENT}" DIRECTORY)
file(COPY "${FRAGMENT}" "${fragments}/hdf5_module_streams.c" DESTINATION "${WORK}/fragment")
get_filename_component(name "${FRAGMENT}" NAME)
execute_process(COMMAND "${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${WORK}/source" -B "${WORK}/build" "-DFRAGMENT=${WORK}/fragment/${name}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${WORK}/build" COMMAND_ERROR_IS_FATAL ANY)
foreach(program program static_program)
  if(EXISTS "${WORK}/build/${program}")
    execute_process(COMMAND "${WORK}/build/${program}" COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
