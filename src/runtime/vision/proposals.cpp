#include "runtime/vision/proposals.hpp"

#include "runtime/vision/box_coding.hpp"
#include "runtime/vision/nms.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vpaas {

namespace {

/// Indices of the `k` greatest logits, greatest first.
std::vector<uint32_t> top(const float* xs, size_t n, size_t k) {
  std::vector<uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0u);
  auto greater = [xs](uint32_t a, uint32_t b) {
    return xs[a] != xs[b] ? xs[a] > xs[b] : a < b;
  };
  k = std::min(k, n);
  std::nth_element(order.begin(), order.begin() + ptrdiff_t(k), order.end(),
                   greater);
  order.resize(k);
  std::sort(order.begin(), order.end(), greater);
  return order;
}

/// The best boxes of one level after suppression.
proposals propose(const rpn_level& x, float width, float height,
                  const rpn_config& cfg) {
  auto anchors = base_anchors(x.anchor_size, cfg.aspect_ratios);
  auto cells = size_t(x.width) * size_t(x.height);
  proposals all;
  for (size_t i : top(x.logits, cells * anchors.size(), cfg.before_nms)) {
    auto cell = i / anchors.size();
    auto dx = float(int(cell % size_t(x.width)) * x.stride_x);
    auto dy = float(int(cell / size_t(x.width)) * x.stride_y);
    auto a = anchors[i % anchors.size()];
    a = {a.x0 + dx, a.y0 + dy, a.x1 + dx, a.y1 + dy};
    auto b = clip(apply_deltas(a, x.deltas + i * 4, {1, 1, 1, 1}), width,
                  height);
    if (b.x1 - b.x0 < cfg.smallest || b.y1 - b.y0 < cfg.smallest)
      continue;
    all.boxes.push_back(b);
    all.objectness.push_back(1 / (1 + std::exp(-x.logits[i])));
  }
  proposals kept;
  for (auto i : nms(all.boxes, all.objectness, cfg.nms, cfg.after_nms)) {
    kept.boxes.push_back(all.boxes[i]);
    kept.objectness.push_back(all.objectness[i]);
  }
  return kept;
}

} // namespace

std::vector<box> base_anchors(float size, const std::vector<float>& ratios) {
  std::vector<box> result;
  for (auto ratio : ratios) {
    auto h = std::sqrt(ratio);
    auto w = 1 / h;
    // nearbyint rounds halves to even, as torch.round does.
    result.push_back(
      {std::nearbyint(-w * size / 2), std::nearbyint(-h * size / 2),
       std::nearbyint(w * size / 2), std::nearbyint(h * size / 2)});
  }
  return result;
}

proposals propose(const std::vector<rpn_level>& levels, float width,
                  float height, const rpn_config& cfg) {
  proposals all;
  for (auto& level : levels) {
    auto some = propose(level, width, height, cfg);
    all.boxes.insert(all.boxes.end(), some.boxes.begin(), some.boxes.end());
    all.objectness.insert(all.objectness.end(), some.objectness.begin(),
                          some.objectness.end());
  }
  auto order = top(all.objectness.data(), all.objectness.size(), cfg.after_nms);
  proposals best;
  for (auto i : order) {
    best.boxes.push_back(all.boxes[i]);
    best.objectness.push_back(all.objectness[i]);
  }
  return best;
}

} // namespace vpaas
