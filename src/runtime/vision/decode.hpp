#pragma once

// From the numbers that a detection network puts out to boxes, once for each
// family of networks. All take one image's rows, answer in the coordinates of
// the frame, and suppress by label at the end.

#include "runtime/vision/detection.hpp"
#include "runtime/vision/placement.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace vpaas {

/// Which boxes leave a decoder.
struct decode_limits {
  float score = 0.05f; ///< boxes with a label scored at least this
  float location = 2;  ///< and boxes located at least this well; 2 = none
  float nms = 0.5f;    ///< IoU above which one box of a label goes
  size_t max_boxes = 300;
};

/// Numbers of one output for one image: `rows` of `cols`, without gaps.
struct rows_view {
  const float* data = nullptr;
  size_t rows = 0, cols = 0;

  const float* operator[](size_t i) const {
    return data + i * cols;
  }
};

/// NanoDet-Plus on an input of `width` x `height` pixels: rows of class scores
/// (sigmoid applied), then four sides as distributions over `bins` distances.
/// Strides 8, 16, 32, 64. The location score is the best class score.
struct nanodet_layout {
  int width = 0, height = 0;
  size_t classes = 80;
  size_t bins = 8;

  /// Number of rows that an input of this size gives.
  size_t rows() const;
};

std::vector<detection> decode_nanodet(rows_view xs, const nanodet_layout& how,
                                      const placement& where,
                                      const decode_limits& limits);

/// One head of a YOLOv3 family network: raw numbers, one row a cell, in it one
/// anchor after the other: x, y, w, h, objectness, classes. With `new_coords`
/// (Scaled-YOLOv4) the network has put all of them through the logistic, and a
/// side is (2 v)^2 times its anchor instead of e^v times.
struct yolo_head {
  int grid_width = 0, grid_height = 0;
  int input_width = 0, input_height = 0;
  std::vector<std::array<float, 2>> anchors; ///< of this head, input pixels
  size_t classes = 80;
  float scale_xy = 1; ///< how far a centre may leave its cell (YOLOv4)
  bool new_coords = false;
};

/// Location score: objectness. A label's score: objectness times class.
std::vector<detection> decode_yolo(const std::vector<rows_view>& xs,
                                   const std::vector<yolo_head>& heads,
                                   const placement& where,
                                   const decode_limits& limits);

/// Rows of centre, size (both normalised to the input), objectness, and class
/// scores that are multiplied with it already: what OpenCV's darknet gives.
std::vector<detection> decode_yolo_rows(const std::vector<rows_view>& outputs,
                                        int input_width, int input_height,
                                        const placement& where,
                                        const decode_limits& limits);

/// YOLOX: rows of dx, dy, log w, log h, objectness, classes (sigmoid applied),
/// strides 8, 16, 32. Location score: objectness.
std::vector<detection> decode_yolox(rows_view xs, int input_width,
                                    int input_height, const placement& where,
                                    const decode_limits& limits);

/// One step of an SSD network with clustered priors.
struct prior_level {
  int step = 0; ///< pixels between two centres; they lie in the cells' middle
  std::vector<float> widths, heights; ///< of the priors, input pixels
};

/// SSD: `locations` rows of four deltas with variances .1 .1 .2 .2, `scores`
/// rows after softmax, column 0 background: label = column - 1. Location
/// score: the best class score.
std::vector<detection> decode_ssd(rows_view locations, rows_view scores,
                                  const std::vector<prior_level>& levels,
                                  int input_width, int input_height,
                                  const placement& where,
                                  const decode_limits& limits);

/// Second stage of Faster R-CNN with torchvision's post-processing. Proposals
/// in input pixels, logits with column 0 background (label = column, as in
/// torchvision's 91 names), four deltas a class. Location score: the RPN's
/// objectness of the proposal.
struct rcnn_output {
  rows_view proposals, deltas, logits;
  const float* objectness = nullptr;
};

std::vector<detection> decode_rcnn(const rcnn_output& xs,
                                   const placement& where,
                                   const decode_limits& limits);

} // namespace vpaas
