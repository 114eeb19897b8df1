#pragma once

#include "messages/protocol.hpp"

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <functional>
#include <string>
#include <vector>

namespace vpaas {

struct coordinator_state;

/// Asks functions for one stream: those of this node by name, those of the
/// cloud over its link, where the bytes of a part go inline or in slices. The
/// one place for who is asked and how long for. Part of a coordinator.
class courier {
public:
  using answer = std::function<void(const caf::expected<item>&)>;

  explicit courier(coordinator_state& all);

  /// Looks for whoever runs this function, from now on.
  void want(const std::string& function);

  bool has(const std::string& function) const;

  /// @param done is called at once where nobody runs it:
  ///        sec::request_receiver_down
  void ask(const std::string& function, item what, const document& options,
           answer done);

  /// Sends a part to the cloud.
  /// @param todo what is to be done with its chunk; none: said before, or what
  ///        is usual
  /// @param waits its source can wait
  void send(chunk part, std::vector<errand_step> todo, bool waits, answer done);

private:
  coordinator_state& all_;
  /// Of a part; the next coordinator begins elsewhere, as long in bytes.
  uint32_t last_attempt_;
};

} // namespace vpaas
