#include "runtime/store/slots_file.hpp"

#include "runtime/error.hpp"
#include "runtime/store/json_file.hpp"

namespace vpaas {

namespace {

std::string path_in(const std::string& folder) {
  return folder + "/slots.json";
}

} // namespace

caf::error write_slots(const std::string& folder,
                       const std::vector<kept_slot>& xs) {
  return write_json_file(path_in(folder), to_json_value(xs));
}

caf::expected<std::vector<kept_slot>> read_slots(const std::string& folder) {
  auto result = read_struct_file<std::vector<kept_slot>>(path_in(folder));
  if (result)
    return result;
  return caf::make_error(ec::bad_input, cause_of(result.error())
                                          + "; the backend says it again");
}

} // namespace vpaas
