#include "actors/canaries.hpp"

#include "messages/protocol.hpp"
#include "runtime/pulse.hpp"

#include <utility>

namespace vpaas {

void canaries::watch(uint64_t id, const caf::actor& who, uint64_t pulse,
                     caf::timespan stall_after) {
  forget(id);
  silence heard{stall_after};
  auto due = self_->clock().now() + heard.period();
  birds_.emplace(id, bird{who, pulse, heard, due, std::nullopt});
  set_alarm();
}

void canaries::alive(uint64_t id) {
  if (auto i = birds_.find(id); i != birds_.end())
    i->second.heard.broken();
}

void canaries::forget(uint64_t id) {
  auto x = birds_.extract(id);
  if (x)
    drop_question(x.mapped());
}

void canaries::send(uint64_t id, bird& x) {
  auto question = self_->new_request_id(caf::message_priority::high);
  x.question = question.response_id();
  x.who->eq_impl(question, caf::actor_cast<caf::strong_actor_ptr>(self_),
                 self_->context(), status_atom_v);
  auto answered = [this, id](bool lives) {
    auto i = birds_.find(id);
    if (i == birds_.end())
      return;
    i->second.question.reset();
    if (lives)
      i->second.heard.broken();
  };
  self_->add_multiplexed_response_handler(
    *x.question,
    caf::behavior{[answered](const status_report&) { answered(true); },
                  [answered](const caf::error&) { answered(false); }});
}

void canaries::drop_question(bird& x) {
  if (x.question)
    self_->eq_impl(*std::exchange(x.question, std::nullopt), nullptr,
                   self_->context(),
                   caf::make_error(caf::sec::request_receiver_down));
}

void canaries::set_alarm() {
  auto next = alarm::time_point::max();
  for (auto& [id, x] : birds_)
    next = std::min(next, x.due);
  if (!birds_.empty())
    clock_.set(self_, next, [this] { tick(); });
}

void canaries::tick() {
  auto now = self_->clock().now();
  std::vector<uint64_t> silent;
  for (auto& [id, x] : birds_) {
    if (x.due > now)
      continue;
    x.due = now + x.heard.period();
    auto of_thread = pulse_of(x.pulse);
    auto beats = of_thread ? of_thread->beats.load() : 0;
    auto allowed = of_thread ? of_thread->allowed.load() : 0;
    if (x.heard.tick(beats, caf::timespan{allowed}))
      silent.push_back(id);
    else if (!x.question)
      send(id, x);
  }
  for (auto id : silent)
    forget(id);
  set_alarm();
  if (!silent.empty())
    stalled_(silent);
}

} // namespace vpaas
