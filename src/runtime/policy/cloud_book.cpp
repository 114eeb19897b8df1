#include "runtime/policy/cloud_book.hpp"

#include "runtime/error.hpp"

#include <algorithm>

namespace vpaas {

void cloud_book::link_up(time now) {
  up_ = true;
  failures_ = 0;
  owing_.reset();
  watch_.link_up(now);
}

void cloud_book::link_down(time now) {
  up_ = false;
  watch_.link_down(now);
}

void cloud_book::asked(uint64_t id, size_t frames, bool waits, time now) {
  entry x;
  x.sent = now;
  x.frames = x.ahead = frames;
  x.waits = waits;
  x.due = now + (waits ? patience() : watch_.deadline());
  for (auto& [other, y] : open_)
    x.ahead += y.frames;
  open_[id] = x;
  if (!owing_)
    owing_ = now;
}

std::optional<cloud_book::question> cloud_book::answered(uint64_t id,
                                                         time now) {
  auto node = open_.extract(id);
  if (!node)
    return std::nullopt;
  auto& x = node.mapped();
  heard(now);
  failures_ = 0;
  credit_.answered(std::max<size_t>(x.ahead, 1), now - x.sent);
  if (x.missed)
    watch_.answered_late(x.sent, now);
  else
    watch_.answered(x.sent, now);
  return x;
}

// What is wrong with one part says nothing of the cloud, nor does one that has
// too much to do, unless it answers nothing else.
cloud_book::failure cloud_book::failed(uint64_t id, const caf::error& cause,
                                       time now) {
  auto node = open_.extract(id);
  if (!node)
    return {false, "cloud"};
  auto& x = node.mapped();
  ++failures_;
  auto of_the_part = cause == ec::bad_input || cause == ec::codec
                     || cause == ec::inference;
  auto busy = cause == ec::overload || cause == ec::cancelled
              || (x.waits && up_);
  auto quiet = silent(now);
  if (of_the_part) // that was an answer
    heard(now);
  if (!x.missed && !of_the_part && (!busy || quiet))
    watch_.missed(x.sent, now);
  auto ours = cause.category() == caf::atom("vpaas");
  return {x.waits && busy && !of_the_part && !quiet && !x.missed
            && watch_.phase() == fallback_phase::cloud,
          !ours || cause == ec::cloud_down ? "cloud_down"
          : cause == ec::deadline          ? "deadline"
                                           : "cloud"};
}

std::vector<uint64_t> cloud_book::missed(time now) {
  std::vector<uint64_t> result;
  for (auto& [id, x] : open_)
    if (!x.missed && due(x) <= now) {
      x.missed = true;
      watch_.missed(x.sent, now);
      result.push_back(id);
    }
  return result;
}

std::optional<cloud_book::time> cloud_book::next_deadline() const {
  std::optional<time> result;
  for (auto& [id, x] : open_)
    if (!x.missed)
      result = std::min(result.value_or(time::max()), due(x));
  return result;
}

bool cloud_book::silent(time now) const {
  return owing_ && now - *owing_ >= patience();
}

cloud_book::time cloud_book::patience() const {
  auto usual = watch_.usual_time();
  return usual.count() == 0 ? most_caps / 2 * cfg_.cap
                            : std::clamp(usual, cfg_.cap, most_caps * cfg_.cap);
}

cloud_book::time cloud_book::due(const entry& x) const {
  return x.waits && owing_ ? std::max(x.due, *owing_ + patience()) : x.due;
}

void cloud_book::heard(time now) {
  owing_ = open_.empty() ? std::nullopt : std::optional{now};
}

} // namespace vpaas
