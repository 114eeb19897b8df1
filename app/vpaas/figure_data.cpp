#include "figure_data.hpp"

#include "runtime/metrics/cost.hpp"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

namespace vpaas {

namespace {

/// A number somewhere in a report; 0 where it is not.
double number_at(const json& x, const char* pointer) {
  auto y = x.value(json::json_pointer{pointer}, json{});
  return y.is_number() ? y.get<double>() : 0;
}

bool is_dds(const std::string& system) {
  return system.rfind("dds", 0) == 0;
}

double f1_of(const json& cell) {
  return number_at(cell, "/f1/one_to_one");
}

double ratio(double a, double b) {
  return b > 0 ? a / b : 0;
}

json ratios(const json& ours, const json& theirs) {
  auto by = [&](const char* key) {
    return ratio(number_at(ours, key), number_at(theirs, key));
  };
  return {{"clip", ours.at("clip")},
          {"mbit", ours.at("mbit")},
          {"ours", ours.at("system")},
          {"theirs", theirs.at("system")},
          {"bytes", by("/bytes")},
          {"billed", by("/billed")},
          {"freshness_p50", by("/freshness_ms/p50")},
          {"f1_more", f1_of(ours) - f1_of(theirs)}};
}

/// Of those that keep the F1 of the better DDS but for 0.01, who sends least;
/// where none does, who comes nearest.
json best_of_ours(const std::vector<json>& ours, const std::vector<json>& dds) {
  auto better = [](const json& a, const json& b) {
    return f1_of(a) < f1_of(b);
  };
  auto& theirs = *std::max_element(dds.begin(), dds.end(), better);
  const json* best = nullptr;
  for (auto& x : ours)
    if (f1_of(x) >= f1_of(theirs) - 0.01
        && (!best || number_at(x, "/bytes") < number_at(*best, "/bytes")))
      best = &x;
  auto keeps = best != nullptr;
  if (!keeps)
    best = &*std::max_element(ours.begin(), ours.end(), better);
  auto result = ratios(*best, theirs);
  result["keeps_f1"] = keeps;
  return result;
}

std::string first_match(const std::string& path, const std::string& key) {
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);)
    if (line.rfind(key, 0) == 0)
      return line.substr(line.find(':') + 2);
  return "unknown";
}

} // namespace

json shown_cell(const figure_cell& x) {
  auto& report = x.result.report;
  auto bytes = number_at(report, "/bytes_to_cloud");
  auto original = number_at(report, "/bytes_original");
  json result{
    {"clip", x.run.on->name},
    {"kind", x.run.on->kind},
    {"system", x.run.system->name},
    {"ours", x.run.system->ours},
    {"mbit", x.run.mbit},
    {"keyframes", number_at(report, "/keyframes")},
    {"lost", number_at(report, "/lost")},
    {"asked_again", number_at(report, "/asked_again")},
    {"objects", number_at(report, "/f1/objects")},
    {"against", report.value(json::json_pointer{"/f1/against"}, json{})},
    {"bytes", bytes},
    {"bytes_of_mpeg", original},
    {"relative_bytes", ratio(bytes, original)},
    {"billed", number_at(report, "/cost/billed_per_keyframe")},
    {"per_1000_keyframes", number_at(report, "/cost/bill/per_1000_keyframes")},
    {"freshness_ms", report.value("freshness_ms", json::object())},
    {"processing_ms", report.value("processing_ms", json::object())},
    {"stage_ms", report.value("stage_ms", json::object())},
    {"seconds", number_at(report, "/seconds")},
    {"made", report.value("made", json::object())}};
  for (auto* protocol : {"one_to_one", "dds", "accmpeg"})
    result["f1"][protocol] = number_at(
      report, ("/f1/protocols/" + std::string{protocol} + "/value").c_str());
  result["f1"]["first_10s"] = number_at(report, "/f1/first_10s");
  if (x.run.on->seed >= 0)
    result["seed"] = x.run.on->seed;
  return result;
}

void choose_glimpse(std::vector<json>& cells) {
  std::map<std::pair<std::string, int>, json*> best;
  auto early = [](const json& x) { return number_at(x, "/f1/first_10s"); };
  auto suits = [&](const json& x) { return early(x) >= 0.9; };
  auto better = [&](const json& a, const json& b) {
    if (suits(a) && suits(b))
      return number_at(a, "/bytes") < number_at(b, "/bytes");
    return early(a) > early(b);
  };
  for (auto& x : cells) {
    if (!is_glimpse(x.at("system")))
      continue;
    auto& there = best[{x.at("clip"), x.at("mbit")}];
    if (!there || better(x, *there))
      there = &x;
  }
  for (auto& [where, x] : best)
    (*x)["chosen"] = true;
}

json relations_of(const std::vector<json>& cells) {
  std::map<std::pair<std::string, int>, std::vector<json>> ours, others;
  for (auto& x : cells) {
    auto& side = x.at("ours") == true ? ours : others;
    side[{x.at("clip"), x.at("mbit")}].push_back(x);
  }
  json result{{"pairs", json::array()}, {"best_against_dds", json::array()}};
  for (auto& [where, mine] : ours) {
    std::vector<json> dds;
    for (auto& theirs : others[where]) {
      if (is_dds(theirs.at("system")))
        dds.push_back(theirs);
      for (auto& x : mine)
        result["pairs"].push_back(ratios(x, theirs));
    }
    if (!dds.empty())
      result["best_against_dds"].push_back(best_of_ours(mine, dds));
  }
  return result;
}

json made_here() {
  auto now = std::time(nullptr);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  std::ifstream in{"/proc/loadavg"};
  std::string load;
  in >> load;
  return {{"date", date},
          {"version", VPAAS_VERSION},
          {"processor", first_match("/proc/cpuinfo", "model name")},
          {"cores", sysconf(_SC_NPROCESSORS_ONLN)},
          {"load", load},
          {"compiler", __VERSION__}};
}

} // namespace vpaas
