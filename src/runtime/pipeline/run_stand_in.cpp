// Who answers a keyframe where a tier is gone: part of a pipeline_run.

#include "runtime/pipeline/run.hpp"

#include <utility>

namespace vpaas {

void pipeline_run::ask_stand_in(uint64_t frame, const std::string& tier) {
  auto i = frames_.find(frame);
  if (i == frames_.end() || i->second.stand_in_asked || i->second.stood_in)
    return;
  auto errand = plan_->stand_in(tier);
  if (!errand)
    return stand_in_failed(frame, i->second.reason);
  i->second.stand_in_asked = true;
  send(*errand, {frame});
}

// While the pipeline may answer, each new reason is a new chance for it.
void pipeline_run::stand_in_failed(uint64_t frame, const std::string& reason) {
  auto& x = frames_.at(frame);
  x.stand_in_asked = false;
  if (!reason.empty())
    x.reason = reason;
  if (!x.usual)
    give_verdict(frame, outcome::unanswered);
}

void pipeline_run::stood_in(uint64_t frame, size_t errand) {
  auto& x = frames_.at(frame);
  x.stand_in_asked = false;
  x.stood_in = true;
  verdict out;
  out.frame = frame;
  out.how = outcome::stood_in;
  out.final = !x.usual;
  out.reason = x.reason;
  auto stage = plan_->errands[errand].stages.front();
  out.made.emplace_back(stage, x.made[stage]);
  step_.verdicts.push_back(std::move(out));
  if (!x.usual)
    frames_.erase(frame);
}

} // namespace vpaas
