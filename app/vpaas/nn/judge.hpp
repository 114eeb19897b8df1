#pragma once

#include "command_line.hpp"
#include "runtime/evaluation/crop_embedder.hpp"
#include "runtime/evaluation/teacher.hpp"
#include "verbs.hpp"

#include <memory>
#include <string>

namespace vpaas {

/// --against or --teacher, and --truth: who knows what is on a frame.
struct judge_choice {
  std::string name;  ///< "truth" or a model
  std::string truth; ///< side file; empty: the synthetic camera's own

  /// @param detector its labels are those of a side file, and it judges its own
  ///        poor copies where `name` is its name or empty
  caf::expected<teacher>
  find(const std::string& source, const network_choice& choice,
       const std::shared_ptr<frame_detector>& detector) const;
};

/// Loads the detector called `name`.
caf::expected<std::shared_ptr<frame_detector>>
load_detector(const network_choice& choice, const std::string& name);

/// Loads the backbone called `name`.
caf::expected<crop_embedder> load_embedder(const network_choice& choice,
                                           const std::string& name);

} // namespace vpaas
