// vpaas run: takes one camera through a pipeline of real nodes and reports.

#include "actors/fog/stream.hpp"
#include "run_models.hpp"
#include "run_request.hpp"
#include "runtime/media/synthetic.hpp"
#include "verbs.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas run --camera=SOURCE [--pipeline=NAME|FILE.lua]\n"
    "                 [--nodes=one|four] [--against=truth|MODEL] "
    "[--report=FILE]\n\n"
    "Starts nodes on this machine, takes the camera to its end, and reports "
    "what was\nfound, what it cost and how long it took.\n\n"
    "  --camera=SOURCE      file, address, or synthetic://street?seed=1&...\n"
    "  --pipeline=X         one of vpaas pipeline list, or a Lua file "
    "(high_low)\n"
    "  --nodes=one|four     one process, or client, fog, cloud and backend "
    "(one)\n"
    "  --wan=MBIT[,MS]      of four, the cloud behind a link of this rate and "
    "this delay\n"
    "                       each way (20); needs root\n";

constexpr const char* help_after_models
  = "  --against=X          truth, or a model on the original frames\n"
    "  --truth=FILE         what is there (vpaas truth formats): read where it "
    "is,\n"
    "                       else written with what the model says\n"
    "  --groups=GROUPS      labels, road, or as vpaas eval (labels)\n"
    "  --score-from=F       leave out this share of the keyframes (0)\n"
    "  --report=FILE        JSON; - is standard output\n"
    "  --results=FILE       every result as a line of JSON\n"
    "  --events=FILE        what --functions raise, the same\n"
    "  --draw=FILE.mp4      keyframes with boxes: green by the cloud, orange\n"
    "                       by the fog, red by the backup\n"
    "  --threads=N --max_batch=N --type=card|fp32|bf16  of the detector\n"
    "  --price.frame=P --price.gb=P --price.worker_second=P  what the cloud "
    "costs\n"
    "                       ([price] of config/vpaas.ini)\n"
    "  --zoo.path=DIR       searched first for models\n"
    "  --KEY=VALUE          of the stream:\n";

/// With what the backup answered where the pipeline did not want it.
void print_f1(const json& x, bool by_fog) {
  std::printf("  F1 %.3f (precision %.3f, recall %.3f) against %s",
              x["value"].get<double>(), x["precision"].get<double>(),
              x["recall"].get<double>(),
              x["against"].get<std::string>().c_str());
  auto by_backup = x["by_backup"].get<unsigned long long>();
  if (by_backup > 0 && !by_fog)
    std::printf("; %llu of %llu keyframes by the backup", by_backup,
                x["keyframes"].get<unsigned long long>());
  std::puts("");
}

void print(const json& x) {
  std::printf(
    "%llu keyframes in %.1f s (%s)\n", x["keyframes"].get<unsigned long long>(),
    x["seconds"].get<double>(), x["pipeline"].get<std::string>().c_str());
  auto kb = [&](const char* key) { return x[key].get<double>() / 1e3; };
  std::printf("  to the cloud    %9.1f kB of %.1f kB (%.1f %%)\n",
              kb("bytes_to_cloud"), kb("bytes_original"),
              100 * kb("bytes_to_cloud")
                / std::max(1e-9, kb("bytes_original")));
  std::printf("  from the cloud  %9.1f kB\n", kb("bytes_from_cloud"));
  auto n = [&](const char* key) { return x[key].get<unsigned long long>(); };
  std::printf("  named by cloud %llu, located only %llu, of them named by fog "
              "%llu; frames by backup %llu\n",
              n("labels_cloud"), n("regions"), n("labels_fog"),
              n("backup_frames"));
  std::printf("  lost %llu, twice %llu\n", n("lost"), n("duplicates"));
  auto& cost = x["cost"];
  std::printf("  cloud frames    %llu (%.2f a keyframe), %.4f to pay\n",
              n("cloud_frames"), cost["billed_per_keyframe"].get<double>(),
              cost["bill"]["total"].get<double>());
  if (x.contains("f1"))
    print_f1(x["f1"], x["pipeline"] == "fog_only");
  if (x.contains("tracking"))
    std::printf("  tracks          MOTA %.3f, IDF1 %.3f\n",
                x["tracking"]["mota"].get<double>(),
                x["tracking"]["idf1"].get<double>());
  for (auto* key : {"freshness_ms", "processing_ms"})
    std::printf("  %-14s p50 %.0f, p95 %.0f, p99 %.0f\n", key,
                x[key]["p50"].get<double>(), x[key]["p95"].get<double>(),
                x[key]["p99"].get<double>());
}

/// The camera's pictures once more, for what needs them.
caf::expected<recording> video_of(const run_request& x) {
  source_config source;
  source.url = x.camera;
  return record(source);
}

/// Adds F1 against the truth or a model to the report.
caf::error add_score(const run_request& x, const run_outcome& out,
                     json& report) {
  if (x.truth.against.empty())
    return caf::none;
  std::vector<uint64_t> frames;
  for (auto& y : out.results)
    frames.push_back(y.frame);
  auto truth = x.truth.find(x.camera, frames, x.plan,
                            x.stream.value("every", uint64_t{15}));
  if (!truth)
    return std::move(truth.error());
  auto f1 = score(out, *truth, x.groups, x.score_from);
  if (!f1)
    return std::move(f1.error());
  (*f1)["against"] = x.truth.against;
  report["f1"] = *f1;
  if (x.truth.against != "truth" || !is_synthetic(x.camera)
      || !x.stream.value("tracker", true))
    return caf::none;
  auto tracks = score_tracks(out, x.camera);
  if (!tracks)
    return std::move(tracks.error());
  report["tracking"] = *tracks;
  return caf::none;
}

caf::error write(const run_request& x, const json& report) {
  if (x.report == "-") {
    std::cout << as_text(report) << std::endl;
    return caf::none;
  }
  print(report);
  std::fflush(stdout);
  if (x.report.empty())
    return caf::none;
  std::ofstream file{x.report};
  file << as_text(report) << '\n';
  file.close();
  return file ? caf::error{}
              : caf::make_error(ec::io, "failed to write " + x.report
                                          + "; check the folder");
}

caf::error write_events(const run_request& x, const run_outcome& out) {
  if (x.events.empty())
    return caf::none;
  std::ofstream file{x.events};
  for (auto& y : out.events)
    file << as_text(to_json_value(y), -1) << '\n';
  file.close();
  return file ? caf::error{}
              : caf::make_error(ec::io, "failed to write " + x.events
                                          + "; check the folder");
}

/// The report comes first: it holds whatever becomes of the rest.
caf::error finish(const run_request& x, const run_outcome& out) {
  auto report = report_of(out, x.prices);
  report["source"] = to_string(source_address{x.camera});
  report["pipeline"] = out.counts.pipeline;
  report["nodes"] = x.plan.four ? "four" : "one";
  auto unscored = add_score(x, out, report);
  if (auto err = write(x, report))
    return err;
  if (auto err = write_events(x, out))
    return err;
  if (unscored || x.draw.empty())
    return unscored;
  auto video = video_of(x);
  if (!video)
    return std::move(video.error());
  return draw_results(out, *video, x.stream.value("every", uint64_t{15}),
                      x.draw);
}

} // namespace

int run_pipeline_verb(command_line line) {
  constexpr const char* program = "vpaas run";
  if (line.take_flag("help")) {
    std::cout << help << models_help << help_after_models;
    for (auto& x : stream_parameters())
      std::printf("      %-15s %s (%s)\n", x.name.c_str(), x.help.c_str(),
                  default_value(x).dump().c_str());
    return 0;
  }
  auto x = read_run_request(std::move(line));
  if (!x)
    return complain(program, x.error());
  auto out = run_to_its_end(*x);
  if (!out)
    return complain(program, out.error());
  auto err = finish(*x, *out);
  if (!err && out->counts.received == 0)
    err = caf::make_error(ec::codec, "failed to find a keyframe: "
                                       + (out->camera_error.empty()
                                            ? "the camera sent no picture"
                                            : out->camera_error));
  return err ? complain(program, err) : 0;
}

} // namespace vpaas
