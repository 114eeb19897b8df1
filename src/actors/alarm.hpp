#pragma once

#include <caf/all.hpp>

#include <functional>
#include <utility>

namespace vpaas {

/// The alarm clock of one actor: rings once at the earliest time that it was
/// set to. Unlike a delayed message it does not keep a dead actor's memory
/// until it is due: CAF drops an actor's timeouts when the actor ends.
class alarm {
public:
  using time_point = caf::actor_clock::time_point;

  /// Makes `ring` run in the context of `self` at `when`, if it is not set to
  /// an earlier time; then nothing changes. Who hears it sets it anew.
  void set(caf::scheduled_actor* self, time_point when,
           std::function<void()> ring) {
    if (armed_ && due_ <= when)
      return;
    if (armed_)
      self->clock().cancel_request_timeout(self, id_);
    else
      listen(self, std::move(ring));
    due_ = when;
    self->clock().set_request_timeout(due_, self, id_);
  }

private:
  /// Prepares for the timeout of a request that nobody gets.
  void listen(caf::scheduled_actor* self, std::function<void()> ring) {
    armed_ = true;
    id_ = self->new_request_id(caf::message_priority::normal).response_id();
    auto rings = [this, ring = std::move(ring)](caf::error&) {
      armed_ = false;
      ring();
    };
    self->add_multiplexed_response_handler(id_, caf::behavior{rings});
  }

  bool armed_ = false;
  time_point due_{};
  caf::message_id id_ = caf::make_message_id();
};

} // namespace vpaas
