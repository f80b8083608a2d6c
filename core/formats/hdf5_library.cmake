# SPDX-License-Identifier: Apache-2.0
# Finds libhdf5 and proves by linking which of its forms suffices; Debian and Ubuntu keep it under hdf5/serial, HDF5_ROOT names another place. CMake's own
# FindHDF5 is not asked: it runs h5cc, which quotes nothing and fails in a folder with a space in its path.
#   hdf5_headers             its headers
#   hdf5_library             and the libraries for a program: archives, or the shared library where the archives need more than a compressor (Debian 13's
#                            read from the network, with libcurl)
#   hdf5_module_library      the same for a module, which dlopen brings in
#   DLRM_HDF5_MODULE_SOURCE  what such a module must compile as well; may be empty
#   hdf5_static_program      the same for a program without any shared library; only where that can be linked
include(CheckCSourceCompiles)

function(dlrm_prove_hdf5 variable libraries link_options extra_source)
  set(CMAKE_REQUIRED_INCLUDES ${DLRM_HDF5_INCLUDE})
  set(CMAKE_REQUIRED_LIBRARIES ${libraries} m ${CMAKE_DL_LIBS} pthread)
  set(CMAKE_REQUIRED_LINK_OPTIONS ${link_options})
  set(CMAKE_REQUIRED_FLAGS -fPIC)
  set(CMAKE_POSITION_INDEPENDENT_CODE OFF)  # else -fPIE follows, which is less
  check_c_source_compiles("#include <hdf5.h>\n#include <hdf5_hl.h>\n${extra_source}\nint main(void) { return H5open() < 0 || H5DSset_scale(0, \"x\") < 0; }\n" ${variable})
endfunction()

function(dlrm_find_hdf5)
  set(places HINTS "${HDF5_ROOT}" "$ENV{HDF5_ROOT}")
  find_path(DLRM_HDF5_INCLUDE hdf5_hl.h ${places} PATH_SUFFIXES include/hdf5/serial hdf5/serial include)
  set(suffixes PATH_SUFFIXES lib/hdf5/serial hdf5/serial lib)
  find_library(DLRM_HDF5_ARCHIVE NAMES libhdf5.a libhdf5_serial.a ${places} ${suffixes})
  find_library(DLRM_HDF5_HL_ARCHIVE NAMES libhdf5_hl.a libhdf5_serial_hl.a ${places} ${suffixes})
  find_library(DLRM_SZ_ARCHIVE libsz.a)
  find_library(DLRM_AEC_ARCHIVE libaec.a)
  find_library(DLRM_Z_ARCHIVE libz.a)
  find_library(DLRM_HDF5_SHARED NAMES libhdf5.so libhdf5_serial.so ${places} ${suffixes})
  find_library(DLRM_HDF5_HL_SHARED NAMES libhdf5_hl.so libhdf5_serial_hl.so ${places} ${suffixes})

  set(archives ${DLRM_HDF5_HL_ARCHIVE} ${DLRM_HDF5_ARCHIVE} ${DLRM_SZ_ARCHIVE} ${DLRM_AEC_ARCHIVE} ${DLRM_Z_ARCHIVE})
  list(FILTER archives EXCLUDE REGEX "-NOTFOUND$")  # a libhdf5 without szip needs neither libsz nor libaec
  set(shared ${DLRM_HDF5_HL_SHARED} ${DLRM_HDF5_SHARED})
  # Debian compiles the archives for programs, where libc's three streams are reached in a way that a module cannot: there they become our own, see the source.
  set(module_source ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/hdf5_module_streams.c)
  set(module_options LINKER:--exclude-libs,ALL LINKER:--wrap=stdin LINKER:--wrap=stdout LINKER:--wrap=stderr)
  if(DLRM_HDF5_INCLUDE AND DLRM_HDF5_ARCHIVE AND DLRM_HDF5_HL_ARCHIVE)
    file(READ ${module_source} streams)
    dlrm_prove_hdf5(DLRM_HDF5_ARCHIVES_LINK "${archives}" "" "")
    dlrm_prove_hdf5(DLRM_HDF5_ARCHIVES_LINK_IN_MODULES "${archives}" "-shared;LINKER:--no-undefined;${module_options}" "${streams}")
    dlrm_prove_hdf5(DLRM_HDF5_ARCHIVES_LINK_STATICALLY "${archives}" "-static" "")
  endif()
  if(DLRM_HDF5_INCLUDE AND DLRM_HDF5_SHARED AND DLRM_HDF5_HL_SHARED)
    dlrm_prove_hdf5(DLRM_HDF5_SHARED_LINKS "${shared}" "" "")
  endif()
  if(NOT DLRM_HDF5_SHARED_LINKS AND NOT (DLRM_HDF5_ARCHIVES_LINK AND DLRM_HDF5_ARCHIVES_LINK_IN_MODULES))
    message(FATAL_ERROR "libhdf5 with its high-level library cannot be linked, neither its archives nor the shared library:\n"
      "  headers  ${DLRM_HDF5_INCLUDE}\n  archives ${DLRM_HDF5_ARCHIVE} ${DLRM_HDF5_HL_ARCHIVE} ${DLRM_SZ_ARCHIVE} ${DLRM_AEC_ARCHIVE} ${DLRM_Z_ARCHIVE}\n"
      "  shared   ${DLRM_HDF5_SHARED} ${DLRM_HDF5_HL_SHARED}\n"
      "Install libhdf5-dev (Debian, Ubuntu) or name where HDF5 lies with -DHDF5_ROOT=DIR, then configure in an empty folder. CMake's log under "
      "${CMAKE_BINARY_DIR}/CMakeFiles says what the linker missed.")
  endif()

  add_library(hdf5_headers INTERFACE)
  target_include_directories(hdf5_headers SYSTEM INTERFACE ${DLRM_HDF5_INCLUDE})
  foreach(target hdf5_library hdf5_module_library)
    add_library(${target} INTERFACE)
  endforeach()
  target_link_libraries(hdf5_library INTERFACE hdf5_headers "$<IF:$<BOOL:${DLRM_HDF5_ARCHIVES_LINK}>,${archives},${shared}>" m ${CMAKE_DL_LIBS} pthread)
  target_link_libraries(hdf5_module_library INTERFACE hdf5_headers "$<IF:$<BOOL:${DLRM_HDF5_ARCHIVES_LINK_IN_MODULES}>,${archives},${shared}>" m ${CMAKE_DL_LIBS} pthread)
  if(DLRM_HDF5_ARCHIVES_LINK_IN_MODULES)
    target_link_options(hdf5_module_library INTERFACE ${module_options})
    set(DLRM_HDF5_MODULE_SOURCE ${module_source} PARENT_SCOPE)
  endif()
  if(DLRM_HDF5_ARCHIVES_LINK_STATICALLY)
    add_library(hdf5_static_program INTERFACE)
    target_link_libraries(hdf5_static_program INTERFACE hdf5_headers ${archives} m ${CMAKE_DL_LIBS} pthread -static)
  endif()
endfunction()
dlrm_find_hdf5()
