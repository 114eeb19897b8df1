#include "runtime/vision/matching.hpp"

#include "runtime/vision/iou.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace vpaas {

std::vector<int32_t> match_one_to_one(const std::vector<detection>& found,
                                      const std::vector<truth_object>& there,
                                      const match_rule& rule) {
  std::vector<size_t> order(found.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return found[a].score > found[b].score;
  });
  std::vector<int32_t> result(found.size(), no_match);
  std::vector<bool> taken(there.size());
  for (auto i : order) {
    auto best = 0.f;
    for (size_t k = 0; k < there.size(); ++k) {
      if (taken[k] || (rule.by_label && there[k].label != found[i].label))
        continue;
      auto both = iou(found[i].where, there[k].where);
      if (both >= rule.min_iou && both > best) {
        best = both;
        result[i] = int32_t(k);
      }
    }
    if (result[i] != no_match)
      taken[size_t(result[i])] = true;
  }
  return result;
}

std::vector<truth_object> counted(const std::vector<truth_object>& there) {
  std::vector<truth_object> result;
  std::copy_if(there.begin(), there.end(), std::back_inserter(result),
               [](auto& x) { return !x.ignored; });
  return result;
}

bool on_ignored(const box& x, const std::vector<truth_object>& there) {
  return std::any_of(there.begin(), there.end(), [&](auto& y) {
    box both{std::max(x.x0, y.where.x0), std::max(x.y0, y.where.y0),
             std::min(x.x1, y.where.x1), std::min(x.y1, y.where.y1)};
    return y.ignored && both.x0 < both.x1 && both.y0 < both.y1
           && area(both) >= .5f * area(x);
  });
}

std::vector<truth_object> as_truth(const std::vector<detection>& xs) {
  std::vector<truth_object> result;
  result.reserve(xs.size());
  for (auto& x : xs)
    result.push_back({x.where, x.label, 0});
  return result;
}

} // namespace vpaas
