#pragma once

#include "runtime/worker/protocol.hpp"
#include "vpaas/function.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <string>

namespace vpaas {

/// A user's shared library, loaded into this process, with one function made of
/// it. Whatever it does to the process, it does: nodes load libraries in
/// workers only. It is never unloaded, since its threads may still run.
class function_library {
public:
  /// @param options for the function
  /// @returns ec::bad_config where it is no library, speaks another version of
  ///          the interface, or the function cannot be made
  static caf::expected<function_library> load(const std::string& path,
                                              const std::string& options);

  /// What it says of itself; no problem.
  const worker_hello& hello() const {
    return hello_;
  }

  /// Asks about one frame.
  worker_answer apply(const vpaas_frame& x);

private:
  function_library(const vpaas_description* description,
                   std::shared_ptr<void> self);

  const vpaas_description* description_;
  std::shared_ptr<void> self_;
  worker_hello hello_;
};

/// Checks what a function answered: boxes within the frame, scores, texts, and
/// that it is of the kind that was described.
/// @returns ec::inference
caf::error check_answer(const worker_answer& x, const std::string& kind);

} // namespace vpaas
