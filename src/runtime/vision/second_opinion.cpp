#include "runtime/vision/second_opinion.hpp"

#include "runtime/vision/iou.hpp"

#include <algorithm>
#include <numeric>

namespace vpaas {

second_opinion best_about(const box& region, const std::vector<detection>& xs,
                          const opinion_rule& how) {
  second_opinion result{region, -1, 0, true};
  for (auto& x : xs)
    if (x.score > result.score && iou(region, x.where) >= how.same_place)
      result = {x.where, x.label, x.score, true};
  return result;
}

void settle(std::vector<second_opinion>& xs, const std::vector<box>& labels,
            const opinion_rule& how) {
  std::vector<size_t> order(xs.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return xs[a].score > xs[b].score;
  });
  auto known = labels;
  for (auto i : order) {
    auto& x = xs[i];
    auto repeats = std::any_of(known.begin(), known.end(), [&](const box& b) {
      return iou(b, x.where) >= how.repeats;
    });
    if (x.label < 0 || x.score < how.score || repeats)
      x.label = -1;
    else
      known.push_back(x.where);
  }
}

} // namespace vpaas
