#include "runtime/policy/installed.hpp"

namespace vpaas {

bool installed_artifacts::has(const artifact& x) const {
  auto is_function = x.kind == artifact_kind::function;
  auto& known = is_function ? functions_ : models_;
  auto i = known.find(is_function ? x.name : x.id);
  return i != known.end() && i->second == x.digest;
}

void installed_artifacts::add(const artifact& x) {
  if (x.kind == artifact_kind::function)
    functions_[x.name] = x.digest;
  else
    models_[x.id] = x.digest;
}

void installed_artifacts::keep_functions(const std::set<std::string>& names) {
  for (auto i = functions_.begin(); i != functions_.end();)
    i = names.count(i->first) == 0 ? functions_.erase(i) : std::next(i);
}

} // namespace vpaas
