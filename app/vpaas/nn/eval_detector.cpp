// vpaas eval detector: how well a model does on a source.

#include "eval_options.hpp"
#include "judge.hpp"
#include "runtime/error.hpp"
#include "runtime/evaluation/sighting.hpp"
#include "runtime/json.hpp"
#include "runtime/metrics/accuracy.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas eval detector --model=MODEL --source=SOURCE [--json]\n"
    "                           [--against=truth|MODEL] ...\n\n"
    "Lets a detector look at the keyframes of a source and scores its boxes\n"
    "against the truth, or against what a model finds on the original "
    "frames.\n\n"
    "  --against=X        truth, or a model (the same model)\n"
    "  --truth=FILE       see vpaas truth formats; a synthetic source knows\n"
    "                     its own\n"
    "  --threshold=S      boxes from this score on (theta_cls of the card,\n"
    "                     0.5 at most)\n";

struct request {
  eval_options what;
  network_choice choice;
  std::string model;
  judge_choice against;
  double threshold = -1;
};

caf::expected<request> read_request(command_line& line) {
  request result;
  auto what = eval_options::take(line);
  if (!what)
    return what.error();
  result.what = *what;
  auto choice = network_choice::take(line);
  if (!choice)
    return choice.error();
  result.choice = *choice;
  result.model = line.take("model", "");
  result.against = {line.take("against", ""), line.take("truth", "")};
  if (auto err = line.take_number("threshold", result.threshold, 0, 1))
    return err;
  if (auto err = line.finish())
    return err;
  return result;
}

accuracy_report compare(const sightings& seen, float threshold,
                        const std::vector<int32_t>& group_of,
                        const std::vector<int32_t>& judge_group_of) {
  accuracy_meter result;
  for (auto& x : seen.frames)
    result.add(grouped(sure(x.found, threshold), group_of),
               grouped(x.objects, judge_group_of));
  return result.report();
}

caf::expected<json> evaluate(const request& x) {
  auto clip = x.what.read();
  if (!clip)
    return clip.error();
  auto detector = load_detector(x.choice, x.model);
  if (!detector)
    return detector.error();
  auto judge = x.against.find(x.what.source, x.choice, *detector);
  if (!judge)
    return judge.error();
  auto groups = groups_named(x.what.groups, judge->labels);
  if (!groups)
    return groups.error();
  auto seen = look(*clip, x.what.range, x.what.quality, **detector, &*judge);
  if (!seen)
    return seen.error();
  auto& card = (*detector)->card();
  auto threshold = x.threshold < 0 ? truth_threshold(card) : float(x.threshold);
  auto scores = compare(*seen, threshold, group_of_labels(*groups, card.labels),
                        group_of_labels(*groups, judge->labels));
  auto times = seen->ms;
  std::sort(times.begin(), times.end());
  json result{{"source", x.what.source},
              {"model", x.model},
              {"against", judge->name},
              {"groups", x.what.groups},
              {"threshold", threshold},
              {"keyframes", scores.frames},
              {"boxes", scores.boxes},
              {"objects", scores.objects},
              {"f1", f1_of(scores)},
              {"bytes_original", original_bytes(*clip, x.what.range)},
              {"bytes", seen->bytes},
              {"ms_per_frame", times.empty() ? 0 : times[times.size() / 2]}};
  if (x.what.quality)
    result["quality"] = {{"qp", x.what.quality->qp},
                         {"scale", x.what.quality->scale}};
  return result;
}

void print(const json& x) {
  std::cout << x["model"].get<std::string>() << " on "
            << x["source"].get<std::string>() << " against "
            << x["against"].get<std::string>() << ": " << x["keyframes"]
            << " keyframes, " << x["boxes"] << " boxes, " << x["objects"]
            << " objects\n";
  for (auto& [protocol, score] : x["f1"].items())
    std::printf("  %-11s F1 %.3f  precision %.3f  recall %.3f\n",
                protocol.c_str(), score["value"].get<double>(),
                score["precision"].get<double>(),
                score["recall"].get<double>());
  std::printf("  %.0f kB original, %.0f kB copy, %.1f ms a frame\n",
              x["bytes_original"].get<double>() / 1e3,
              x["bytes"].get<double>() / 1e3, x["ms_per_frame"].get<double>());
}

} // namespace

int eval_detector_verb(command_line line) {
  evaluation<request> verb{"vpaas eval detector",
                           std::string{help} + eval_options_help
                             + network_options_help,
                           read_request, evaluate, print};
  return verb.run(std::move(line));
}

} // namespace vpaas
