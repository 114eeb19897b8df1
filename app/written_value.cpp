#include "written_value.hpp"

#include <algorithm>

namespace vpaas {

json written_value(const parameter_spec& spec, const std::string& text) {
  auto value = parse_json(text);
  auto is_list = spec.type == parameter_type::texts;
  if (value && (!is_list || value->is_array()))
    return *value;
  if (!is_list)
    return text;
  auto result = json::array();
  for (size_t from = 0; from <= text.size();) {
    auto end = std::min(text.find(';', from), text.size());
    if (end > from)
      result.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return result;
}

} // namespace vpaas
