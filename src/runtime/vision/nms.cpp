#include "runtime/vision/nms.hpp"

#include "runtime/vision/simd.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace vpaas {

namespace {

/// Boxes by coordinate and best first, so that one box meets many at once.
struct sorted_boxes {
  std::vector<float> x0, y0, x1, y1, size;
  std::vector<uint8_t> gone;

  void push(const box& b) {
    x0.push_back(b.x0);
    y0.push_back(b.y0);
    x1.push_back(b.x1);
    y1.push_back(b.y1);
    size.push_back((b.x1 - b.x0) * (b.y1 - b.y0));
    gone.push_back(0);
  }
};

// Marks what overlaps box `i` too much among the ones after it. Written with
// restricted pointers and without branches: the compiler vectorises it.
VPAAS_VECTOR_CLONES
void suppress(const float* __restrict x0, const float* __restrict y0,
              const float* __restrict x1, const float* __restrict y1,
              const float* __restrict size, uint8_t* __restrict gone, size_t i,
              size_t n, float limit) {
  auto left = x0[i], top = y0[i], right = x1[i], bottom = y1[i], own = size[i];
  for (size_t j = i + 1; j < n; ++j) {
    auto w = (x1[j] < right ? x1[j] : right) - (x0[j] > left ? x0[j] : left);
    auto h = (y1[j] < bottom ? y1[j] : bottom) - (y0[j] > top ? y0[j] : top);
    w = w > 0 ? w : 0;
    h = h > 0 ? h : 0;
    auto both = w * h;
    gone[j] |= both > limit * (own + size[j] - both);
  }
}

std::vector<uint32_t> best_first(const std::vector<float>& scores) {
  std::vector<uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return scores[a] > scores[b];
  });
  return order;
}

} // namespace

std::vector<uint32_t> nms(const std::vector<box>& boxes,
                          const std::vector<float>& scores, float limit,
                          size_t max_kept) {
  auto order = best_first(scores);
  sorted_boxes xs;
  for (auto i : order)
    xs.push(boxes[i]);
  std::vector<uint32_t> kept;
  for (size_t i = 0; i < order.size() && kept.size() < max_kept; ++i) {
    if (xs.gone[i])
      continue;
    kept.push_back(order[i]);
    suppress(xs.x0.data(), xs.y0.data(), xs.x1.data(), xs.y1.data(),
             xs.size.data(), xs.gone.data(), i, order.size(), limit);
  }
  return kept;
}

std::vector<detection> nms_by_label(const std::vector<detection>& xs,
                                    float limit, size_t max_kept) {
  std::map<int32_t, std::vector<size_t>> groups;
  for (size_t i = 0; i < xs.size(); ++i)
    groups[xs[i].label].push_back(i);
  std::vector<size_t> kept;
  for (auto& [label, members] : groups) {
    std::vector<box> boxes;
    std::vector<float> scores;
    for (auto i : members) {
      boxes.push_back(xs[i].where);
      scores.push_back(xs[i].score);
    }
    for (auto i : nms(boxes, scores, limit, max_kept))
      kept.push_back(members[i]);
  }
  std::sort(kept.begin(), kept.end());
  std::stable_sort(kept.begin(), kept.end(), [&](size_t a, size_t b) {
    return xs[a].score > xs[b].score;
  });
  std::vector<detection> result;
  for (size_t i = 0; i < std::min(kept.size(), max_kept); ++i)
    result.push_back(xs[kept[i]]);
  return result;
}

} // namespace vpaas
