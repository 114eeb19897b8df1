#include "runtime/evaluation/teacher.hpp"

#include "runtime/evaluation/sighting.hpp"
#include "runtime/json.hpp"
#include "runtime/media/synthetic.hpp"
#include "runtime/vision/matching.hpp"
#include "runtime/vision/street.hpp"

#include <algorithm>
#include <fstream>

namespace vpaas {

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

caf::expected<teacher> truth_teacher(const std::string& url,
                                     const std::string& file,
                                     const std::vector<std::string>& labels) {
  if (!file.empty()) {
    auto table = read_truth(file);
    if (!table)
      return table.error();
    auto ask = [table = std::move(*table)](const frame& x) {
      auto i = table.find(x.number());
      return caf::expected<std::vector<truth_object>>{
        i == table.end() ? std::vector<truth_object>{} : i->second};
    };
    return teacher{"truth", labels, ask, {}};
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

caf::expected<truth_table> read_truth(const std::string& path) {
  std::ifstream in{path};
  if (!in)
    return caf::make_error(ec::io, "failed to open " + path
                                     + ": it cannot be read; name a file that "
                                       "vpaas record wrote");
  truth_table result;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    auto parsed = parse_json(line);
    auto x = parsed ? from_json<frame_truth>(*parsed)
                    : caf::expected<frame_truth>{parsed.error()};
    if (!x)
      return caf::make_error(
        ec::bad_input, "failed to read " + path + ", line "
                         + std::to_string(number) + ": " + cause_of(x.error())
                         + "; each is a frame_truth as JSON");
    result[x->frame] = std::move(x->objects);
  }
  return result;
}

} // namespace vpaas
