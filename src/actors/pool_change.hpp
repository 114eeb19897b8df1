#pragma once

#include "messages/protocol.hpp"

#include <caf/all.hpp>

#include <functional>
#include <vector>

namespace vpaas {

/// Changes the parameters of workers, one after the other, so that the others
/// work on: the first to refuse ends it, and those that had taken the change go
/// back to what was. A worker that is lost meanwhile refuses. Owned by the
/// state of an actor.
class pool_change {
public:
  using done_fun = std::function<void(caf::expected<document>)>;

  /// Lets a worker change its parameters, and calls back.
  using ask_fun = std::function<void(const function_actor& whom,
                                     const document& changes, done_fun)>;

  explicit pool_change(ask_fun ask) : ask_(std::move(ask)) {
    // nop
  }

  /// @param before all parameters as they are
  /// @param done gets all parameters as they are then, or why a worker refused;
  /// ec::overload at once where another change is under way
  void begin(std::vector<function_actor> workers, document before,
             document changes, done_fun done);

  /// Those of the last change.
  const std::vector<function_actor>& workers() const {
    return workers_;
  }

private:
  void next();

  /// Back, before the error is told.
  void refused(const caf::error& cause);

  ask_fun ask_;
  std::vector<function_actor> workers_;
  size_t changed_ = 0;
  document before_, changes_, now_;
  done_fun done_; ///< empty: nothing is under way
};

} // namespace vpaas
