#include "runtime/learning/light_watch.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vpaas {

namespace {

constexpr float darkest = 1; // of a picture that shows anything

float median(std::vector<float> xs) {
  auto middle = xs.begin() + ptrdiff_t(xs.size() / 2);
  std::nth_element(xs.begin(), middle, xs.end());
  return *middle;
}

} // namespace

bool light_watch::alike(float a, float b) const {
  return std::abs(std::log(a / b)) <= std::log1p(cfg_.tolerance);
}

float light_watch::wanted(float usual) const {
  auto now = median({recent_.begin(), recent_.end()});
  if (usual <= 0 || now < darkest)
    return 1;
  return std::clamp(usual / now, 1 / cfg_.most, cfg_.most);
}

void light_watch::add(float light, float usual) {
  recent_.push_back(light);
  if (recent_.size() > cfg_.pictures)
    recent_.pop_front();
  auto next = wanted(usual);
  if (alike(next, 1)) {
    gain_ = refused_ = 1;
    end_trial();
  } else if (alike(next, gain_) || alike(next, refused_)) {
    end_trial();
  } else if (tried_ == gain_ || !alike(next, tried_)) {
    tried_ = next;
    evidence_ = {};
  }
}

void light_watch::end_trial() {
  tried_ = gain_;
  evidence_ = {};
}

void light_watch::judge(bool as_used, bool as_tried) {
  if (tried_ == gain_)
    return;
  ++evidence_.judged;
  evidence_.gained += as_tried && !as_used;
  evidence_.lost += as_used && !as_tried;
  heads_trial_config how;
  how.lead = cfg_.lead;
  auto verdict = judge_trial(evidence_, caf::timespan{0}, how);
  if (verdict == trial_verdict::keep)
    gain_ = tried_;
  else if (verdict == trial_verdict::open && evidence_.judged < cfg_.longest)
    return;
  else
    refused_ = tried_;
  end_trial();
}

} // namespace vpaas
