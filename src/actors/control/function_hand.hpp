#pragma once

#include "actors/directory.hpp"
#include "actors/requests.hpp"
#include "messages/deployment.hpp"

#include <caf/all.hpp>

#include <functional>
#include <string>

namespace vpaas {

/// Reads and changes what functions of a node run, and starts those that it
/// does not have by itself: they end with their owner. Each answer comes once,
/// within a limit. Owned by the state of an actor, whose down handler calls
/// `forget`.
class function_hand {
public:
  using told = std::function<void(const caf::expected<document>&)>;
  using done = std::function<void(const caf::error&)>;

  /// @param node `node_actor`
  /// @param patience for an answer
  /// @param limit for what loads a model
  function_hand(model_cache_actor::pointer self, const caf::actor& node,
                caf::timespan patience, caf::timespan limit);

  /// All parameters of a function. @returns ec::not_found
  void read(const std::string& function, told f);

  void set(const std::string& function, const std::string& parameter,
           const json& value, done f);

  /// Lets the registered function of this name run a library; where there is
  /// none it is started, see `user_function`.
  void run(const std::string& function, const std::string& library, done f);

  /// Ends one that was started here; it may be gone.
  void end(const std::string& function, done f);

  void forget(caf::down_msg& x);

private:
  void start(const std::string& function, const std::string& library, done f);

  void configure(const std::string& function, const document& changes,
                 caf::timespan limit, told f);

  model_cache_actor::pointer self_;
  caf::actor node_;
  caf::timespan patience_, limit_;
  directory functions_;
  requests asking_;
};

/// The kind of what is started.
constexpr const char* registered_function_kind = "user_function";

} // namespace vpaas
