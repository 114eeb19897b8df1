#include "runtime/vision/decode.hpp"

#include "runtime/vision/box_coding.hpp"
#include "runtime/vision/nms.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}

/// Index of the greatest of `n` scores in [0, 1]. Sixteen running maxima side
/// by side become one vector register; most rows are rejected by this loop
/// alone.
size_t best_of(const float* xs, size_t n) {
  float top[16];
  std::fill(top, top + 16, -1.f);
  size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (size_t k = 0; k < 16; ++k)
      top[k] = xs[i + k] > top[k] ? xs[i + k] : top[k];
  auto most = *std::max_element(top, top + 16);
  for (; i < n; ++i)
    most = std::max(most, xs[i]);
  return std::min<size_t>(std::find(xs, xs + n, most) - xs, n - 1);
}

/// Adds every label of a row that is scored well enough, or the best one where
/// only the place is sure. `where` is computed for rows that matter.
template <class Box>
void collect(std::vector<detection>& out, const float* scores, size_t classes,
             float factor, float location, const decode_limits& limits,
             Box where) {
  auto best = best_of(scores, classes);
  auto named = scores[best] * factor >= limits.score;
  if (!named && !(location >= limits.location)) // NaN leaves here too
    return;
  auto at = where();
  if (!named) {
    out.push_back({at, int32_t(best), scores[best] * factor, location});
    return;
  }
  for (size_t c = 0; c < classes; ++c)
    if (scores[c] * factor >= limits.score)
      out.push_back({at, int32_t(c), scores[c] * factor, location});
}

box around(float x, float y, float w, float h) {
  return {x - w / 2, y - h / 2, x + w / 2, y + h / 2};
}

/// A number of a YOLO head as one in [0, 1].
float unit(float x, const yolo_head& head) {
  return head.new_coords ? x : sigmoid(x);
}

/// The box of one anchor in one cell, in input pixels.
box yolo_box(const float* row, const yolo_head& head, size_t cell, size_t a) {
  auto shifted = [&](float v, size_t at, int cells, int pixels) {
    auto shift = unit(v, head) * head.scale_xy - (head.scale_xy - 1) / 2;
    return (float(at) + shift) / float(cells) * float(pixels);
  };
  auto side = [&](float v) {
    return head.new_coords ? 4 * v * v : std::exp(v);
  };
  auto width = size_t(head.grid_width);
  return around(
    shifted(row[0], cell % width, head.grid_width, head.input_width),
    shifted(row[1], cell / width, head.grid_height, head.input_height),
    side(row[2]) * head.anchors[a][0], side(row[3]) * head.anchors[a][1]);
}

/// Expectation of a softmax over the distances 0 .. n - 1.
float expected_distance(const float* xs, size_t n) {
  auto top = *std::max_element(xs, xs + n);
  float sum = 0, weighted = 0;
  for (size_t i = 0; i < n; ++i) {
    auto e = std::exp(xs[i] - top);
    sum += e;
    weighted += e * float(i);
  }
  return weighted / sum;
}

int cells(int pixels, int stride) {
  return (pixels + stride - 1) / stride;
}

} // namespace

size_t nanodet_layout::rows() const {
  size_t result = 0;
  for (auto stride : {8, 16, 32, 64})
    result += size_t(cells(height, stride)) * size_t(cells(width, stride));
  return result;
}

std::vector<detection> decode_nanodet(rows_view xs, const nanodet_layout& how,
                                      const placement& where,
                                      const decode_limits& limits) {
  std::vector<detection> found;
  size_t row = 0;
  for (auto stride : {8, 16, 32, 64})
    for (int y = 0; y < cells(how.height, stride); ++y)
      for (int x = 0; x < cells(how.width, stride); ++x, ++row) {
        auto scores = xs[row];
        auto top = scores[best_of(scores, how.classes)];
        collect(found, scores, how.classes, 1, top, limits, [&] {
          auto side = [&](size_t i) {
            auto bins = scores + how.classes + i * how.bins;
            return expected_distance(bins, how.bins) * float(stride);
          };
          auto cx = float(x * stride), cy = float(y * stride);
          return to_frame(
            {cx - side(0), cy - side(1), cx + side(2), cy + side(3)}, where);
        });
      }
  return nms_by_label(found, limits.nms, limits.max_boxes);
}

std::vector<detection> decode_yolo(const std::vector<rows_view>& xs,
                                   const std::vector<yolo_head>& heads,
                                   const placement& where,
                                   const decode_limits& limits) {
  std::vector<detection> found;
  std::vector<float> scores;
  auto floor = std::min(limits.score, limits.location);
  for (size_t h = 0; h < heads.size(); ++h) {
    auto& head = heads[h];
    scores.resize(head.classes);
    for (size_t cell = 0; cell < xs[h].rows; ++cell)
      for (size_t a = 0; a < head.anchors.size(); ++a) {
        auto row = xs[h][cell] + a * (5 + head.classes);
        auto objectness = unit(row[4], head);
        if (objectness < floor)
          continue; // no class can lift it
        std::transform(row + 5, row + 5 + head.classes, scores.begin(),
                       [&](float v) { return unit(v, head); });
        collect(found, scores.data(), head.classes, objectness, objectness,
                limits,
                [&] { return to_frame(yolo_box(row, head, cell, a), where); });
      }
  }
  return nms_by_label(found, limits.nms, limits.max_boxes);
}

std::vector<detection> decode_yolo_rows(const std::vector<rows_view>& outputs,
                                        int input_width, int input_height,
                                        const placement& where,
                                        const decode_limits& limits) {
  std::vector<detection> found;
  auto w = float(input_width), h = float(input_height);
  for (auto& xs : outputs)
    for (size_t i = 0; i < xs.rows; ++i) {
      auto row = xs[i];
      collect(found, row + 5, xs.cols - 5, 1, row[4], limits, [&] {
        return to_frame(around(row[0] * w, row[1] * h, row[2] * w, row[3] * h),
                        where);
      });
    }
  return nms_by_label(found, limits.nms, limits.max_boxes);
}

std::vector<detection> decode_yolox(rows_view xs, int input_width,
                                    int input_height, const placement& where,
                                    const decode_limits& limits) {
  std::vector<detection> found;
  size_t i = 0;
  for (auto stride : {8, 16, 32})
    for (int y = 0; y < cells(input_height, stride); ++y)
      for (int x = 0; x < cells(input_width, stride); ++x, ++i) {
        auto row = xs[i];
        collect(found, row + 5, xs.cols - 5, row[4], row[4], limits, [&] {
          auto s = float(stride);
          return to_frame(around((row[0] + float(x)) * s,
                                 (row[1] + float(y)) * s, std::exp(row[2]) * s,
                                 std::exp(row[3]) * s),
                          where);
        });
      }
  return nms_by_label(found, limits.nms, limits.max_boxes);
}

std::vector<detection> decode_ssd(rows_view locations, rows_view scores,
                                  const std::vector<prior_level>& levels,
                                  int input_width, int input_height,
                                  const placement& where,
                                  const decode_limits& limits) {
  std::vector<detection> found;
  size_t i = 0;
  for (auto& level : levels)
    for (int y = 0; y < cells(input_height, level.step); ++y)
      for (int x = 0; x < cells(input_width, level.step); ++x)
        for (size_t k = 0; k < level.widths.size(); ++k, ++i) {
          auto row = scores[i] + 1;
          auto top = row[best_of(row, scores.cols - 1)];
          collect(found, row, scores.cols - 1, 1, top, limits, [&] {
            auto step = float(level.step);
            auto prior = around((float(x) + .5f) * step,
                                (float(y) + .5f) * step, level.widths[k],
                                level.heights[k]);
            // SSD's variances are the inverse of Faster R-CNN's weights.
            return to_frame(apply_deltas(prior, locations[i], {10, 10, 5, 5}),
                            where);
          });
        }
  return nms_by_label(found, limits.nms, limits.max_boxes);
}

std::vector<detection> decode_rcnn(const rcnn_output& xs,
                                   const placement& where,
                                   const decode_limits& limits) {
  constexpr float smallest = 1e-2f; // pixels a side, as torchvision's
  std::vector<detection> found;
  auto classes = xs.logits.cols;
  std::vector<float> scores(classes);
  for (size_t i = 0; i < xs.proposals.rows; ++i) {
    auto logits = xs.logits[i];
    auto top = *std::max_element(logits, logits + classes);
    float sum = 0;
    for (size_t c = 0; c < classes; ++c)
      sum += scores[c] = std::exp(logits[c] - top);
    auto add = [&](size_t c) {
      auto p = xs.proposals[i];
      auto moved = apply_deltas({p[0], p[1], p[2], p[3]}, xs.deltas[i] + c * 4,
                                {10, 10, 5, 5});
      auto b = clip(moved, where.width, where.height);
      if (b.x1 - b.x0 >= smallest && b.y1 - b.y0 >= smallest)
        found.push_back(
          {to_frame(b, where), int32_t(c), scores[c] / sum, xs.objectness[i]});
    };
    auto best = 1 + best_of(scores.data() + 1, classes - 1);
    if (scores[best] / sum > limits.score) {
      for (size_t c = 1; c < classes; ++c)
        if (scores[c] / sum > limits.score)
          add(c);
    } else if (xs.objectness[i] >= limits.location) {
      add(best);
    }
  }
  return nms_by_label(found, limits.nms, limits.max_boxes);
}

} // namespace vpaas
