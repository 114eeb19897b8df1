#include "runtime/learning/trial_watch.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// `label` where the heads say what it hints at, else nothing.
std::string agreed(const one_vs_all& heads, const taught_crop& x) {
  auto meant = heads.class_of(x.label);
  auto says = meant >= 0 ? name_by(heads, x) : "";
  return meant >= 0 && says == heads.classes[size_t(meant)] ? x.label : "";
}

} // namespace

void trial_watch::begin(const std::string& version, one_vs_all live,
                        one_vs_all next) {
  version_ = version;
  live_ = std::move(live);
  next_ = std::move(next);
  evidence_ = {};
}

void trial_watch::end() {
  version_.clear();
  evidence_ = {};
  later_ = late_names{};
}

void trial_watch::heard_of(const std::string& stream, uint64_t look) {
  seen_[stream] = look;
}

void trial_watch::forget_before(uint64_t look) {
  for (auto i = seen_.begin(); i != seen_.end();)
    i = i->second < look ? seen_.erase(i) : std::next(i);
}

std::vector<std::string> trial_watch::streams() const {
  std::vector<std::string> all;
  for (auto& x : seen_)
    all.push_back(x.first);
  auto result = trial_streams(std::move(all), share_);
  std::sort(result.begin(), result.end());
  return result;
}

void trial_watch::saw(const std::string& stream, uint64_t frame,
                      std::vector<taught_crop> crops) {
  if (!version_.empty())
    later_.saw(stream, frame, std::move(crops));
}

void trial_watch::take(const frame_result& x) {
  if (version_.empty())
    return;
  for (auto& crop : later_.take(x))
    if (live_.class_of(crop.label) >= 0 || next_.class_of(crop.label) >= 0)
      evidence_.note(crop.label, agreed(live_, crop), agreed(next_, crop));
}

} // namespace vpaas
