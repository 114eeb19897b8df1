// What the fog's second look is worth: High and Low with and without it, on the
// same clips, through the actors.
//
//   bench_second_look [--clips=config/clips/naming.json] [--json]
//     [--models=...] [--detector=...] [--look=...] [--parameters="..."]
//     [--poorer=38,40,42]
//
// Each clip is run without and then with the look, at the same copy; nobody
// stands in for the cloud and no deadline is missed. The four options of the
// second line go to all runs (vpaas run --help). Clips that are not there are
// left out, by name. With --poorer the look is run on copies of these
// quantisers as well: what is saved is the least bytes at which it keeps the F1
// that the copy at 36 has without it.

#include "measure.hpp"
#include "targets.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;

using vpaas::bench::json;

namespace {

/// What goes to both runs of a clip.
struct setup {
  std::string program, folder, models, parameters;
  std::vector<std::string> poorer; ///< quantisers
};

json read(const std::string& path) {
  std::ifstream in{path};
  return json::parse(in, nullptr, false);
}

/// The report of one run, or why there is none.
json run(const setup& x, const json& clip, const std::string& parameters) {
  auto text = [&](const char* key, const char* otherwise) {
    return clip.value(key, std::string{otherwise});
  };
  auto report = x.folder + "/report.json";
  fs::remove(report);
  auto command = x.program + " run --camera='" + text("source", "")
                 + "' --groups=" + text("groups", "labels")
                 + " --models=" + text("models", "street")
                 + " --every=" + std::to_string(clip.value("every", 15))
                 + " --pipeline=high_low --parameters='" + x.parameters
                 + parameters + "' --backup= --deadline=60s"
                 + " --live_deadline=60s --report=" + report + x.models;
  if (clip.contains("against"))
    command += " --against=" + text("against", "") + " --truth=" + x.folder
               + "/" + text("name", "clip") + ".jsonl";
  command += " >" + x.folder + "/log 2>&1";
  if (std::system(command.c_str()) != 0) {
    std::ifstream log{x.folder + "/log"};
    std::string line, last;
    while (std::getline(log, line))
      last = line.empty() ? last : line;
    return {{"error", last}};
  }
  return read(report);
}

json row(const json& x) {
  return {{"f1", x["f1"]["value"]},
          {"bytes", x["bytes_to_cloud"]},
          {"regions", x["regions"]},
          {"named", x["labels_fog"]},
          {"keyframes", x["keyframes"]},
          {"backup_frames", x["backup_frames"]},
          {"lost", x["lost"]}};
}

/// F1 over bytes on poorer copies, and the least bytes that keep today's F1.
json poorer(const setup& x, const json& clip, const json& today) {
  json curve = json::array();
  json least = today["with"];
  for (auto& qp : x.poorer) {
    auto one = run(x, clip, " qp=" + qp);
    if (one.contains("error"))
      return one;
    auto point = row(one);
    point["qp"] = std::stoi(qp);
    if (point["f1"] >= today["without"]["f1"]
        && point["bytes"] < least["bytes"])
      least = point;
    curve.push_back(std::move(point));
  }
  auto saved = least["bytes"].get<double>()
               / today["without"]["bytes"].get<double>();
  return {{"curve", curve}, {"least", least}, {"ratio", saved}};
}

json compare(const setup& x, const json& clip) {
  auto without = run(x, clip, " look=0");
  auto with = run(x, clip, "");
  for (auto* one : {&without, &with})
    if (one->contains("error"))
      return *one;
  json result{{"without", row(without)}, {"with", row(with)}};
  result["f1_more"] = result["with"]["f1"].get<double>()
                      - result["without"]["f1"].get<double>();
  result["bytes_ratio"] = result["with"]["bytes"].get<double>()
                          / result["without"]["bytes"].get<double>();
  if (!x.poorer.empty())
    result["poorer"] = poorer(x, clip, result);
  if (result.value("poorer", json::object()).contains("error"))
    return result["poorer"];
  return result;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in{text};
  for (std::string word; std::getline(in, word, ',');)
    result.push_back(word);
  return result;
}

/// A clip's file, which the set names from where the set lies.
json located(json clip, const std::string& set) {
  auto source = clip.value("source", std::string{});
  if (source.find("://") == std::string::npos)
    clip["source"] = fs::weakly_canonical(fs::path{set}.parent_path() / source);
  return clip;
}

bool is_here(const json& clip) {
  auto source = clip.value("source", std::string{});
  return source.find("://") != std::string::npos || fs::exists(source);
}

std::string program() {
  return fs::read_symlink("/proc/self/exe").replace_filename("vpaas").string();
}

json measure(const setup& x, const std::string& set) {
  json report{{"clips", json::object()}, {"absent", json::array()}};
  double with = 0, without = 0, bytes = 0, more_bytes = 0;
  for (auto clip : read(set).value("clips", json::array())) {
    clip = located(clip, set);
    auto name = clip.value("name", std::string{});
    if (!is_here(clip)) {
      report["absent"].push_back(name);
      continue;
    }
    auto found = compare(x, clip);
    if (found.contains("error")) {
      report["error"] = name + ": " + found["error"].get<std::string>();
      return report;
    }
    std::fprintf(stderr, "%s: F1 %.4f without, %.4f with\n", name.c_str(),
                 found["without"]["f1"].get<double>(),
                 found["with"]["f1"].get<double>());
    with += found["with"]["f1"].get<double>();
    without += found["without"]["f1"].get<double>();
    bytes += found["without"]["bytes"].get<double>();
    more_bytes += found["with"]["bytes"].get<double>();
    report["clips"][name] = found;
  }
  if (auto n = double(report["clips"].size()); n > 0)
    report["mean"] = {{"with", with / n},
                      {"without", without / n},
                      {"bytes_ratio", more_bytes / bytes}};
  return report;
}

} // namespace

int main(int argc, char** argv) {
  char folder[] = "/tmp/vpaas-bench-XXXXXX";
  if (!mkdtemp(folder))
    return 1;
  setup x{program(), folder, "",
          vpaas::bench::option(argc, argv, "parameters", ""),
          words_of(vpaas::bench::option(argc, argv, "poorer", ""))};
  for (std::string name : {"models", "detector", "look"})
    if (auto y = vpaas::bench::option(argc, argv, name, ""); !y.empty())
      x.models += " --" + name + "=" + y;
  auto report = measure(
    x, vpaas::bench::option(argc, argv, "clips", "config/clips/naming.json"));
  fs::remove_all(folder);
  return vpaas::bench::finish(report, "second_look", argc, argv);
}
