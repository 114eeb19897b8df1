#include "runtime/nn/torch/roi_features.hpp"

#include "runtime/vision/roi_align.hpp"

#include <ATen/Parallel.h>

namespace vpaas {

namespace {

constexpr int first_stride = 4;

box in_cells(const box& b, int level) {
  auto scale = 1.f / float(first_stride << level);
  return {b.x0 * scale, b.y0 * scale, b.x1 * scale, b.y1 * scale};
}

template <class T>
feature_map<T> view(const at::Tensor& rows, int64_t image) {
  auto x = rows[image];
  return {static_cast<const T*>(x.data_ptr()), int(x.size(0)), int(x.size(1)),
          int(x.size(2))};
}

template <class T>
void align_all(const std::vector<at::Tensor>& maps,
               const std::vector<proposals>& boxes, int64_t rows, int side,
               at::Tensor& out) {
  auto width = out.size(1);
  auto to = out.data_ptr<float>();
  for (size_t n = 0; n < boxes.size(); ++n) {
    std::vector<feature_map<T>> views;
    views.reserve(maps.size());
    for (auto& map : maps)
      views.push_back(view<T>(map, int64_t(n)));
    auto& xs = boxes[n].boxes;
    auto first = to + int64_t(n) * rows * width;
    at::parallel_for(0, int64_t(xs.size()), 16, [&](int64_t i, int64_t end) {
      for (; i < end; ++i) {
        auto level = pyramid_level(xs[size_t(i)], int(maps.size()));
        roi_align(views[size_t(level)], in_cells(xs[size_t(i)], level), side,
                  first + i * width);
      }
    });
  }
}

/// Points of the samples along one axis, [boxes, 2 * side], in [-1, 1] from
/// the middle of the first cell to that of the last.
at::Tensor sample_points(const at::Tensor& low, const at::Tensor& high,
                         int side, int64_t cells) {
  auto n = 2 * side;
  auto step = (high - low).clamp_min(1) / n;
  auto at = low.unsqueeze(1)
            + step.unsqueeze(1)
                * (at::arange(n, low.options()).unsqueeze(0) + 0.5);
  return cells > 1 ? at * (2.0 / double(cells - 1)) - 1 : at::zeros_like(at);
}

} // namespace

at::Tensor roi_features(const std::vector<at::Tensor>& maps,
                        const std::vector<proposals>& boxes, int64_t rows,
                        int side) {
  if (!maps[0].device().is_cpu())
    return roi_features_on_device(maps, boxes, rows, side);
  std::vector<at::Tensor> last; // channels last, as rows of channels
  last.reserve(maps.size());
  for (auto& map : maps)
    last.push_back(map.permute({0, 2, 3, 1}).contiguous());
  auto out = at::zeros(
    {int64_t(boxes.size()) * rows, int64_t(side) * side * maps[0].size(1)});
  if (maps[0].scalar_type() == at::kBFloat16)
    align_all<bfloat16>(last, boxes, rows, side, out);
  else
    align_all<float>(last, boxes, rows, side, out);
  return out.to(maps[0].scalar_type());
}

at::Tensor roi_features_on_device(const std::vector<at::Tensor>& maps,
                                  const std::vector<proposals>& boxes,
                                  int64_t rows, int side) {
  auto channels = maps[0].size(1);
  auto out
    = at::zeros({int64_t(boxes.size()) * rows, int64_t(side) * side * channels},
                maps[0].options().dtype(at::kFloat));
  for (size_t n = 0; n < boxes.size(); ++n)
    for (size_t level = 0; level < maps.size(); ++level) {
      std::vector<int64_t> index;
      std::vector<float> places;
      for (size_t i = 0; i < boxes[n].boxes.size(); ++i) {
        auto& b = boxes[n].boxes[i];
        if (pyramid_level(b, int(maps.size())) != int(level))
          continue;
        auto c = in_cells(b, int(level));
        index.push_back(int64_t(n) * rows + int64_t(i));
        places.insert(places.end(), {c.x0, c.y0, c.x1, c.y1});
      }
      if (index.empty())
        continue;
      auto count = int64_t(index.size());
      auto map = maps[level][int64_t(n)].unsqueeze(0).to(at::kFloat);
      auto at
        = at::from_blob(places.data(), {count, 4}, at::kFloat).to(out.device());
      auto x = sample_points(at.select(1, 0), at.select(1, 2), side,
                             map.size(3));
      auto y = sample_points(at.select(1, 1), at.select(1, 3), side,
                             map.size(2));
      auto n2 = 2 * side;
      // All boxes as one tall image of samples; border mode is RoIAlign's.
      auto grid = at::stack({x.unsqueeze(1).expand({count, n2, n2}),
                             y.unsqueeze(2).expand({count, n2, n2})},
                            3)
                    .reshape({1, count * n2, n2, 2});
      auto samples = at::grid_sampler(map, grid, 0, 1, true);
      auto bins = at::avg_pool2d(samples, {2, 2})
                    .reshape({channels, count, side, side})
                    .permute({1, 2, 3, 0})
                    .reshape({count, -1});
      auto where
        = at::from_blob(index.data(), {count}, at::kLong).to(out.device());
      out.index_copy_(0, where, bins);
    }
  return out.to(maps[0].scalar_type());
}

} // namespace vpaas
