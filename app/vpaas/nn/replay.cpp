// vpaas replay: what would another configuration have said?

#include "actors/fog/stored_segment.hpp"
#include "run_models.hpp"
#include "run_request.hpp"
#include "runtime/media/packet_recorder.hpp"
#include "runtime/metrics/comparison.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas replay --camera=RECORDING --with.OPTION=VALUE ... "
    "[OPTION ...]\n"
    "       vpaas replay --spool=FOLDER --stream=NAME --with.OPTION=VALUE "
    "...\n\n"
    "Takes a recording through the pipeline twice, as the options of vpaas "
    "run\n"
    "say and then with those behind --with. in their place, and compares "
    "objects\nand events.\n\n"
    "  vpaas replay --camera=gate.mp4 --functions='zone_stay?zone=...' \\\n"
    "    --with.functions='zone_stay?zone=...' --with.qp=40\n\n"
    "  --spool=FOLDER --stream=NAME  instead of --camera: video that a fog has "
    "not\n"
    "                       had answered, in its folder's spool; the fog is "
    "stopped\n"
    "  --slack=FRAMES       between two events that are the same (30)\n"
    "  --report=FILE        JSON; - is standard output\n"
    "  --OPTION, --with.OPTION  of vpaas run (vpaas run --help)\n";

struct request {
  run_request before, after;
  uint64_t slack = 30;
  std::string report;
};

caf::error bad(const std::string& what) {
  return caf::make_error(ec::bad_config, what + "; see vpaas replay --help");
}

/// Writes what a spool has of a stream into a file. @returns its path
caf::expected<std::string> unspool(const std::string& folder,
                                   const std::string& stream,
                                   const std::string& to) {
  auto from = spool::open(folder, spool_formats,
                          {~uint64_t{0}, caf::timespan::max()});
  if (!from)
    return std::move(from.error());
  packet_recorder out{to, nullptr};
  for (auto& x : (*from)->segments(stream)) {
    auto parts = (*from)->fetch(stream, x.number);
    if (!parts)
      return std::move(parts.error());
    for (auto& part : *parts) {
      auto read = read_segment(part);
      if (!read)
        return std::move(read.error());
      if (auto err = out.add(*read))
        return err;
    }
  }
  if (auto err = out.finish())
    return err;
  if (out.files().size() > 1)
    return caf::make_error(ec::bad_input, "the camera of stream \"" + stream
                                            + "\" changed its settings in "
                                            + folder
                                            + "; such video is not replayed");
  if (out.frames() == 0)
    return caf::make_error(ec::not_found, "spool " + folder
                                            + " has nothing of stream \""
                                            + stream + "\"");
  return to;
}

caf::error take_source(command_line& line, const std::string& folder) {
  auto spool = line.take("spool", "");
  auto stream = line.take("stream", "");
  if (spool.empty() != stream.empty())
    return bad("write --spool=FOLDER with --stream=NAME");
  if (spool.empty())
    return caf::none;
  auto file = unspool(spool, stream, folder + "/spool.mp4");
  if (!file)
    return std::move(file.error());
  line.add("camera", *file);
  return caf::none;
}

caf::expected<request> read_request(command_line& line,
                                    const std::string& folder) {
  request x;
  x.report = line.take("report", "");
  if (auto err = line.take_number("slack", x.slack, 0, 1e6))
    return err;
  auto changes = line.take_all("with");
  if (changes.empty())
    return bad("say what changes: --with.OPTION=VALUE");
  if (auto err = take_source(line, folder))
    return err;
  auto changed = line;
  for (auto& [name, value] : changes)
    changed.add(name, value);
  auto before = read_run_request(line);
  if (!before)
    return std::move(before.error());
  auto after = read_run_request(changed);
  if (!after)
    return std::move(after.error());
  x.before = std::move(*before);
  x.after = std::move(*after);
  if (x.before.camera != x.after.camera
      || x.before.stream.value("every", 15)
           != x.after.stream.value("every", 15))
    return bad("--with.camera and --with.every would compare other pictures");
  for (auto* y : {&x.before, &x.after})
    if (!(y->results + y->events + y->draw).empty())
      return bad("--results, --events and --draw are of vpaas run");
  return x;
}

json side(const run_outcome& x, const run_request& of) {
  auto report = report_of(x, of.prices);
  json result;
  result["pipeline"] = x.counts.pipeline;
  for (auto* key : {"keyframes", "bytes_to_cloud", "backup_frames", "cost"})
    result[key] = report[key];
  result["events"] = x.events.size();
  uint64_t objects = 0;
  for (auto& y : x.results)
    objects += y.objects.size();
  result["objects"] = objects;
  return result;
}

json report_of(const request& x, const run_outcome& before,
               const run_outcome& after) {
  auto objects = compare_objects(before.results, after.results);
  auto events = compare_events(before.events, after.events, x.slack);
  json labels = json::object();
  for (auto& [label, n] : objects.labels)
    labels[label] = {{"before", n.before}, {"after", n.after}};
  auto list = [](const std::vector<event>& xs) {
    auto result = json::array();
    for (auto& y : xs)
      result.push_back(to_json_value(y));
    return result;
  };
  return {{"source", to_string(source_address{x.before.camera})},
          {"before", side(before, x.before)},
          {"after", side(after, x.after)},
          {"keyframes",
           {{"both", objects.keyframes},
            {"only_before", objects.only_before},
            {"only_after", objects.only_after}}},
          {"objects",
           {{"same", objects.same},
            {"renamed", objects.renamed},
            {"gone", objects.gone},
            {"new", objects.fresh},
            {"labels", std::move(labels)}}},
          {"events",
           {{"both", events.both},
            {"gone", list(events.gone)},
            {"new", list(events.fresh)}}}};
}

void print_events(const json& xs, char sign) {
  for (auto& x : xs)
    std::printf("  %c frame %-8llu %s %s %s %s\n", sign,
                x["frame"].get<unsigned long long>(),
                x["kind"].get<std::string>().c_str(),
                x["zone"].get<std::string>().c_str(),
                x["label"].get<std::string>().c_str(),
                x["value"].get<std::string>().c_str());
}

void print(const json& x) {
  auto row = [&](const char* what, auto&& value) {
    std::printf("  %-20s %14s %14s\n", what, value(x["before"]).c_str(),
                value(x["after"]).c_str());
  };
  auto count = [](const char* key) {
    return [key](const json& side) { return side[key].dump(); };
  };
  std::printf("  %-20s %14s %14s\n", "", "before", "after");
  row("pipeline",
      [](const json& y) { return y["pipeline"].get<std::string>(); });
  row("keyframes", count("keyframes"));
  row("by the backup", count("backup_frames"));
  row("bytes to the cloud", count("bytes_to_cloud"));
  row("to pay", [](const json& y) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f",
                  y["cost"]["bill"]["total"].get<double>());
    return std::string{text};
  });
  row("objects", count("objects"));
  for (auto& [label, n] : x["objects"]["labels"].items())
    std::printf("    %-18s %14s %14s\n", label.c_str(),
                n["before"].dump().c_str(), n["after"].dump().c_str());
  row("events", count("events"));
  auto& objects = x["objects"];
  std::printf("objects: %s the same, %s renamed, %s gone, %s new\n",
              objects["same"].dump().c_str(), objects["renamed"].dump().c_str(),
              objects["gone"].dump().c_str(), objects["new"].dump().c_str());
  auto& events = x["events"];
  std::printf("events: %s the same, %zu gone, %zu new\n",
              events["both"].dump().c_str(), events["gone"].size(),
              events["new"].size());
  print_events(events["gone"], '-');
  print_events(events["new"], '+');
}

caf::error write(const std::string& to, const json& report) {
  if (to == "-") {
    std::cout << as_text(report) << std::endl;
    return caf::none;
  }
  print(report);
  std::fflush(stdout);
  if (to.empty())
    return caf::none;
  std::ofstream file{to};
  file << as_text(report) << '\n';
  file.close();
  return file ? caf::error{}
              : caf::make_error(ec::io,
                                "failed to write " + to + "; check the folder");
}

caf::error replay(command_line& line) {
  scratch_folder folder;
  auto x = read_request(line, folder.path);
  if (!x)
    return std::move(x.error());
  auto before = run_to_its_end(x->before);
  if (!before)
    return std::move(before.error());
  auto after = run_to_its_end(x->after);
  if (!after)
    return std::move(after.error());
  return write(x->report, report_of(*x, *before, *after));
}

} // namespace

int replay_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    return 0;
  }
  auto err = replay(line);
  return err ? complain("vpaas replay", err) : 0;
}

} // namespace vpaas
