// Measures the tracker on keyframes of the synthetic street, whose identities
// are known: with the true boxes, with boxes of a middling detector, and, where
// one is named, with those of a real one on the frames themselves.
//
//   bench_tracking [--seeds=5] [--seconds=60] [--model=street-detector]
//   [--json]
//
// `ms_a_keyframe` is what a keyframe's tracks cost in processor time.

#include "runtime/metrics/tracking.hpp"
#include "measure.hpp"
#include "runtime/error.hpp"
#include "runtime/evaluation/frame_detector.hpp"
#include "runtime/json.hpp"
#include "runtime/nn/environment.hpp"
#include "runtime/nn/zoo.hpp"
#include "street_boxes.hpp"
#include "targets.hpp"

#include <functional>
#include <optional>
#include <stdexcept>

using namespace vpaas;

namespace {

template <class T>
T need(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error(describe(x.error()));
  return std::move(*x);
}

/// Finds objects in a frame of the street.
using finder
  = std::function<std::vector<observation>(const street&, const frame_truth&)>;

/// @param costs of each keyframe, ms
tracking_report follow(const street_config& cfg, const finder& find,
                       std::vector<double>& costs) {
  street scene{cfg};
  tracker uut;
  tracking_meter meter;
  for (uint64_t k = 0; k < cfg.frames(); k += bench::keyframe_distance) {
    auto truth = scene.truth(k);
    auto seen = find(scene, truth);
    std::vector<uint64_t> ids;
    costs.push_back(1e3 * bench::worked([&] {
                      ids = uut.update(k, bench::time_of(cfg, k), seen);
                    }));
    std::vector<identified_box> there, found;
    for (auto& x : truth.objects)
      there.push_back({x.where, x.identity, false});
    for (size_t i = 0; i < ids.size(); ++i)
      if (ids[i] != no_track)
        found.push_back({seen[i].where, ids[i], false});
    meter.add(there, found);
  }
  return meter.report();
}

/// A frame as the camera would see it, without its codec.
frame draw(const street& scene, uint64_t number) {
  auto w = scene.config().width, h = scene.config().height;
  std::vector<uint8_t> y(size_t(w) * size_t(h)), u(y.size() / 4),
    v(y.size() / 4);
  scene.draw(number, {y.data(), u.data(), v.data(), w, w / 2});
  frame_info info;
  info.number = number;
  return need(
    frame::copy({plane{y.data(), w, w, h}, plane{u.data(), w / 2, w / 2, h / 2},
                 plane{v.data(), w / 2, w / 2, h / 2}},
                info));
}

std::vector<observation> detect(frame_detector& detector, const street& scene,
                                const frame_truth& truth) {
  std::vector<observation> result;
  auto& names = detector.card().labels;
  for (auto& x : need(detector.detect(draw(scene, truth.frame))))
    result.push_back({x.where, x.score, names[size_t(x.label)], {}});
  return result;
}

/// Follows all seeds.
void measure(bench::json& out, uint64_t seeds, double seconds,
             const std::function<finder(uint64_t seed)>& make) {
  double mota = 0, idf1 = 0;
  std::vector<double> costs;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    street_config cfg;
    cfg.seed = seed;
    cfg.seconds = seconds;
    auto x = follow(cfg, make(seed), costs);
    mota += x.mota / double(seeds);
    idf1 += x.idf1 / double(seeds);
    out["seed " + std::to_string(seed)] = to_json_value(x);
  }
  out["mota"] = mota, out["idf1"] = idf1;
  out["ms_a_keyframe"] = {{"p50", bench::quantile(costs, .5)},
                          {"p99", bench::quantile(costs, .99)}};
}

finder exact(uint64_t) {
  return
    [](const street&, const frame_truth& x) { return bench::exact_boxes(x); };
}

finder poor(uint64_t seed) {
  auto from = std::make_shared<bench::poor_detector>(seed);
  return [from](const street&, const frame_truth& x) { return from->boxes(x); };
}

} // namespace

int main(int argc, char** argv) try {
  ensure_environment(argv);
  auto seeds = std::stoul(bench::option(argc, argv, "seeds", "5"));
  auto seconds = std::stod(bench::option(argc, argv, "seconds", "60"));
  auto model = bench::option(argc, argv, "model", "");
  bench::json report;
  measure(report["exact"], seeds, seconds, exact);
  measure(report["poor"], seeds, seconds, poor);
  if (!model.empty()) {
    auto detector
      = need(frame_detector::load(need(default_zoo().locate(model)), {}));
    auto find = [&](const street& scene, const frame_truth& truth) {
      return detect(detector, scene, truth);
    };
    measure(report["model"], seeds, seconds, [&](uint64_t) { return find; });
  }
  return bench::finish(report, "tracking", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_tracking: " << x.what() << '\n';
  return 1;
}
