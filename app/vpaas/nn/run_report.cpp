#include "run_report.hpp"

#include "eval_options.hpp"
#include "runtime/media/draw.hpp"
#include "runtime/media/mp4.hpp"
#include "runtime/media/synthetic.hpp"
#include "runtime/metrics/accuracy.hpp"
#include "runtime/metrics/tracking.hpp"
#include "runtime/vision/street.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace vpaas {

namespace {

double ms(caf::timespan x) {
  return std::chrono::duration<double, std::milli>(x).count();
}

json percentiles(const latency& x) {
  return {{"p50", ms(x.p50)}, {"p95", ms(x.p95)}, {"p99", ms(x.p99)}};
}

/// Names as numbers, the same for both sides.
class numbering {
public:
  int32_t operator()(const std::string& label) {
    auto [i, fresh] = ids_.emplace(label, int32_t(names.size()));
    if (fresh)
      names.push_back(label);
    return i->second;
  }

  std::vector<std::string> names;

private:
  std::map<std::string, int32_t> ids_;
};

std::vector<detection> found_of(const frame_result& x, numbering& number) {
  std::vector<detection> result;
  for (auto& y : x.objects)
    result.push_back({y.where, number(y.label), y.score, y.score});
  return result;
}

std::vector<truth_object> there_of(const std::vector<marked_object>& xs,
                                   numbering& number) {
  std::vector<truth_object> result;
  result.reserve(xs.size());
  for (auto& x : xs)
    result.push_back({x.where, number(x.label), x.identity, x.ignored});
  return result;
}

rgb color_of(named_by x) {
  switch (x) {
    case named_by::cloud:
      return {40, 200, 80};
    case named_by::fog:
      return {255, 160, 0};
    default:
      return {230, 40, 40};
  }
}

/// What systems are tuned on that look at a clip's beginning first.
constexpr int64_t beginning_us = 10'000'000;

/// One worker of the cloud is held for as long as the run takes.
json cost_of(const run_outcome& x, const cost_prices& prices) {
  auto& c = x.counts;
  run_cost cost{c.received,         c.bytes_original, c.bytes_to_cloud,
                c.bytes_from_cloud, c.cloud_frames,   x.seconds};
  return {{"billed_per_keyframe", cost.billed_per_keyframe()},
          {"share_of_original", cost.share_of_original()},
          {"worker_seconds", cost.worker_seconds},
          {"prices", to_json_value(prices)},
          {"bill", to_json_value(bill(cost, prices))}};
}

/// Objects without a track are each somebody else.
std::vector<identified_box> tracked_in(const frame_result& x,
                                       uint64_t& nobody) {
  std::vector<identified_box> result;
  for (auto& y : x.objects)
    result.push_back({y.where, y.track != 0 ? y.track : --nobody, false});
  return result;
}

} // namespace

caf::expected<marked_video>
truth_of_source(const std::string& url, const std::vector<uint64_t>& frames) {
  if (!is_synthetic(url))
    return caf::make_error(ec::bad_config,
                           "--against=truth needs a synthetic source; " + url
                             + " has none: name a model");
  auto config = parse_street(url);
  if (!config)
    return std::move(config.error());
  street scene{*config};
  auto labels = street::labels();
  marked_video result;
  for (auto n : frames)
    for (auto& x : scene.truth(n).objects)
      result.frames[n].push_back(
        {x.where, labels[size_t(x.label)], x.identity});
  return result;
}

caf::expected<json> score(const run_outcome& x, const marked_video& truth,
                          const std::string& groups, double from) {
  numbering number;
  struct judged {
    int64_t at;
    std::vector<detection> found;
    std::vector<truth_object> there;
  };
  std::vector<judged> pairs;
  auto skip = size_t(std::llround(double(x.results.size()) * from));
  static const std::vector<marked_object> nothing;
  size_t by_backup = 0;
  for (size_t i = skip; i < x.results.size(); ++i) {
    auto& y = x.results[i];
    auto known = truth.frames.find(y.frame);
    if (truth.partial && known == truth.frames.end())
      continue; // nobody knows
    by_backup += y.located == named_by::backup;
    pairs.push_back(
      {y.pts_us, found_of(y, number),
       there_of(known == truth.frames.end() ? nothing : known->second,
                number)});
  }
  auto wanted = groups_named(groups, number.names);
  if (!wanted)
    return std::move(wanted.error());
  auto group_of = group_of_labels(*wanted, number.names);
  accuracy_meter meter, beginning;
  for (auto& y : pairs) {
    auto found = grouped(y.found, group_of);
    auto there = grouped(y.there, group_of);
    meter.add(found, there);
    if (y.at - pairs.front().at < beginning_us)
      beginning.add(found, there);
  }
  auto scores = meter.report();
  return json{{"protocol", "one_to_one IoU 0.5"},
              {"value", scores.one_to_one.value},
              {"precision", scores.one_to_one.precision},
              {"recall", scores.one_to_one.recall},
              {"first_10s", beginning.report().one_to_one.value},
              {"anywhere", scores.anywhere.value},
              {"objects", scores.objects},
              {"boxes", scores.boxes},
              {"protocols", f1_of(scores)},
              {"keyframes", pairs.size()},
              {"by_backup", by_backup}};
}

caf::expected<json> score_tracks(const run_outcome& x, const std::string& url) {
  auto config = parse_street(url);
  if (!config)
    return std::move(config.error());
  street scene{*config};
  std::map<uint64_t, const frame_result*> results;
  for (auto& y : x.results)
    results[y.frame] = &y;
  tracking_meter meter;
  uint64_t nobody = 0;
  for (auto& [n, y] : results) {
    std::vector<identified_box> there;
    for (auto& z : scene.truth(n).objects)
      there.push_back({z.where, z.identity, false});
    meter.add(there, tracked_in(*y, nobody));
  }
  return to_json_value(meter.report());
}

json report_of(const run_outcome& x, const cost_prices& prices) {
  auto& c = x.counts;
  histogram freshness, processing;
  for (auto& y : x.results) {
    freshness.record(y.answered - y.captured);
    processing.record(y.processing);
  }
  return {
    {"keyframes", c.received},
    {"chunks", c.chunks},
    {"seconds", x.seconds},
    {"bytes_original", c.bytes_original},
    {"bytes_to_cloud", c.bytes_to_cloud},
    {"bytes_from_cloud", c.bytes_from_cloud},
    {"cloud_frames", c.cloud_frames},
    {"cost", cost_of(x, prices)},
    {"labels_cloud", c.labels_cloud},
    {"regions", c.regions},
    {"labels_fog", c.labels_fog},
    {"backup_frames", c.backup_frames},
    {"lost", c.received - std::min<uint64_t>(c.received, x.results.size())},
    {"dropped", to_json_value(c.dropped)},
    {"asked_again", c.asked_again},
    {"failures", c.failures},
    {"last_error", c.last_error},
    {"duplicates", x.twice},
    {"unchanged", c.unchanged},
    {"events", c.events},
    {"events_lost", c.events_lost},
    {"freshness_ms", to_json_value(in_ms(freshness))},
    {"processing_ms", to_json_value(in_ms(processing))},
    {"stage_ms",
     {{"decode", percentiles(c.decode)},
      {"encode", percentiles(c.encode)},
      {"cloud", percentiles(c.cloud)},
      {"detect", percentiles(c.detect)},
      {"name", percentiles(c.name)},
      {"publish", percentiles(c.publish)}}},
    {"peak_rss_mb", x.peak_rss_mb}};
}

caf::error draw_results(const run_outcome& x, const recording& video,
                        uint64_t every, const std::string& path) {
  std::map<uint64_t, const frame_result*> results;
  for (auto& y : x.results)
    results[y.frame] = &y;
  mp4_writer out{path, 2};
  auto err = show_keyframes(
    video, {every, 0, 1, false}, [&](const frame& f) -> caf::error {
      std::vector<annotation> marks;
      if (auto i = results.find(f.number()); i != results.end())
        for (auto& y : i->second->objects) {
          char text[64];
          std::snprintf(text, sizeof text, "%s %.2f", y.label.c_str(),
                        double(y.score));
          marks.push_back({y.where, text, color_of(y.by)});
        }
      auto drawn = draw(f, marks);
      return drawn ? out.add(*drawn) : drawn.error();
    });
  if (!err)
    err = out.finish();
  if (!err && out.letterboxed() > 0)
    std::printf("  %s: %llu of its pictures had another size than the first; "
                "they keep their shape\n",
                path.c_str(),
                static_cast<unsigned long long>(out.letterboxed()));
  return err;
}

} // namespace vpaas
