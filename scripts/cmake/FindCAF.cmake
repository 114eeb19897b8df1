# Debian ships CAF without a CMake package; this makes the targets CAF::core and
# CAF::io from the headers and libraries.
include(FindPackageHandleStandardArgs)
find_path(CAF_INCLUDE_DIR caf/config.hpp)
if(CAF_INCLUDE_DIR)
  file(STRINGS ${CAF_INCLUDE_DIR}/caf/config.hpp line
       REGEX "^#define CAF_VERSION [0-9]+")
  string(REGEX MATCH "[0-9]+$" number "${line}")
  math(EXPR major "${number} / 10000")
  math(EXPR minor "${number} / 100 % 100")
  math(EXPR patch "${number} % 100")
  set(CAF_VERSION ${major}.${minor}.${patch})
endif()
set(variables CAF_INCLUDE_DIR)
foreach(part core io)
  find_library(CAF_${part}_LIBRARY caf_${part})
  list(APPEND variables CAF_${part}_LIBRARY)
endforeach()
find_package_handle_standard_args(CAF REQUIRED_VARS ${variables}
                                  VERSION_VAR CAF_VERSION)
if(CAF_FOUND AND NOT TARGET CAF::core)
  foreach(part core io)
    add_library(CAF::${part} UNKNOWN IMPORTED)
    set_target_properties(CAF::${part} PROPERTIES
                          IMPORTED_LOCATION ${CAF_${part}_LIBRARY})
  endforeach()
  target_link_libraries(CAF::core INTERFACE Threads::Threads)
  target_link_libraries(CAF::io INTERFACE CAF::core)
endif()
