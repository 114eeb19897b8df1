#pragma once

#include "runtime/registry_records.hpp"

#include <map>
#include <set>
#include <string>

namespace vpaas {

/// What was tried on a node, and is known there: a model by its reference, a
/// function by its name, which is that of one version at a time.
class installed_artifacts {
public:
  bool has(const artifact& x) const;

  void add(const artifact& x);

  /// No function is known any more but those of these names.
  void keep_functions(const std::set<std::string>& names);

private:
  std::map<std::string, std::string> models_;    ///< digests by id
  std::map<std::string, std::string> functions_; ///< digests by name
};

} // namespace vpaas
