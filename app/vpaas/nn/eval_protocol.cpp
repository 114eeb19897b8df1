// vpaas eval protocol: what naming regions on the fog is worth.

#include "eval_options.hpp"
#include "judge.hpp"
#include "runtime/error.hpp"
#include "runtime/evaluation/protocol_score.hpp"
#include "runtime/nn/heads.hpp"
#include "runtime/nn/zoo.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <numeric>
#include <optional>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas eval protocol --source=SOURCE --model=DETECTOR\n"
    "                           [--heads=HEADS] [--look=DETECTOR] [--json] "
    "...\n\n"
    "Sends the keyframes of a source through the High and Low protocol, in "
    "one\n"
    "process and without a network: the detector on the poor copy, the region\n"
    "filter, and on crops of the original the heads or a second look. Prints "
    "F1 of\nthe detector alone, with each, with a perfect namer, and of the "
    "judge against\nitself on frames that were shifted by a few pixels: F1 "
    "above that is luck.\n\n"
    "  --heads=HEADS      a .json file, or a name in the zoo\n"
    "  --backbone=MODEL   whose features the heads take (mobilenet_v2)\n"
    "  --look=DETECTOR    what looks again at regions; best the same detector\n"
    "  --look-budget=N    pixels a keyframe that it may look at (173056)\n"
    "  --against=X        truth, or a model (the detector)\n"
    "  --truth=FILE       see vpaas truth formats; a synthetic source knows\n"
    "                     its own\n";

struct request {
  eval_options what;
  network_choice choice;
  std::string model, backbone, heads, look;
  int64_t look_budget = packing_config{}.budget;
  judge_choice against;
};

caf::expected<request> read_request(command_line& line) {
  request result;
  auto what = eval_options::take(line);
  if (!what)
    return what.error();
  result.what = *what;
  if (auto err = result.what.take_filter(line))
    return err;
  auto choice = network_choice::take(line);
  if (!choice)
    return choice.error();
  result.choice = *choice;
  result.model = line.take("model", "");
  result.backbone = line.take("backbone", "mobilenet_v2");
  result.heads = line.take("heads", "");
  result.look = line.take("look", "");
  if (auto err = line.take_number("look-budget", result.look_budget, 0, 1e8))
    return err;
  result.against = {line.take("against", ""), line.take("truth", "")};
  if (auto err = line.finish())
    return err;
  return result;
}

/// What names regions in one evaluation.
struct namers {
  one_vs_all heads;
  std::optional<crop_embedder> embedder;
  std::optional<second_look> look;

  static caf::expected<namers> load(const request& x,
                                    const label_groups& groups) {
    namers result;
    if (!x.heads.empty()) {
      auto heads = read_heads(default_zoo(x.choice.zoo_path), x.heads);
      if (!heads)
        return heads.error();
      auto backbone = load_embedder(x.choice, x.backbone);
      if (!backbone)
        return backbone.error();
      result.heads = std::move(*heads);
      result.embedder.emplace(std::move(*backbone));
    }
    if (!x.look.empty()) {
      auto found = x.choice.find(x.look);
      if (!found)
        return found.error();
      second_look_config how;
      how.packing.budget = x.look_budget;
      how.rule.score = found->first.card.regions.theta_cls;
      for (auto& group : groups)
        how.labels.insert(how.labels.end(), group.labels.begin(),
                          group.labels.end());
      auto look = second_look::load(found->first, found->second, how);
      if (!look)
        return look.error();
      result.look.emplace(std::move(*look));
    }
    return result;
  }

  protocol_eyes eyes() {
    return {embedder ? &*embedder : nullptr, look ? &*look : nullptr};
  }
};

json report_of(const request& x, const protocol_run& run,
               const protocol_score& score) {
  json result{{"source", x.what.source},
              {"model", x.model},
              {"keyframes", score.perfect.frames},
              {"objects", score.perfect.objects},
              {"bytes", run.bytes},
              {"regions", score.regions},
              {"cloud_only", f1_of(score.cloud_only)},
              {"perfect", f1_of(score.perfect)}};
  if (!x.heads.empty()) {
    result["heads"] = x.heads;
    result["named"] = score.named;
    result["right"] = score.right;
    result["high_low"] = f1_of(score.high_low);
  }
  if (!x.look.empty()) {
    auto sum = std::accumulate(run.look_ms.begin(), run.look_ms.end(), 0.);
    result["look"] = x.look;
    result["second_look"] = f1_of(score.second_look);
    result["look_ms"] = sum / double(std::max<size_t>(1, run.frames.size()));
  }
  if (run.repeated)
    result["repeated"] = f1_of(score.repeated);
  return result;
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
  auto who = namers::load(x, *groups);
  if (!who)
    return who.error();
  auto quality = x.what.quality.value_or(encoder_config{});
  auto& card = (*detector)->card();
  auto run = run_protocol(*clip, x.what.range,
                          {quality, x.what.filter(card), false, true},
                          **detector, who->eyes(), *judge);
  if (!run)
    return run.error();
  run_labels names{card.labels, judge->labels, {}};
  if (who->look)
    names.look = who->look->card().labels;
  auto score = score_protocol(*run, *groups, names, who->heads,
                              truth_threshold(card));
  if (!score)
    return score.error();
  auto report = report_of(x, *run, *score);
  report["against"] = judge->name;
  report["quality"] = {{"qp", quality.qp}, {"scale", quality.scale}};
  report["bytes_original"] = original_bytes(*clip, x.what.range);
  return report;
}

void print(const json& x) {
  std::cout << x["source"].get<std::string>() << ": " << x["keyframes"]
            << " keyframes, " << x["objects"] << " objects, " << x["regions"]
            << " regions";
  if (x.contains("heads"))
    std::cout << ", " << x["named"] << " named, " << x["right"] << " right";
  std::cout << '\n';
  for (auto who :
       {"cloud_only", "high_low", "second_look", "perfect", "repeated"}) {
    if (!x.contains(who))
      continue;
    auto& y = x[who]["one_to_one"];
    std::printf("  %-11s F1 %.3f  precision %.3f  recall %.3f\n", who,
                y["value"].get<double>(), y["precision"].get<double>(),
                y["recall"].get<double>());
  }
  std::printf("  %.0f kB copy, %.0f kB original\n",
              x["bytes"].get<double>() / 1e3,
              x["bytes_original"].get<double>() / 1e3);
  if (x.contains("look_ms"))
    std::printf("  %.1f ms a keyframe for the second look\n",
                x["look_ms"].get<double>());
}

} // namespace

int eval_protocol_verb(command_line line) {
  evaluation<request> verb{"vpaas eval protocol",
                           std::string{help} + eval_options_help
                             + filter_options_help + network_options_help,
                           read_request, evaluate, print};
  return verb.run(std::move(line));
}

} // namespace vpaas
