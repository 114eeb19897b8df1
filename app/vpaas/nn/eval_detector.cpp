// vpaas eval detector: how well a model does on a source.

#include "eval_options.hpp"
#include "runtime/error.hpp"
#include "runtime/evaluation/sighting.hpp"
#include "runtime/json.hpp"
#include "runtime/metrics/accuracy.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
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
    "  --truth=FILE       frame_truth as JSON lines, with --against=truth\n"
    "  --threshold=S      boxes from this score on (theta_cls of the card)\n";

constexpr const char* network_help
  = "  --threads=N        (1)\n"
    "  --type=fp32|bf16   (what the card says)\n"
    "  --device=DEVICE    cpu or cuda:N (cpu)\n"
    "  --zoo.path=DIR:DIR folders that are searched first for models\n";

struct request {
  eval_options what;
  network_choice choice;
  std::string model, against, truth;
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
  result.against = line.take("against", result.model);
  result.truth = line.take("truth", "");
  result.threshold = std::atof(line.take("threshold", "-1").c_str());
  if (auto err = line.finish())
    return err;
  return result;
}

caf::expected<frame_detector> load(const request& x, const std::string& name) {
  auto model = x.choice.find(name);
  if (!model)
    return model.error();
  return frame_detector::load(model->first, model->second);
}

/// What is known, in the labels of `names`.
struct reference {
  truth_table objects;
  std::vector<std::string> names;
};

caf::expected<reference> find_reference(const request& x, const recording& clip,
                                        frame_detector& detector) {
  auto& labels = detector.card().labels;
  if (x.against == "truth") {
    auto objects = read_truth(x.truth);
    if (!objects)
      return objects.error();
    return reference{std::move(*objects), labels};
  }
  std::optional<frame_detector> other;
  if (x.against != x.model) {
    auto loaded = load(x, x.against);
    if (!loaded)
      return loaded.error();
    other = std::move(*loaded);
  }
  auto& judge = other ? *other : detector;
  auto seen = look(clip, x.what.range, {}, judge);
  if (!seen)
    return seen.error();
  return reference{truth_of(*seen, judge.card().regions.theta_cls),
                   judge.card().labels};
}

accuracy_report compare(const sightings& seen, float threshold,
                        const std::vector<int32_t>& group_of,
                        const reference& known,
                        const std::vector<int32_t>& known_group_of) {
  accuracy_meter result;
  for (auto& x : seen.frames) {
    auto i = known.objects.find(x.frame);
    auto objects = i == known.objects.end() ? std::vector<truth_object>{}
                                            : i->second;
    result.add(grouped(sure(x.found, threshold), group_of),
               grouped(objects, known_group_of));
  }
  return result.report();
}

caf::expected<json> evaluate(const request& x) {
  auto clip = x.what.read();
  if (!clip)
    return clip.error();
  auto detector = load(x, x.model);
  if (!detector)
    return detector.error();
  auto& card = detector->card();
  auto known = find_reference(x, *clip, *detector);
  if (!known)
    return known.error();
  auto seen = look(*clip, x.what.range, x.what.quality, *detector);
  if (!seen)
    return seen.error();
  auto groups = groups_named(x.what.groups, known->names);
  if (!groups)
    return groups.error();
  auto threshold = x.threshold < 0 ? card.regions.theta_cls
                                   : float(x.threshold);
  auto scores = compare(*seen, threshold, group_of_labels(*groups, card.labels),
                        *known, group_of_labels(*groups, known->names));
  auto times = seen->ms;
  std::sort(times.begin(), times.end());
  json result{{"source", x.what.source},
              {"model", x.model},
              {"against", x.against},
              {"groups", x.what.groups},
              {"threshold", threshold},
              {"keyframes", scores.frames},
              {"boxes", scores.boxes},
              {"objects", scores.objects},
              {"f1", {}},
              {"bytes_original", original_bytes(*clip, x.what.range)},
              {"bytes", seen->bytes},
              {"ms_per_frame", times.empty() ? 0 : times[times.size() / 2]}};
  if (x.what.quality)
    result["quality"] = {{"qp", x.what.quality->qp},
                         {"scale", x.what.quality->scale}};
  auto& f1 = result["f1"];
  f1["one_to_one"] = to_json_value(scores.one_to_one);
  f1["anywhere"] = to_json_value(scores.anywhere);
  f1["dds"] = to_json_value(scores.dds);
  f1["accmpeg"] = to_json_value(scores.accmpeg);
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
  constexpr const char* program = "vpaas eval detector";
  if (line.take_flag("help")) {
    std::cout << help << eval_options_help << network_help;
    return 0;
  }
  auto as_json = line.take_flag("json");
  auto x = read_request(line);
  if (!x)
    return complain(program, x.error());
  auto result = evaluate(*x);
  if (!result)
    return complain(program, result.error());
  if (as_json)
    std::cout << result->dump(2) << '\n';
  else
    print(*result);
  return 0;
}

} // namespace vpaas
