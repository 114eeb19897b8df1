// vpaas heads fit: makes the heads that name regions on the fog.

#include "eval_options.hpp"
#include "judge.hpp"
#include "runtime/error.hpp"
#include "runtime/evaluation/protocol_score.hpp"
#include "runtime/nn/heads.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas heads fit SOURCE... --detector=MODEL --output=FILE.json\n"
    "                       [--teacher=truth|MODEL] [--backbone=MODEL] ...\n\n"
    "Fits one-vs-all heads on the regions that the High and Low protocol "
    "would\n"
    "leave unnamed on these sources: the detector on the poor copy, the "
    "region\n"
    "filter, crops of the original, named by a teacher that looks at the "
    "original.\nWhat the heads look at and from which score they name is "
    "chosen "
    "by F1 on\nframes that were held out; a class that does not gain is "
    "off.\n\n"
    "  --teacher=X        truth, or a model (the detector)\n"
    "  --truth=FILE       see vpaas truth formats; a synthetic source knows\n"
    "                     its own\n"
    "  --backbone=MODEL   (mobilenet_v2)\n"
    "  --objects          learn from crops at the teacher's boxes and beside\n"
    "                     them too, if that helps\n"
    "  --objects-only     learn from those alone\n";

struct request {
  eval_options what;
  network_choice choice;
  std::vector<std::string> sources;
  std::string detector, backbone, output;
  judge_choice teacher;
  bool objects = false, objects_only = false;
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
  result.sources = line.words();
  if (!what->source.empty())
    result.sources.push_back(what->source);
  result.detector = line.take("detector", "");
  result.backbone = line.take("backbone", "mobilenet_v2");
  result.output = line.take("output", "");
  result.teacher = {line.take("teacher", ""), line.take("truth", "")};
  result.objects_only = line.take_flag("objects-only");
  result.objects = line.take_flag("objects") || result.objects_only;
  if (auto err = line.finish())
    return err;
  if (result.sources.empty() || result.output.empty())
    return caf::make_error(ec::bad_config,
                           "name sources and an --output file; see vpaas heads "
                           "fit --help");
  return result;
}

/// Lessons of one source after another.
class school {
public:
  static caf::expected<school> open(const request& x) {
    auto detector = load_detector(x.choice, x.detector);
    if (!detector)
      return detector.error();
    auto backbone = load_embedder(x.choice, x.backbone);
    if (!backbone)
      return backbone.error();
    return school{x, std::move(*detector), std::move(*backbone)};
  }

  caf::error attend(const std::string& source) {
    auto clip = x_.what.read(source);
    if (!clip)
      return clip.error();
    auto judge = x_.teacher.find(source, x_.choice, detector_);
    if (!judge)
      return judge.error();
    if (auto err = agree_on_groups(judge->labels))
      return err;
    auto quality = x_.what.quality.value_or(encoder_config{});
    auto run
      = run_protocol(*clip, x_.what.range,
                     {quality, x_.what.filter(detector_->card()), x_.objects},
                     *detector_, {&backbone_}, *judge);
    if (!run)
      return run.error();
    lessons_.dimensions = uint32_t(run->dimensions);
    run_labels names{detector_->card().labels, judge->labels};
    for (auto& frame : run->frames)
      take(frame, names);
    ++sources_;
    return caf::none;
  }

  const head_lessons& lessons() const {
    return lessons_;
  }

private:
  school(const request& x, std::shared_ptr<frame_detector> detector,
         crop_embedder backbone)
    : x_(x), detector_(std::move(detector)), backbone_(std::move(backbone)) {
    // nop
  }

  caf::error agree_on_groups(const std::vector<std::string>& labels) {
    auto groups = groups_named(x_.what.groups, labels);
    if (!groups)
      return groups.error();
    groups_ = std::move(*groups);
    lessons_.classes.clear();
    lessons_.hints.clear();
    for (auto& x : groups_) {
      lessons_.classes.push_back(x.name);
      lessons_.hints.push_back(x.labels);
    }
    return caf::none;
  }

  void take(const protocol_frame& frame, const run_labels& names) {
    auto x = taught(frame, groups_, names);
    if (x_.objects_only) {
      x.regions.clear();
      x.region_features.clear();
    }
    teach(lessons_, sources_, x);
    if (!x_.objects)
      return;
    std::vector<box> places;
    std::vector<int32_t> truth;
    auto features = frame.object_features;
    auto group_of = group_of_labels(groups_, names.judge);
    for (auto& y : frame.objects) {
      if (y.ignored) { // nobody says what it shows
        auto row = features.begin()
                   + ptrdiff_t(places.size() * lessons_.dimensions);
        features.erase(row, row + lessons_.dimensions);
        continue;
      }
      places.push_back(y.where);
      truth.push_back(group_of[size_t(y.label)]);
    }
    for (auto& y : frame.background) {
      places.push_back(y);
      truth.push_back(-1);
    }
    teach_more(lessons_, places, features, truth);
  }

  const request& x_;
  std::shared_ptr<frame_detector> detector_;
  crop_embedder backbone_;
  label_groups groups_;
  head_lessons lessons_;
  uint32_t sources_ = 0;
};

json report_of(const head_fit& fit) {
  auto result = to_json_value(fit);
  result["classes"] = fit.heads.classes;
  return result;
}

void print(const head_fit& fit) {
  std::printf("held out: F1 %.3f without naming, %.3f with, %.3f at best "
              "(%zu regions)\n",
              fit.f1_cloud, fit.chosen.f1, fit.f1_perfect, size_t(fit.regions));
  for (auto& x : fit.trials)
    std::printf("  %-9s penalty %.0f%s: %.3f\n", to_string(x.inputs).c_str(),
                double(x.strength), x.extra ? ", more crops" : "", x.f1);
  for (size_t k = 0; k < fit.heads.classes.size(); ++k)
    if (fit.positives[k] > 0 || fit.heads.thresholds[k] <= 1)
      std::printf("  %-12s %4zu regions, %s %.2f\n",
                  fit.heads.classes[k].c_str(), size_t(fit.positives[k]),
                  fit.heads.thresholds[k] > 1 ? "off" : "from",
                  double(fit.heads.thresholds[k]));
}

} // namespace

int heads_fit_verb(command_line line) {
  constexpr const char* program = "vpaas heads fit";
  if (line.take_flag("help")) {
    std::cout << help << eval_options_help << filter_options_help
              << network_options_help;
    return 0;
  }
  auto as_json = line.take_flag("json");
  auto x = read_request(line);
  if (!x)
    return complain(program, x.error());
  auto lessons = school::open(*x);
  if (!lessons)
    return complain(program, lessons.error());
  for (auto& source : x->sources)
    if (auto err = lessons->attend(source))
      return complain(program, err);
  auto fit = fit_heads(lessons->lessons());
  if (auto err = write_heads(fit.heads, x->output))
    return complain(program, err);
  if (as_json)
    std::cout << as_text(report_of(fit)) << '\n';
  else
    print(fit);
  return 0;
}

} // namespace vpaas
