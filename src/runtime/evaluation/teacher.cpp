#include "runtime/evaluation/teacher.hpp"

#include "runtime/evaluation/sighting.hpp"
#include "runtime/media/synthetic.hpp"
#include "runtime/truth/truth_io.hpp"
#include "runtime/vision/matching.hpp"
#include "runtime/vision/street.hpp"

#include <algorithm>
#include <map>

namespace vpaas {

namespace {

/// What people marked.
teacher marked_teacher(marked_video x) {
  auto video = std::make_shared<const marked_video>(std::move(x));
  std::map<std::string, int32_t> numbers;
  for (auto& label : video->labels)
    numbers.emplace(label, int32_t(numbers.size()));
  auto ask = [video, numbers](const frame& f) {
    std::vector<truth_object> result;
    if (auto i = video->frames.find(f.number()); i != video->frames.end())
      for (auto& y : i->second)
        result.push_back({y.where, numbers.at(y.label), y.identity, y.ignored});
    return caf::expected<std::vector<truth_object>>{std::move(result)};
  };
  teacher result{"truth", video->labels, ask, {}};
  if (video->partial)
    result.knows = [video](uint64_t n) { return video->frames.count(n) > 0; };
  return result;
}

} // namespace

float truth_threshold(const model_card& card) {
  return std::min(card.regions.theta_cls, 0.5f);
}

teacher model_teacher(std::shared_ptr<frame_detector> model, float threshold) {
  using objects = caf::expected<std::vector<truth_object>>;
  auto sure_ones = [threshold](const auto& found) -> objects {
    if (!found)
      return found.error();
    return as_truth(sure(*found, threshold));
  };
  return {model->card().name, model->card().labels,
          [=](const frame& x) { return sure_ones(model->detect(x)); },
          [=](const frame& x) {
            // No multiple of a detector's step, and less than the smallest one.
            return sure_ones(model->detect_shifted(x, 5, 3));
          }};
}

bool knows(const teacher& x, const frame& f) {
  return !x.knows || x.knows(f.number());
}

caf::expected<teacher> truth_teacher(const std::string& url,
                                     const std::string& file,
                                     const std::vector<std::string>& labels) {
  if (!file.empty()) {
    truth_reading how;
    how.labels = labels;
    auto truth = read_truth(file, "", how);
    if (!truth)
      return std::move(truth.error());
    return marked_teacher(std::move(truth->video));
  }
  if (!is_synthetic(url))
    return caf::make_error(ec::bad_config,
                           "nobody knows the truth about " + url
                             + "; name a file with --truth, a model, or a "
                               "synthetic source");
  auto config = parse_street(url);
  if (!config)
    return config.error();
  auto scene = std::make_shared<const street>(*config);
  auto ask = [scene](const frame& x) {
    return caf::expected<std::vector<truth_object>>{
      scene->truth(x.number()).objects};
  };
  return teacher{"truth", street::labels(), ask, {}};
}

} // namespace vpaas
