#include "runtime/truth/json_place.hpp"

namespace vpaas {

json json_of(const truth_files::value_type& file) {
  auto result = parse_json(file.second);
  if (!result)
    throw malformed(file.first, cause_of(result.error()) + "; export it again");
  return std::move(*result);
}

} // namespace vpaas
