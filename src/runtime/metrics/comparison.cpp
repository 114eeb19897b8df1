#include "runtime/metrics/comparison.hpp"

#include "runtime/vision/matching.hpp"

#include <algorithm>
#include <tuple>

namespace vpaas {

namespace {

using results_by_frame = std::map<uint64_t, const frame_result*>;

results_by_frame by_frame(const std::vector<frame_result>& xs) {
  results_by_frame result;
  for (auto& x : xs)
    result[x.frame] = &x;
  return result;
}

void compare(const frame_result& before, const frame_result& after,
             object_changes& to) {
  std::vector<detection> found;
  for (auto& x : after.objects) {
    found.push_back({x.where, 0, x.score, 0});
    ++to.labels[x.label].after;
  }
  std::vector<truth_object> there;
  for (auto& x : before.objects) {
    there.push_back({x.where, 0, 0, false});
    ++to.labels[x.label].before;
  }
  uint64_t pairs = 0;
  auto partners = match_one_to_one(found, there, {});
  for (size_t i = 0; i < partners.size(); ++i) {
    if (partners[i] == no_match)
      continue;
    ++pairs;
    auto& partner = before.objects[static_cast<size_t>(partners[i])];
    ++(partner.label == after.objects[i].label ? to.same : to.renamed);
  }
  to.gone += there.size() - pairs;
  to.fresh += found.size() - pairs;
}

auto what_of(const event& x) {
  return std::tie(x.kind, x.zone, x.label, x.value);
}

bool comes_before(const event& x, const event& y) {
  auto a = what_of(x), b = what_of(y);
  return a != b ? a < b : x.frame < y.frame;
}

std::vector<event> sorted(std::vector<event> xs) {
  std::stable_sort(xs.begin(), xs.end(), comes_before);
  return xs;
}

void sort_by_frame(std::vector<event>& xs) {
  std::stable_sort(xs.begin(), xs.end(),
                   [](auto& x, auto& y) { return x.frame < y.frame; });
}

} // namespace

object_changes compare_objects(const std::vector<frame_result>& before,
                               const std::vector<frame_result>& after) {
  object_changes result;
  auto first = by_frame(before), second = by_frame(after);
  for (auto& [frame, x] : first) {
    auto i = second.find(frame);
    if (i == second.end()) {
      ++result.only_before;
      continue;
    }
    ++result.keyframes;
    compare(*x, *i->second, result);
  }
  result.only_after = second.size() - result.keyframes;
  return result;
}

event_changes compare_events(const std::vector<event>& before,
                             const std::vector<event>& after, uint64_t slack) {
  event_changes result;
  auto xs = sorted(before), ys = sorted(after);
  auto x = xs.begin();
  auto y = ys.begin();
  while (x != xs.end() && y != ys.end()) {
    auto alike = what_of(*x) == what_of(*y);
    auto apart = x->frame > y->frame ? x->frame - y->frame
                                     : y->frame - x->frame;
    if (alike && apart <= slack) {
      ++result.both;
      ++x, ++y;
    } else if (comes_before(*x, *y)) {
      result.gone.push_back(*x++);
    } else {
      result.fresh.push_back(*y++);
    }
  }
  result.gone.insert(result.gone.end(), x, xs.end());
  result.fresh.insert(result.fresh.end(), y, ys.end());
  sort_by_frame(result.gone);
  sort_by_frame(result.fresh);
  return result;
}

} // namespace vpaas
