// vpaas eval heads: how well heads name what is there.

#include "eval_options.hpp"
#include "judge.hpp"
#include "runtime/error.hpp"
#include "runtime/evaluation/poor_copy.hpp"
#include "runtime/learning/head_rows.hpp"
#include "runtime/nn/heads.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/vision/matching.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas eval heads --backbone=MODEL --heads=HEADS --source=SOURCE\n"
    "                        [--against=truth|MODEL] [--quality=QP,SCALE] ...\n"
    "\nNames crops at the boxes that are known to hold something, cut from "
    "the\n"
    "original frames or from the copy of a quality. Heads that look at clues "
    "get\nnone but the box here.\n\n"
    "  --heads=HEADS      a .json file, or a name in the zoo\n"
    "  --against=X        truth, or a model (truth)\n"
    "  --truth=FILE       see vpaas truth formats; a synthetic source knows\n"
    "                     its own\n";

struct request {
  eval_options what;
  network_choice choice;
  std::string backbone, heads;
  judge_choice against;
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
  result.backbone = line.take("backbone", "mobilenet_v2");
  result.heads = line.take("heads", "");
  result.against = {line.take("against", "truth"), line.take("truth", "")};
  if (auto err = line.finish())
    return err;
  return result;
}

caf::expected<teacher> find_judge(const request& x, const one_vs_all& heads) {
  if (x.against.name == "truth")
    return truth_teacher(x.what.source, x.against.truth, heads.classes);
  auto model = load_detector(x.choice, x.against.name);
  if (!model)
    return model.error();
  return x.against.find(x.what.source, x.choice, *model);
}

/// Crops by what they show and whether the heads said so.
struct tally {
  uint64_t crops = 0;
  uint64_t right = 0; ///< named so, above the threshold
  uint64_t best = 0;  ///< the right head was the loudest

  json report() const {
    auto share = [this](uint64_t n) {
      return crops == 0 ? 0 : double(n) / double(crops);
    };
    return {{"crops", crops},
            {"accuracy", share(right)},
            {"accuracy_without_thresholds", share(best)}};
  }
};

class examiner {
public:
  examiner(const one_vs_all& heads, const label_groups& groups,
           const teacher& judge)
    : heads_(heads), group_of_(group_of_labels(groups, judge.labels)),
      class_group_(group_of_labels(groups, heads.classes)),
      by_group_(groups.size()) {
    // nop
  }

  /// The objects that have a name in the groups.
  std::vector<truth_object> asked(const std::vector<truth_object>& xs) const {
    return grouped(counted(xs), group_of_);
  }

  void mark(const std::vector<truth_object>& asked,
            const std::vector<float>& features) {
    std::vector<hinted_region> places;
    for (auto& x : asked) {
      hinted_region place;
      place.place.where = x.where;
      place.place.hint = -1;
      places.push_back(place);
    }
    auto rows = head_rows(heads_, features, places);
    for (size_t i = 0; i < asked.size(); ++i) {
      auto row = rows.data() + i * heads_.width();
      auto name = heads_.name(row).label;
      auto scores = heads_.scores(row);
      auto loudest = std::max_element(scores.begin(), scores.end());
      auto is = [&](ptrdiff_t k) {
        return class_group_[size_t(k)] == asked[i].label;
      };
      for (auto* x : {&all_, &by_group_[size_t(asked[i].label)]}) {
        ++x->crops;
        x->right += name >= 0 && is(name);
        x->best += is(loudest - scores.begin());
      }
    }
  }

  json report(const label_groups& groups) const {
    auto result = all_.report();
    for (size_t i = 0; i < groups.size(); ++i)
      if (by_group_[i].crops > 0)
        result["classes"][groups[i].name] = by_group_[i].report();
    return result;
  }

private:
  const one_vs_all& heads_;
  std::vector<int32_t> group_of_, class_group_;
  std::vector<tally> by_group_;
  tally all_;
};

caf::expected<json> evaluate(const request& x) {
  auto clip = x.what.read();
  if (!clip)
    return clip.error();
  auto heads = read_heads(default_zoo(x.choice.zoo_path), x.heads);
  if (!heads)
    return heads.error();
  auto backbone = load_embedder(x.choice, x.backbone);
  if (!backbone)
    return backbone.error();
  auto judge = find_judge(x, *heads);
  if (!judge)
    return judge.error();
  auto groups = groups_named(x.what.groups, judge->labels);
  if (!groups)
    return groups.error();
  examiner exam{*heads, *groups, *judge};
  std::optional<poor_copy> copy;
  if (x.what.quality)
    copy.emplace(*x.what.quality);
  auto err
    = show_keyframes(*clip, x.what.range, [&](const frame& f) -> caf::error {
        if (!knows(*judge, f))
          return caf::none;
        auto objects = judge->ask(f);
        if (!objects)
          return objects.error();
        auto seen = copy ? copy->pass(f) : caf::expected<frame>{f};
        if (!seen)
          return seen.error();
        auto asked = exam.asked(*objects);
        frame_crops crops{*seen, {}};
        for (auto& y : asked)
          crops.where.push_back(y.where);
        auto features = backbone->embed({crops});
        if (!features)
          return features.error();
        exam.mark(asked, *features);
        return caf::none;
      });
  if (err)
    return err;
  auto result = exam.report(*groups);
  result["source"] = x.what.source;
  result["heads"] = x.heads;
  result["against"] = judge->name;
  return result;
}

void print(const json& x) {
  std::printf("%s: %zu crops, accuracy %.3f (%.3f without thresholds)\n",
              x["source"].get<std::string>().c_str(), x["crops"].get<size_t>(),
              x["accuracy"].get<double>(),
              x["accuracy_without_thresholds"].get<double>());
}

} // namespace

int eval_heads_verb(command_line line) {
  evaluation<request> verb{"vpaas eval heads",
                           std::string{help} + eval_options_help
                             + network_options_help,
                           read_request, evaluate, print};
  return verb.run(std::move(line));
}

} // namespace vpaas
