// vpaas model run: lets a model look at pictures.

#include "runtime/error.hpp"
#include "runtime/json.hpp"
#include "runtime/nn/backbone.hpp"
#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/image_input.hpp"
#include "verbs.hpp"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <numeric>
#include <tuple>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas model run NAME PICTURE... [--json] [--draw=FILE]\n\n"
    "Prints what the model finds on each picture: boxes with label and score,\n"
    "or the five likeliest names. A super-resolution model writes its picture\n"
    "to FILE.\n\n"
    "  --draw=FILE        the last picture with its boxes (.png, .jpg)\n"
    "  --score=S          boxes from this score on (theta_cls of the card)\n";

struct request {
  located_model model;
  load_options options;
  float score = -1; ///< from which boxes are shown; the card's
  std::string draw;
};

void draw_box(cv::Mat& picture, const detection& x, const std::string& text) {
  cv::Point low(int(x.where.x0 * float(picture.cols)),
                int(x.where.y0 * float(picture.rows)));
  cv::Point high(int(x.where.x1 * float(picture.cols)),
                 int(x.where.y1 * float(picture.rows)));
  cv::rectangle(picture, low, high, {0, 255, 0}, 2);
  cv::putText(picture, text, {low.x, std::max(low.y - 4, 10)},
              cv::FONT_HERSHEY_SIMPLEX, .5, {0, 0, 255});
}

/// Runs one kind of model on one picture: what it found, as JSON.
using runner = std::function<caf::expected<json>(cv::Mat& picture)>;

bgr_image view(const cv::Mat& x) {
  return {x.data, x.cols, x.rows, x.step};
}

caf::expected<runner> detect_with(const request& x) {
  auto loaded = detection_model::load(x.model, x.options);
  if (!loaded)
    return loaded.error();
  auto net = std::make_shared<detection_model>(std::move(*loaded));
  return runner{[net, x](cv::Mat& picture) -> caf::expected<json> {
    auto found = net->detect(batch_of(view(picture), x.model.card.input));
    if (!found)
      return found.error();
    auto result = json::array();
    for (auto& y : (*found)[0]) {
      if (y.score < x.score)
        continue;
      auto name = x.model.card.label(y.label);
      draw_box(picture, y, name);
      auto row = to_json_value(y);
      row["name"] = name;
      result.push_back(std::move(row));
    }
    return result;
  }};
}

caf::expected<runner> name_with(const request& x) {
  auto loaded = backbone::load(x.model, x.options);
  if (!loaded)
    return loaded.error();
  auto net = std::make_shared<backbone>(std::move(*loaded));
  return runner{[net, x](cv::Mat& picture) -> caf::expected<json> {
    auto found = net->run(batch_of(view(picture), x.model.card.input));
    if (!found)
      return found.error();
    auto& all = found->probabilities;
    std::vector<int32_t> order(all.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
      return all[size_t(a)] > all[size_t(b)];
    });
    auto result = json::array();
    for (size_t i = 0; i < std::min<size_t>(5, order.size()); ++i)
      result.push_back({{"name", x.model.card.label(order[i])},
                        {"score", all[size_t(order[i])]}});
    return result;
  }};
}

caf::expected<runner> enlarge_with(const request& x) {
  auto loaded = load_network(x.model, x.options);
  if (!loaded)
    return loaded.error();
  auto net = std::shared_ptr<network>(std::move(*loaded));
  return runner{[net, x](cv::Mat& picture) -> caf::expected<json> {
    auto how = x.model.card.input; // takes any size
    how.width = picture.cols;
    how.height = picture.rows;
    auto found = net->run(batch_of(view(picture), how));
    if (!found)
      return found.error();
    auto& y = (*found)[0];
    cv::Mat rgb(int(y.shape[1]), int(y.shape[2]), CV_32FC3,
                const_cast<float*>(y.data));
    rgb.convertTo(picture, CV_8UC3, 255);
    cv::cvtColor(picture, picture, cv::COLOR_RGB2BGR);
    return json{{"width", y.shape[2]}, {"height", y.shape[1]}};
  }};
}

caf::expected<runner> load(const request& x) {
  switch (x.model.card.task) {
    case model_task::detect:
      return detect_with(x);
    case model_task::super_resolve:
      return enlarge_with(x);
    default:
      return name_with(x);
  }
}

caf::error look_at(const std::string& path, const runner& run, const request& x,
                   bool as_json) {
  auto picture = cv::imread(path);
  if (picture.empty())
    return caf::make_error(ec::bad_input, "failed to read " + path
                                            + ": no picture that OpenCV knows");
  auto start = std::chrono::steady_clock::now();
  auto found = run(picture);
  std::chrono::duration<double, std::milli> took
    = std::chrono::steady_clock::now() - start;
  if (!found)
    return found.error();
  if (as_json) {
    json report{{"picture", path}, {"ms", took.count()}, {"found", *found}};
    std::cout << as_text(report) << '\n';
  } else {
    std::cout << path << ": " << took.count() << " ms\n";
    for (auto& row : *found)
      std::cout << "  " << as_text(row, -1) << '\n';
  }
  if (!x.draw.empty() && !cv::imwrite(x.draw, picture))
    return caf::make_error(ec::io, "failed to write " + x.draw
                                     + "; check the folder and the extension");
  return caf::none;
}

caf::expected<request> read_request(command_line& line) {
  request result;
  auto choice = network_choice::take(line);
  result.draw = line.take("draw", "");
  if (auto err = line.take_number("score", result.score, 0, 1))
    return err;
  if (auto err = choice ? line.finish() : choice.error())
    return err;
  if (line.words().size() < 2)
    return caf::make_error(ec::bad_config,
                           "name a model and pictures; see vpaas model run "
                           "--help");
  auto found = choice->find(line.words()[0]);
  if (!found)
    return found.error();
  std::tie(result.model, result.options) = std::move(*found);
  if (result.score < 0)
    result.score = result.model.card.regions.theta_cls;
  return result;
}

} // namespace

int model_run_verb(command_line line) {
  constexpr const char* program = "vpaas model run";
  if (line.take_flag("help")) {
    std::cout << help << network_options_help;
    return 0;
  }
  auto as_json = line.take_flag("json");
  auto x = read_request(line);
  if (!x)
    return complain(program, x.error());
  auto run = load(*x);
  if (!run)
    return complain(program, run.error());
  for (size_t i = 1; i < line.words().size(); ++i)
    if (auto err = look_at(line.words()[i], *run, *x, as_json))
      return complain(program, err);
  return 0;
}

} // namespace vpaas
