#include "runtime/nn/torch/module.hpp"
#include "runtime/nn/torch/resnet.hpp"
#include "runtime/nn/torch/roi_features.hpp"
#include "runtime/vision/proposals.hpp"

#include <algorithm>
#include <array>

namespace vpaas {

namespace {

/// Sides of the bins that RoIAlign makes of a box.
constexpr int roi_side = 7;

/// Levels of the pyramid: four of the trunk, and the last one halved, which
/// only proposals are made on.
constexpr size_t levels = 5;

/// Faster R-CNN over a ResNet with a feature pyramid (Ren et al. 2015, Lin et
/// al. 2017); torchvision's names, numbers and order of post-processing.
class faster_rcnn : public torch_module {
public:
  faster_rcnn(layer_factory& make, const model_card& card)
    : trunk_(make, "backbone.body.") {
    if (trunk_.depth() != card.depth)
      throw bad_weights("the weights are over a ResNet-"
                        + std::to_string(trunk_.depth()) + ", the card says "
                        + std::to_string(card.depth));
    make_pyramid(make);
    auto width = smooth_[0].outputs();
    // torchvision 0.13 put the layer one deeper; published weights have both.
    auto nested = make.source().has("rpn.head.conv.0.0.weight");
    rpn_conv_ = make.conv(nested ? "rpn.head.conv.0.0" : "rpn.head.conv", width,
                          1, activation::relu);
    rpn_logits_ = make.conv("rpn.head.cls_logits", rpn_conv_.outputs(), 0);
    rpn_deltas_ = make.conv("rpn.head.bbox_pred", rpn_conv_.outputs(), 0);
    make_box_head(make, width);
    if (logits_.weight.size(0) != card.output.classes)
      throw bad_weights("tensor roi_heads.box_predictor.cls_score.weight is "
                        "for "
                        + std::to_string(logits_.weight.size(0))
                        + " classes, the card says "
                        + std::to_string(card.output.classes));
    if (rpn_logits_.outputs() != 3 || rpn_deltas_.outputs() != 12)
      throw bad_weights("tensor rpn.head.cls_logits.weight is not for 3 "
                        "anchors a cell");
    rpn_.before_nms = rpn_.after_nms = size_t(card.proposals);
    anchor_ = float(card.anchor);
  }

  std::vector<at::Tensor> forward(const at::Tensor& x,
                                  const input_batch& in) override {
    auto maps = pyramid(x);
    auto found = propose_all(maps, in);
    return classify(maps, found);
  }

private:
  void make_pyramid(layer_factory& make) {
    for (size_t i = 0; i < 4; ++i) {
      auto n = std::to_string(i);
      std::string inner = "backbone.fpn.inner_blocks." + n;
      std::string outer = "backbone.fpn.layer_blocks." + n;
      if (make.source().has(inner + ".0.weight")) {
        inner += ".0";
        outer += ".0";
      }
      lateral_[i] = make.conv(inner, trunk_.channels()[i], 0);
      smooth_[i] = make.conv(outer, lateral_[i].outputs(), 1);
    }
  }

  void make_box_head(layer_factory& make, int64_t width) {
    auto bins = int64_t{roi_side} * roi_side;
    hidden_ = make.linear("roi_heads.box_head.fc6", width * bins);
    // Our features have channels last, torchvision's first.
    hidden_.weight = hidden_.weight.reshape({-1, width, bins})
                       .permute({0, 2, 1})
                       .reshape({-1, width * bins})
                       .contiguous();
    hidden2_ = make.linear("roi_heads.box_head.fc7", hidden_.weight.size(0));
    auto last = hidden2_.weight.size(0);
    logits_ = make.linear("roi_heads.box_predictor.cls_score", last);
    deltas_ = make.linear("roi_heads.box_predictor.bbox_pred", last);
  }

  std::array<at::Tensor, levels> pyramid(const at::Tensor& x) const {
    auto stages = trunk_(x);
    std::array<at::Tensor, levels> result;
    at::Tensor above;
    for (size_t i = 4; i-- > 0;) {
      auto y = lateral_[i](stages[i]);
      if (above.defined())
        y.add_(at::upsample_nearest2d(above, {y.size(2), y.size(3)}));
      result[i] = smooth_[i](y);
      above = y;
    }
    result[4] = at::max_pool2d(result[3], {1, 1}, {2, 2});
    return result;
  }

  /// Proposals of every image of the batch. Logits and deltas come to the CPU
  /// as float: few numbers, and sorting them is not a network's work.
  std::vector<proposals> propose_all(const std::array<at::Tensor, levels>& maps,
                                     const input_batch& in) const {
    std::array<at::Tensor, levels> logits, deltas;
    auto rows = [](const at::Tensor& x) {
      return x.permute({0, 2, 3, 1}).to(at::kCPU, at::kFloat).contiguous();
    };
    for (size_t i = 0; i < levels; ++i) {
      auto y = rpn_conv_(maps[i]);
      logits[i] = rows(rpn_logits_(y));
      deltas[i] = rows(rpn_deltas_(y));
    }
    std::vector<proposals> result;
    for (int n = 0; n < in.images; ++n) {
      std::vector<rpn_level> found;
      auto size = anchor_;
      for (size_t i = 0; i < levels; ++i, size *= 2) {
        rpn_level level;
        level.height = int(logits[i].size(1));
        level.width = int(logits[i].size(2));
        level.stride_y = in.height / level.height;
        level.stride_x = in.width / level.width;
        level.anchor_size = size;
        level.logits = logits[i][n].data_ptr<float>();
        level.deltas = deltas[i][n].data_ptr<float>();
        found.push_back(level);
      }
      auto& content = in.content[size_t(n)];
      result.push_back(propose(found, content.width, content.height, rpn_));
    }
    return result;
  }

  /// The second stage, for all proposals of the batch at once.
  std::vector<at::Tensor> classify(const std::array<at::Tensor, levels>& maps,
                                   const std::vector<proposals>& found) const {
    auto images = int64_t(found.size());
    int64_t most = 1; // so that no output is empty
    for (auto& x : found)
      most = std::max(most, int64_t(x.boxes.size()));
    auto boxes = at::zeros({images, most, 4});
    auto objectness = at::zeros({images, most});
    for (int64_t n = 0; n < images; ++n) {
      auto& x = found[size_t(n)];
      for (size_t i = 0; i < x.boxes.size(); ++i) {
        auto b = boxes[n].data_ptr<float>() + i * 4;
        b[0] = x.boxes[i].x0, b[1] = x.boxes[i].y0;
        b[2] = x.boxes[i].x1, b[3] = x.boxes[i].y1;
        objectness[n].data_ptr<float>()[i] = x.objectness[i];
      }
    }
    auto features = roi_features({maps[0], maps[1], maps[2], maps[3]}, found,
                                 most, roi_side);
    auto y = hidden2_(hidden_(features).relu_()).relu_();
    auto by_image = [&](const at::Tensor& x) {
      return x.reshape({images, most, -1});
    };
    return {boxes, by_image(deltas_(y)), by_image(logits_(y)), objectness};
  }

  resnet_trunk trunk_;
  std::array<conv_layer, 4> lateral_, smooth_;
  conv_layer rpn_conv_, rpn_logits_, rpn_deltas_;
  linear_layer hidden_, hidden2_, logits_, deltas_;
  rpn_config rpn_;
  float anchor_ = 32;
};

} // namespace

module_ptr make_faster_rcnn(layer_factory& make, const model_card& card) {
  return std::make_unique<faster_rcnn>(make, card);
}

} // namespace vpaas
