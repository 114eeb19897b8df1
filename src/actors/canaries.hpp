#pragma once

#include "actors/alarm.hpp"
#include "runtime/policy/silence.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace vpaas {

/// Watches actors that block, for one that would replace them. Each is asked
/// for its status, ahead of what waits in its mailbox: it lives if it answers
/// after the message at hand. One that works on a message for longer lives as
/// long as its thread has a pulse (runtime/pulse). Owned by the state of an
/// actor.
class canaries {
public:
  /// These are silent for too long; they are not watched any more.
  using stalled_fun = std::function<void(const std::vector<uint64_t>&)>;

  canaries(caf::scheduled_actor* self, stalled_fun stalled)
    : self_(self), stalled_(std::move(stalled)) {
    // nop
  }

  /// @param id the owner's name for it
  /// @param pulse of its thread: the id of the actor that runs in it
  void watch(uint64_t id, const caf::actor& who, uint64_t pulse,
             caf::timespan stall_after);

  /// It answered something else.
  void alive(uint64_t id);

  void forget(uint64_t id);

private:
  struct bird {
    caf::actor who;
    uint64_t pulse = 0;
    silence heard;
    alarm::time_point due;
    std::optional<caf::message_id> question; ///< that is open
  };

  void send(uint64_t id, bird& x);

  /// CAF need not keep the question of one that will not answer.
  void drop_question(bird& x);

  void set_alarm();

  void tick();

  caf::scheduled_actor* self_;
  stalled_fun stalled_;
  std::map<uint64_t, bird> birds_;
  alarm clock_;
};

} // namespace vpaas
