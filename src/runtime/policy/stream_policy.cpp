#include "runtime/policy/stream_policy.hpp"

#include "runtime/error.hpp"

namespace vpaas {

caf::expected<decision> decision_of(const json& x) {
  auto refuse = [](const std::string& what) {
    return caf::make_error(ec::bad_config,
                           what
                             + "; write { pipeline = \"high_low\", qp = 36, "
                               "scale = 0.8 }");
  };
  if (x.is_array() && x.empty()) // an empty table of Lua
    return decision{};
  if (!x.is_object())
    return refuse("a decision is a table");
  decision result;
  for (auto& [key, value] : x.items())
    if (key == "pipeline" && value.is_string())
      result.pipeline = value.get<std::string>();
    else if (key == "pipeline" || key == "path")
      return refuse("the name of a pipeline is text, called pipeline");
    else if (value.is_structured() || value.is_null())
      return refuse("the value of " + key + " is no number, text or flag");
    else
      result.parameters.set(key, value);
  return result;
}

decision with_usual(const decision& usual, const decision& x) {
  if (!x.pipeline.empty() && x.pipeline != usual.pipeline)
    return x;
  auto result = usual;
  for (auto& [key, value] : x.parameters.value().items())
    result.parameters.set(key, value);
  return result;
}

json as_json(const decision& x) {
  auto result = x.parameters.value();
  result["pipeline"] = x.pipeline;
  return result;
}

} // namespace vpaas
