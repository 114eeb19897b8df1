#include "runtime/media/clip_cutter.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

bool starts(const segment& x) {
  return x.part == 0 && !x.packets.empty();
}

caf::timestamp begin_of(const segment& x) {
  return x.packets.front().captured;
}

caf::timestamp end_of(const segment& x) {
  return x.packets.back().captured;
}

} // namespace

std::vector<segment> clip_cutter::cut(caf::timestamp when,
                                      const std::deque<segment>& known,
                                      const clip_config& cfg) {
  auto first = known.end();
  for (auto i = known.begin(); i != known.end(); ++i) {
    if (!starts(*i) || begin_of(*i) > when)
      continue;
    if (first == known.end() || begin_of(*i) <= when - cfg.before)
      first = i;
  }
  std::vector<segment> result;
  for (auto i = first; i != known.end(); ++i) {
    result.push_back(*i);
    if (!i->packets.empty() && end_of(*i) >= when + cfg.after)
      break;
  }
  return result;
}

std::vector<segment> clip_cutter::note(caf::timestamp when,
                                       const std::deque<segment>& known) {
  if (is_open()) {
    end_ = std::min(std::max(end_, when + cfg_.after), start_ + cfg_.longest);
    return {};
  }
  if (when + cfg_.after / 2 <= covered_)
    return {};
  parts_ = cut(when, known, cfg_);
  if (parts_.empty())
    return {};
  start_ = begin_of(parts_.front());
  end_ = when + cfg_.after;
  bytes_ = 0;
  for (auto& x : parts_)
    bytes_ += x.bytes.size();
  return is_whole() ? finish() : std::vector<segment>{};
}

std::vector<segment> clip_cutter::add(const segment& x) {
  if (!is_open())
    return {};
  if (!(key_of(parts_.back()) < key_of(x)))
    return finish(); // it begins anew
  parts_.push_back(x);
  bytes_ += x.bytes.size();
  return is_whole() ? finish() : std::vector<segment>{};
}

bool clip_cutter::is_whole() const {
  auto& last = parts_.back();
  return last.last || bytes_ >= cfg_.max_bytes
         || (!last.packets.empty() && end_of(last) >= end_);
}

std::vector<segment> clip_cutter::finish() {
  if (is_open() && !parts_.back().packets.empty())
    covered_ = end_of(parts_.back());
  return std::exchange(parts_, {});
}

} // namespace vpaas
