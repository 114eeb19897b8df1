#pragma once

#include "actors/directory.hpp"
#include "actors/requests.hpp"
#include "messages/protocol.hpp"

#include <caf/all.hpp>

#include <optional>

namespace vpaas {

/// What a link is to whoever uses one, where the remote node is this node:
/// calls and blobs go to the actors of its own directory. It is always up.
/// Never blocks.
struct here_link_status {
  uint64_t calls = 0; ///< since the start
  uint64_t transfers = 0;

  static constexpr auto type_name = "here_link_status";

  static constexpr auto fields() {
    return std::make_tuple(field("calls", &here_link_status::calls),
                           field("transfers", &here_link_status::transfers));
  }
};

struct here_link_state {
  static inline const char* name = "here_link";

  explicit here_link_state(link_actor::stateful_pointer<here_link_state> self);

  caf::typed_response_promise<item> call(const std::string& path, const item& x,
                                         caf::timespan timeout);

  caf::result<void> transfer(const transfer_offer& offer, const blob& bytes,
                             caf::timespan timeout);

  link_actor::stateful_pointer<here_link_state> self;
  std::optional<directory> around;
  requests asked;
  here_link_status counters;
};

/// @param node the directory, `node_actor`
link_actor::behavior_type
here_link(link_actor::stateful_pointer<here_link_state> self, caf::actor node);

} // namespace vpaas
