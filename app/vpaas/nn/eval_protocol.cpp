// vpaas eval protocol: what naming regions on the fog is worth.

#include "eval_options.hpp"
#include "judge.hpp"
#include "runtime/error.hpp"
#include "runtime/evaluation/protocol_score.hpp"
#include "runtime/nn/heads.hpp"
#include "runtime/nn/zoo.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas eval protocol --source=SOURCE --model=DETECTOR\n"
    "                           --backbone=MODEL --heads=HEADS [--json] ...\n\n"
    "Sends the keyframes of a source through the High and Low protocol, in "
    "one\n"
    "process and without a network: the detector on the poor copy, the region\n"
    "filter, the heads on crops of the original. Prints F1 of the detector "
    "alone,\nwith the heads, and with a perfect namer.\n\n"
    "  --heads=HEADS      a .json file, or a name in the zoo\n"
    "  --against=X        truth, or a model (the detector)\n"
    "  --truth=FILE       frame_truth as JSON lines; a synthetic source knows\n"
    "                     its own\n";

struct request {
  eval_options what;
  network_choice choice;
  std::string model, backbone, heads;
  judge_choice against;
};

caf::expected<request> read_request(command_line& line) {
  request result;
  auto what = eval_options::take(line);
  if (!what)
    return what.error();
  result.what = *what;
  result.what.take_filter(line);
  auto choice = network_choice::take(line);
  if (!choice)
    return choice.error();
  result.choice = *choice;
  result.model = line.take("model", "");
  result.backbone = line.take("backbone", "mobilenet_v2");
  result.heads = line.take("heads", "");
  result.against = {line.take("against", ""), line.take("truth", "")};
  if (auto err = line.finish())
    return err;
  return result;
}

caf::expected<json> evaluate(const request& x) {
  auto clip = x.what.read();
  if (!clip)
    return clip.error();
  auto heads = read_heads(default_zoo(x.choice.zoo_path), x.heads);
  if (!heads)
    return heads.error();
  auto detector = load_detector(x.choice, x.model);
  if (!detector)
    return detector.error();
  auto backbone = load_embedder(x.choice, x.backbone);
  if (!backbone)
    return backbone.error();
  auto judge = x.against.find(x.what.source, x.choice, *detector);
  if (!judge)
    return judge.error();
  auto groups = groups_named(x.what.groups, judge->labels);
  if (!groups)
    return groups.error();
  auto quality = x.what.quality.value_or(encoder_config{});
  auto& card = (*detector)->card();
  auto filter = x.what.filter(card);
  auto run = run_protocol(*clip, x.what.range, {quality, filter}, **detector,
                          *backbone, *judge);
  if (!run)
    return run.error();
  run_labels names{card.labels, judge->labels};
  auto score = score_protocol(*run, *groups, names, *heads,
                              threshold_alone(card));
  if (!score)
    return score.error();
  return json{{"source", x.what.source},
              {"model", x.model},
              {"heads", x.heads},
              {"against", judge->name},
              {"quality", {{"qp", quality.qp}, {"scale", quality.scale}}},
              {"keyframes", score->high_low.frames},
              {"objects", score->high_low.objects},
              {"bytes_original", original_bytes(*clip, x.what.range)},
              {"bytes", run->bytes},
              {"regions", score->regions},
              {"named", score->named},
              {"right", score->right},
              {"cloud_only", f1_of(score->cloud_only)},
              {"high_low", f1_of(score->high_low)},
              {"perfect", f1_of(score->perfect)}};
}

void print(const json& x) {
  std::cout << x["source"].get<std::string>() << ": " << x["keyframes"]
            << " keyframes, " << x["objects"] << " objects, " << x["regions"]
            << " regions, " << x["named"] << " named, " << x["right"]
            << " right\n";
  for (auto who : {"cloud_only", "high_low", "perfect"}) {
    auto& y = x[who]["one_to_one"];
    std::printf("  %-10s F1 %.3f  precision %.3f  recall %.3f\n", who,
                y["value"].get<double>(), y["precision"].get<double>(),
                y["recall"].get<double>());
  }
  std::printf("  %.0f kB copy, %.0f kB original\n",
              x["bytes"].get<double>() / 1e3,
              x["bytes_original"].get<double>() / 1e3);
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
