#include "runtime/policy/fallback.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <utility>

//             an answer is missing           the next one too
//    cloud ------------------------> suspect ----------------> fog
//     ^  ^                              |                      |  ^
//     |  |           an answer          |        an answer to  |  | an answer
//     |  '------------------------------'              a probe |  | is missing
//     |                                                        v  |
//     '---------------------------------------------------- settling
//                    no answer was missing for settling_time
//
// From everywhere to fog when the link goes down. The first time that it is up
// it is believed in at once.

namespace vpaas {

caf::error fallback::config::validate() const {
  if (floor.count() > 0 && cap >= floor && settle.count() >= 0
      && settle_cap >= settle && stable.count() >= 0 && probe_every.count() > 0)
    return caf::none;
  return caf::make_error(ec::bad_config,
                         "times must be positive, and caps not below what "
                         "they bound");
}

void fallback::link_up(time now) {
  up_ = true;
  if (!std::exchange(met_, true))
    believe(now);
}

void fallback::link_down(time now) {
  up_ = false;
  give_up(now);
}

void fallback::answered(time sent, time now) {
  measure(now - sent);
  trust_more(sent, now);
}

// What is in time by what is known now was late by what was known before: as
// when a cloud that was frozen has old work to do first.
void fallback::answered_late(time sent, time now) {
  measure(now - sent);
  if (now - sent <= deadline())
    trust_more(sent, now);
}

// What was sent in an earlier phase says little of this one.
void fallback::trust_more(time sent, time now) {
  if (!up_ || sent < since_)
    return;
  if (phase_ == fallback_phase::suspect)
    enter(fallback_phase::cloud, now);
  else if (phase_ == fallback_phase::fog)
    enter(fallback_phase::settling, now);
}

void fallback::missed(time sent, time now) {
  if (sent < since_)
    return; // it is known already
  if (phase_ == fallback_phase::cloud)
    enter(fallback_phase::suspect, now);
  else if (phase_ != fallback_phase::fog)
    give_up(now);
}

fallback::plan fallback::next(time now) {
  if (phase_ == fallback_phase::suspect && now - since_ >= cfg_.cap)
    give_up(now); // nothing was asked that could have been missed
  if (phase_ == fallback_phase::settling && now - since_ >= settle_)
    believe(now);
  if (phase_ == fallback_phase::cloud)
    return {true, false};
  if (phase_ == fallback_phase::suspect)
    return {true, true};
  if (!up_ || (probed_ && now - last_probe_ < cfg_.probe_every))
    return {false, true};
  probed_ = true;
  last_probe_ = now;
  return {true, true};
}

fallback::time fallback::deadline() const {
  return measured_ ? std::clamp(usual_time(), cfg_.floor, cfg_.cap) : cfg_.cap;
}

void fallback::measure(time took) {
  auto error = took > smoothed_ ? took - smoothed_ : smoothed_ - took;
  smoothed_ = measured_ ? smoothed_ + (took - smoothed_) / 8 : took;
  deviation_ = measured_ ? deviation_ + (error - deviation_) / 4 : took / 2;
  measured_ = true;
}

void fallback::enter(fallback_phase x, time now) {
  phase_ = x;
  since_ = now;
}

void fallback::believe(time now) {
  trusted_ = now;
  enter(fallback_phase::cloud, now);
  if (cfg_.told && outages_ > 0)
    cfg_.told({false, true, now - began_});
}

void fallback::give_up(time now) {
  if (phase_ == fallback_phase::cloud || phase_ == fallback_phase::suspect) {
    ++outages_;
    began_ = now;
    if (cfg_.told)
      cfg_.told({true, up_, time{0}});
    auto flapped = outages_ > 1 && now - trusted_ < cfg_.stable;
    settle_ = flapped ? std::min(2 * settle_, cfg_.settle_cap) : cfg_.settle;
  }
  enter(fallback_phase::fog, now);
}

} // namespace vpaas
