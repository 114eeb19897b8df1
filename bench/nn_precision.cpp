// What bf16 costs in accuracy: the detections of each model in bf16 against its
// own in fp32, on keyframes (1 of 15) of the clips in ../shared/videos. From
// these figures each card's type is chosen.
//
//   bench_nn_precision [--frames=4] [--json]

#include "report.hpp"
#include "runtime/error.hpp"
#include "runtime/nn/backbone.hpp"
#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/environment.hpp"
#include "runtime/nn/image_input.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/vision/iou.hpp"
#include "targets.hpp"

#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>

using namespace vpaas;
using json = nlohmann::json;

namespace {

std::vector<cv::Mat> keyframes(size_t most) {
  std::vector<cv::Mat> result;
  std::error_code ignored;
  for (auto& clip :
       std::filesystem::directory_iterator("../shared/videos", ignored)) {
    cv::VideoCapture video{clip.path().string()};
    cv::Mat frame;
    size_t taken = 0;
    for (int i = 0; taken < most && video.read(frame); ++i)
      if (i % 15 == 0) {
        result.push_back(frame.clone());
        ++taken;
      }
  }
  return result;
}

/// One-to-one matches at IoU 0.5 and the same label, and how far they are.
struct comparison {
  size_t left = 0, right = 0, matched = 0;
  double worst_score = 0, worst_box = 0; ///< among the matched

  void add(const std::vector<detection>& a, const std::vector<detection>& b) {
    left += a.size();
    right += b.size();
    std::vector<bool> used(b.size());
    for (auto& x : a) {
      size_t best = b.size();
      for (size_t i = 0; i < b.size(); ++i)
        if (!used[i] && b[i].label == x.label && iou(x.where, b[i].where) >= .5f
            && (best == b.size()
                || iou(x.where, b[i].where) > iou(x.where, b[best].where)))
          best = i;
      if (best == b.size())
        continue;
      used[best] = true;
      ++matched;
      auto& y = b[best];
      auto worse = [](double& worst, float p, float q) {
        worst = std::max(worst, double(std::abs(p - q)));
      };
      worse(worst_score, x.score, y.score);
      worse(worst_box, x.where.x0, y.where.x0);
      worse(worst_box, x.where.y0, y.where.y0);
      worse(worst_box, x.where.x1, y.where.x1);
      worse(worst_box, x.where.y1, y.where.y1);
    }
  }

  double f1() const {
    return left + right == 0 ? 1 : 2 * double(matched) / double(left + right);
  }
};

json compare(const located_model& model, const std::vector<cv::Mat>& frames) {
  load_options options;
  options.threads = 2;
  auto wide = detection_model::load(model, options);
  options.type = number_type::bf16;
  auto narrow = detection_model::load(model, options);
  if (!wide || !narrow)
    return describe(wide ? narrow.error() : wide.error());
  comparison all;
  std::vector<double> wide_ms, narrow_ms;
  for (auto& x : frames) {
    auto batch = batch_of({x.data, x.cols, x.rows, x.step}, model.card.input);
    auto timed = [&](detection_model& net, std::vector<double>& times) {
      auto start = bench::seconds();
      auto found = net.detect(batch);
      times.push_back((bench::seconds() - start) * 1e3);
      if (!found)
        throw std::runtime_error(describe(found.error()));
      std::vector<detection> labels;
      for (auto& y : (*found)[0])
        if (y.score >= model.card.regions.theta_cls)
          labels.push_back(y);
      return labels;
    };
    auto a = timed(*wide, wide_ms);
    all.add(a, timed(*narrow, narrow_ms));
  }
  return {{"frames", frames.size()},
          {"detections_fp32", all.left},
          {"detections_bf16", all.right},
          {"f1_of_bf16_against_fp32", all.f1()},
          {"worst_score_difference", all.worst_score},
          {"worst_box_difference", all.worst_box},
          {"fp32_ms", bench::quantile(wide_ms, .5)},
          {"bf16_ms", bench::quantile(narrow_ms, .5)}};
}

/// Features of a backbone on quarters of the frames, as crops are.
json compare_backbone(const located_model& model,
                      const std::vector<cv::Mat>& frames) {
  load_options options;
  options.threads = 2;
  auto wide = backbone::load(model, options);
  options.type = number_type::bf16;
  auto narrow = backbone::load(model, options);
  if (!wide || !narrow)
    return describe(wide ? narrow.error() : wide.error());
  size_t crops = 0, same_name = 0;
  std::vector<double> cosines;
  for (auto& x : frames)
    for (int i = 0; i < 4; ++i) {
      cv::Mat crop = x(cv::Rect(x.cols / 2 * (i % 2), x.rows / 2 * (i / 2),
                                x.cols / 2, x.rows / 2));
      auto batch = batch_of({crop.data, crop.cols, crop.rows, crop.step},
                            model.card.input);
      auto a = wide->run(batch), b = narrow->run(batch);
      if (!a || !b)
        return describe(a ? b.error() : a.error());
      auto best = [](const std::vector<float>& p) {
        return std::max_element(p.begin(), p.end()) - p.begin();
      };
      auto dot = [](const std::vector<float>& p, const std::vector<float>& q) {
        return std::inner_product(p.begin(), p.end(), q.begin(), 0.);
      };
      ++crops;
      same_name += best(a->probabilities) == best(b->probabilities);
      cosines.push_back(dot(a->features, b->features)
                        / std::sqrt(dot(a->features, a->features)
                                    * dot(b->features, b->features)));
    }
  return {{"crops", crops},
          {"same_best_name", same_name},
          {"cosine_of_features_worst", bench::quantile(cosines, 0)},
          {"cosine_of_features_p50", bench::quantile(cosines, .5)}};
}

} // namespace

int main(int argc, char** argv) {
  ensure_environment(argv);
  auto frames = keyframes(
    size_t(std::atoi(bench::option(argc, argv, "frames", "4").c_str())));
  json report;
  try {
    for (auto name : {"nanodet-plus-m", "yolov3-nano", "yolo-fastest-xl",
                      "crossroad-0078"}) {
      auto model = default_zoo().locate(name);
      report[name] = model ? compare(*model, frames)
                           : json(describe(model.error()));
    }
    auto model = default_zoo().locate("mobilenet_v2");
    report["mobilenet_v2"] = model ? compare_backbone(*model, frames)
                                   : json(describe(model.error()));
  } catch (const std::exception& x) {
    report["error"] = x.what();
  }
  return bench::finish(report, "nn_precision", argc, argv);
}
