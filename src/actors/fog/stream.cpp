#include "actors/fog/stream.hpp"

#include "actors/functions/result_functions.hpp"

#include <initializer_list>
#include <utility>

namespace vpaas {

namespace {

/// A child that gets the parameters with these names, its own or the stream's.
child_spec part(const std::string& kind, const json& all,
                std::initializer_list<const char*> keys,
                const std::string& name = "") {
  child_spec result;
  result.kind = kind;
  result.name = name.empty() ? kind : name;
  auto mine = json::object();
  for (auto* key : keys)
    mine[key] = all.at(key);
  result.parameters = document{std::move(mine)};
  return result;
}

/// What its results go through, if anything.
child_spec result_functions_of(const json& all) {
  auto result = part(result_functions::name, all,
                     {"functions", "tracker", "track_start", "track_keep"});
  if (!all.at("functions").empty()) { // Lua may take its time
    result.detached = true;
    result.stall_after = usual_stall;
  }
  return result;
}

} // namespace

parameter_specs stream_parameters(const std::string& spool) {
  parameter_specs result{
    text("source", "", "file, address or device of a camera that runs here"),
    text("camera", "", "instead: NODE:NAME of a camera of a joined client"),
    text("format", "", "FFmpeg's name of the input format; empty: guessed"),
    choice("rtsp", {"tcp", "udp"}, "how RTSP carries packets"),
    flag("real_time", false, "read a file no faster than it plays"),
    flag("loop", false, "begin a file again at its end"),
    duration("open_timeout", "10s", 0.1, 600, "for opening the source"),
    duration("stall_timeout", "5s", 0.1, 600,
             "without a picture: opened again; more where the camera is slow"),
    text("pipeline", "high_low", "without a policy, and where it fails"),
    text("parameters", "", "of the pipeline, as \"low=30 high=22\""),
    text("policy", "", "Lua file with decide(state); empty: the pipeline"),
    integer("qp", -1, -1, 51,
            "of the copy for the cloud; -1: the pipeline's (36, VI-B)"),
    number("scale", 0, 0, 1, "of its sides; 0: the pipeline's (0.8, VI-B)"),
    integer("every", 15, 1, 1e6, "a keyframe is one of so many (VI-B)"),
    integer("chunk_frames", 15, 1, 1000, "keyframes of a chunk (VI-B)"),
    duration("max_chunk_time", "10s", 0.001, 3600, "after which it closes"),
    choice("transport", {"streamed", "whole"}, "when its frames leave"),
    number("hint_score", -1, -1, 1,
           "from here on a region's hint is its name; -1: the pipeline's"),
    integer("in_flight", 48, 1, 1e6, "keyframes without an answer, at most"),
    duration("deadline", "10s", 0.01, 3600, "of the cloud's answer"),
    duration("live_deadline", "1s", 0.01, 3600,
             "of a live source: not less; more where the cloud is slow"),
    duration("settle", "2s", 0, 3600,
             "how long a cloud that is back must answer before it is used"),
    duration("stable", "60s", 0, 86400,
             "an outage sooner after a return doubles the next settling"),
    integer("backup_queue", 4, 1, 1e6,
            "live keyframes that wait for the backup; what is more is skipped"),
    choice("corrections", {"catch_up", "late", "none"},
           "of the backup's results: all, by late answers, or none"),
    duration("correct_age", "10min", 0, 1e9, "older results stay as they are"),
    size("inline_bytes", "32KiB", 0, 65536, "larger parts go in slices"),
    size("pixel_memory", "256MiB", 1 << 20, 1e12,
         "for keyframes without an answer; more are decoded again"),
    size("segment_memory", "64MiB", 1 << 20, 1e12,
         "for what these are decoded from again"),
    text("cloud", "cloud_link", "name of the link to the cloud"),
    text("classifier", "classifier", "who names regions; empty: nobody"),
    text("backup", "backup_detector", "who answers without the cloud"),
    text("results", "results", "who takes the results"),
    text("spool", spool, "who keeps segments on disk until they are answered"),
    text("events", "ledger", "who keeps what functions raise; empty: nobody"),
  };
  for (auto& x : result_functions::spec().parameters)
    result.push_back(x);
  return result;
}

child_spec stream_tree(const child_spec& spec) {
  auto all = spec.parameters.value();
  all["stream"] = spec.name;
  child_spec result;
  result.name = spec.name;
  result.kind = supervisor_kind;
  result.restart = spec.restart;
  if (all.at("camera") == "") {
    all["camera"] = "";
    result.children.push_back(
      part("camera", all,
           {"source", "stream", "format", "rtsp", "real_time", "loop",
            "open_timeout", "stall_timeout"}));
  }
  // Half of the pixels each: most that the decoder holds, the coordinator
  // holds as well.
  all["pixel_memory"] = all.at("pixel_memory").get<uint64_t>() / 2;
  auto decoder = {"every", "pixel_memory", "segment_memory"};
  result.children.push_back(part("decoder", all, decoder));
  if (all.at("spool") != "")
    result.children.push_back(part("decoder", all, decoder, "revisit"));
  result.children.push_back(
    part("encoder", all, {"chunk_frames", "max_chunk_time", "transport"}));
  for (auto& x : result.children)
    if (x.kind != "camera") { // codecs block
      x.detached = true;
      x.stall_after = usual_stall;
    }
  if (all.at("tracker") == true || !all.at("functions").empty())
    result.children.push_back(result_functions_of(all));
  result.children.push_back(
    part("coordinator", all,
         {"stream",      "camera",       "pipeline",     "policy",
          "parameters",  "qp",           "scale",        "every",
          "hint_score",  "in_flight",    "deadline",     "live_deadline",
          "settle",      "stable",       "backup_queue", "corrections",
          "correct_age", "inline_bytes", "cloud",        "classifier",
          "backup",      "results",      "spool",        "pixel_memory",
          "functions",   "tracker",      "events",       "max_chunk_time"}));
  return result;
}

} // namespace vpaas
