#pragma once

// What the benchmarks must reach: one table, and how a report is judged by it.

#include "report.hpp"

#include <string>
#include <vector>

namespace vpaas::bench {

/// One number that a benchmark's report has to keep to.
struct target {
  enum class bound : uint8_t { at_most, at_least, equal };

  std::string program; ///< "outage" for bench_outage
  /// Where it stands in the report: a JSON pointer; `*` in a step stands for
  /// any text. All that it finds must do.
  std::string figure;
  bound kind;
  double value;
  std::string what; ///< with the unit
};

/// Every number that is promised. A figure that a run leaves out (`--only`, no
/// root) is shown as not measured; one that is missed is exit status 1.
inline const std::vector<target>& targets() {
  constexpr auto at_most = target::bound::at_most;
  constexpr auto at_least = target::bound::at_least;
  constexpr auto equal = target::bound::equal;
  static const std::vector<target> all{
    {"pipeline", "/framework/one_at_a_time/until_result_us/p50", at_most, 200,
     "framework of a keyframe alone, us"},
    {"pipeline", "/framework/one_at_a_time/until_result_us/p99", at_most, 1000,
     "the same, p99, us"},
    {"pipeline", "/throughput/throughput_ratio", at_least, .95,
     "throughput over the same calls in one straight loop"},
    {"pipeline_latency",
     "/mbit_*/high_low_streamed/freshness_beyond_networks_p50_ms", at_most, 300,
     "freshness beyond the networks' own time, ms"},
    {"pipeline_latency", "/mbit_*/bytes_streamed_over_whole", at_most, 1.05,
     "bytes of streamed chunks over whole ones"},
    {"gateway", "/streams/latency_ms/p99", at_most, 100,
     "1,000 results/s to 50 browsers: from published to read, p99, ms"},
    {"gateway", "/streams/short_of", equal, 0,
     "results that a browser that reads did not get"},
    {"gateway", "/streams/memory_growth", at_most, 1.05,
     "memory at the end over half-way"},
    {"viewers", "/page_of_*/core_percent_a_viewer", at_most, 2,
     "what a viewer of 720p30 costs the fog, % of a core"},
    {"viewers", "/page_of_*/least_pictures_per_s", at_least, 28,
     "pictures a second that each viewer gets"},
    {"outage", "/faults/kill/fallback_ms/max", at_most, 1000,
     "first result of the fog after a cloud was killed, ms"},
    {"outage", "/faults/freeze/fallback_ms/max", at_most, 3000,
     "first result of the fog after a cloud froze, ms"},
    {"outage", "/faults/drop/fallback_ms/max", at_most, 3000,
     "first result of the fog after packets vanished, ms"},
    {"outage", "/faults/*/back_beyond_settling_ms/p99", at_most, 2000,
     "first result of a cloud that is back, beyond settling, ms"},
    {"outage", "/faults/*/no_fallback", equal, 0, "faults without a fallback"},
    {"outage", "/faults/*/no_return", equal, 0,
     "faults after which the cloud was not used again"},
    {"outage", "/streams/*/lost", equal, 0, "keyframes lost"},
    {"outage", "/streams/*/doubled", equal, 0, "keyframes doubled"},
    {"outage_memory", "/growth_over_bound", at_most, 1,
     "memory that an outage takes over what the configuration allows"},
    {"outage_memory", "/pixels_over_bound", at_most, 1,
     "pictures that a stream holds over what it may"},
    {"outage_memory", "/lost", equal, 0, "keyframes lost"},
    {"outage_memory", "/open", equal, 0, "keyframes without an answer"},
    {"chaos", "/streams_seen/*/unaccounted", equal, 0,
     "keyframes unaccounted for"},
    {"chaos", "/streams_seen/*/open", equal, 0,
     "keyframes without an answer in the end"},
    {"chaos", "/streams_seen/*/doubled", equal, 0, "keyframes doubled"},
    {"chaos", "/streams_seen/*/numbers_reused", equal, 0,
     "keyframes under a number that was used"},
    {"chaos", "/streams_seen/*/looks_without_the_law", equal, 0,
     "looks at which the law did not hold"},
    {"chaos", "/recovery_ms/*/never", equal, 0,
     "faults after which a stream did not come back"},
    {"chaos", "/streams_seen/*/unexplained", equal, 0,
     "keyframes dropped for reasons that no fault explains"},
    {"schedules", "/failed", equal, 0, "schedules that broke a law or failed"},
    {"schedules", "/lost", equal, 0, "keyframes lost"},
    {"schedules", "/open", equal, 0, "keyframes without an answer in the end"},
    {"schedules", "/doubled", equal, 0, "keyframes doubled"},
    {"schedules", "/numbers_reused", equal, 0,
     "keyframes under a number that was used"},
    {"schedules", "/unexplained", equal, 0,
     "keyframes dropped for reasons that no fault explains"},
    {"schedules", "/looks_without_the_law", equal, 0,
     "looks at which the law did not hold"},
    {"streams", "/steady/violations", equal, 0,
     "looks at which the law did not hold"},
    {"streams", "/steady/most_frames_over_fewest", at_most, 1.05,
     "largest share of a stream over the smallest"},
    {"streams", "/churn/missing", equal, 0,
     "keyframes that removed streams left unanswered"},
    {"streams", "/churn/more_actors", at_most, 0,
     "actors that removed streams left"},
    {"streams", "/churn/more_threads", at_most, 0,
     "threads that removed streams left"},
    {"streams", "/churn/more_descriptors", at_most, 0,
     "descriptors that removed streams left"},
    {"streams", "/churn/heap_growth_kb_per_stream", at_most, 4,
     "heap that a removed stream left, kB"},
    {"supervisor", "/*restarts/growth/actors", at_most, 0,
     "actors that restarts left"},
    {"supervisor", "/*restarts/growth/threads", at_most, 1,
     "threads that restarts left"},
    {"supervisor", "/*restarts/growth/descriptors", at_most, 0,
     "descriptors that restarts left"},
    {"supervisor", "/trees/*/growth/actors", at_most, 0,
     "actors that removed trees left"},
    {"supervisor", "/trees/*/growth/threads", at_most, 0,
     "threads that removed trees left"},
    {"supervisor", "/trees/*/growth/descriptors", at_most, 0,
     "descriptors that removed trees left"},
    {"pool", "/makespan/uneven/pool_ratio_p50", at_most, 1.25,
     "time of uneven jobs over the ideal"},
    {"pool", "/makespan/every_fourth_long/pool_ratio", at_most, 1.25,
     "time of regular jobs over the ideal"},
    {"bulk", "/speed/*/intact", equal, 1, "transfers that arrived whole"},
    {"bulk", "/speed/plain/ratio_to_raw_tcp", at_least, .25,
     "bulk channel over raw TCP"},
    {"bulk", "/slow_link/share_of_rate", at_least, .85,
     "share of a slow link that bulk uses"},
    {"bulk", "/slow_link/call_p99_ms", at_most, 1000,
     "call beside bulk on a slow link, p99, ms"},
    {"bulk", "/slow_link/reconnects", equal, 0, "links that bulk broke"},
    {"bulk", "/frozen_receiver/rss_growth_bytes", at_most, 16777216,
     "memory that a frozen receiver takes, bytes"},
    {"link_faults", "/*/down/never", equal, 0,
     "lost links that were not noticed"},
    {"link_faults", "/*/up/never", equal, 0, "links that did not come back"},
    {"hostile_port", "/*/attacked/errors", equal, 0,
     "calls that failed under attack"},
    {"hostile_port", "/*/serves_newcomers", equal, 1,
     "newcomers served under attack"},
    {"hostile_matrix", "/cells/*/p99_over_quiet", at_most, 2,
     "calls of everyone else under attack over those in quiet, p99"},
    {"hostile_matrix", "/cells/*/unanswered", equal, 0,
     "calls that nobody answered"},
    {"hostile_matrix", "/cells/*/as_the_table", equal, 1,
     "attempts that ended as they must"},
    {"renewals", "/streams_seen/*/lost", equal, 0,
     "keyframes that renewals and replacements lost"},
    {"renewals", "/streams_seen/*/dropped", equal, 0, "keyframes given up"},
    {"renewals", "/streams_seen/*/numbers_reused", equal, 0,
     "keyframes under a number that was used"},
    {"renewals", "/links/*/down_over_retry", at_most, 1,
     "longest time without a link over that of an attempt"},
    {"renewals", "/newcomers_refused", equal, 0,
     "newcomers refused under renewals"},
    {"nn_speed", "/*/*/fp32_by_torchvision", at_least, 1,
     "speed in fp32 over torchvision"},
    {"nn_speed", "/*/fasterrcnn101_1024x576/bf16_by_fp32", at_least, 1.8,
     "speed of a large detector in bf16 over fp32"},
    {"nn_batching", "/*/load_*/added_ms_max", at_most, 20.5,
     "delay that batching adds, ms"},
    {"nn_batching", "/*/load_95/share_of_ideal", at_least, .8,
     "throughput of batched crops over the ideal"},
    {"nn_precision", "/*/f1_of_bf16_against_fp32", at_least, .97,
     "F1 of detections in bf16 against fp32"},
    {"hot_swaps", "/streams_seen/*/lost", equal, 0,
     "keyframes that swaps over the network lost"},
    {"hot_swaps", "/streams_seen/*/doubled", equal, 0,
     "keyframes that are kept twice"},
    {"hot_swaps", "/streams_seen/*/dropped", equal, 0,
     "keyframes given up under swaps"},
    {"hot_swaps", "/mixed", equal, 0, "results of two versions"},
    {"hot_swaps", "/wrong", equal, 0, "results of the wrong version"},
    {"hot_swaps", "/judged", at_least, 1, "results that say which it was"},
    {"hot_swaps", "/memory/*/growth_mb", at_most, 16,
     "memory grown in the second half of the swaps, MB"},
    {"backend_chaos", "/streams_seen/*/lost", equal, 0,
     "keyframes lost while a backend was killed"},
    {"backend_chaos", "/streams_seen/*/doubled", equal, 0,
     "keyframes that are kept twice"},
    {"backend_chaos", "/streams_seen/*/dropped", equal, 0,
     "keyframes given up meanwhile"},
    {"backend_chaos", "/settle_s/*/p100", at_most, 5,
     "all is as it shall be after a fault, s"},
    {"backend_chaos", "/forgotten", equal, 0, "orders that a store forgot"},
    {"backend_chaos", "/hung", equal, 0,
     "orders without an answer while a database was away"},
    {"scaling", "/seeds/*/steps/*/p95_over_unloaded", at_most, 1.5,
     "latency once a step of load has settled over the unloaded one, p95"},
    {"scaling", "/seeds/*/steps/*/turns", at_most, 2,
     "changes of direction in a step"},
    {"scaling", "/seeds/*/cost_over_oracle", at_most, 1.15,
     "seconds of workers over those of who knows the load"},
    {"scaling", "/seeds/*/warm_for_cold", equal, 0,
     "warm workers that left while others started"},
    {"placement", "/small/of_best", at_least, .9,
     "value of few streams' seats over that of the best there are"},
    {"placement", "/day/of_bound/least", at_least, .9,
     "value of all seats over what none can exceed, least of a day"},
    {"placement", "/day/us_a_decision", at_most, 200,
     "processor time of a decision among 10,000 cameras, us"},
    {"placement", "/day/memory_mb", at_most, 50,
     "memory of 10,000 cameras, MB"},
    {"placement", "/day/moved_that_were_elsewhere", equal, 0,
     "streams that a failure moved from other nodes"},
    {"placement", "/tenfold/work_ratio", at_most, 12,
     "work for ten times as many of all over that for once"},
    {"nn_swaps", "/lost", equal, 0, "frames that swaps of a model lost"},
    {"nn_swaps", "/mixed", equal, 0, "frames answered by the wrong version"},
    {"nn_swaps", "/growth_mb", at_most, 16,
     "memory grown in the second half of the swaps, MB"},
    {"media_codec", "/median_ratio/decode", at_least, .95,
     "decoding over the ffmpeg program"},
    {"media_codec", "/median_ratio/encode", at_least, .95,
     "encoding over the ffmpeg program"},
    {"media_input", "/rows/*/ratio", at_least, 1,
     "pixels for networks over OpenCV"},
    {"media_overlap", "/speed_up", at_least, 1.2,
     "decoder and encoder side by side over in turn"},
    {"media_cameras", "/rows/*/cameras", at_least, 1,
     "cameras that one core takes"},
    {"media_oddities", "/different", equal, 0,
     "valid inputs whose pictures or times are not ffmpeg's"},
    {"ledger", "/batch/100/rows_per_s", at_least, 2000,
     "rows a second in transactions of 100"},
    {"ledger", "/many/more_wait_p50_ms", at_most, 2,
     "a result's wait beside pruning over its wait alone, ms"},
    {"ledger", "/many/rows_ms", at_most, 5, "to know how many rows there are"},
    {"spool", "/bytes/50000/keep_us/p50", at_most, 2000,
     "keeping a segment of 50 kB, us"},
    {"spool", "/opening/open_ms/p50", at_most, 2000,
     "opening a folder of 10,000 segments, ms"},
    {"tracking", "/exact/mota", at_least, .98, "MOTA with the true boxes"},
    {"tracking", "/exact/idf1", at_least, .97, "IDF1 with the true boxes"},
    {"tracking", "/poor/mota", at_least, .85, "MOTA with a middling detector"},
    {"tracking", "/poor/idf1", at_least, .88, "IDF1 with a middling detector"},
    {"tracking", "/model/mota", at_least, .85, "MOTA with a real detector"},
    {"tracking", "/model/idf1", at_least, .9, "IDF1 with a real detector"},
    {"zones", "/exact/error/*", at_most, .05,
     "error of counts and stays with the true boxes"},
    {"zones", "/poor/error/*", at_most, .05,
     "error of counts and stays with a middling detector"},
    {"learning", "/drift/back_ranked_mean", at_least, .9,
     "loss by drift that 50 ranked labels bring back"},
    {"learning", "/updates/worse", equal, 0,
     "updates that name fewer held-out crops right"},
    {"learning", "/updates/class_loss_worst", at_most, .01,
     "held-out crops that a class lost in an update"},
    {"learning", "/new_class/f1_worst", at_least, .8,
     "F1 of a new class after 10 labels"},
    {"learning", "/annotators/a_fifth_wrong_gain", at_least, 0,
     "accuracy that labels bring of which a fifth is wrong"},
    {"learning", "/annotators/lost_by_cars", at_most, .02,
     "accuracy that one who says car to everything costs"},
    {"clicks", "/clicks/live_ms/p95", at_most, 1000,
     "click at the page to heads that name on a fog, p95, ms"},
    {"clicks", "/clicks/never_live", equal, 0, "clicks that changed nothing"},
    {"clicks", "/clicks/busy_over_quiet_p99", at_most, 1.1,
     "age of results while heads are made over those in quiet, p99"},
    {"worker", "/share", at_least, .9,
     "1080p keyframes through a worker over the same in process"},
    {"worker", "/same_answers", equal, 1, "answers of a worker as in process"},
    {"second_look", "/mean/with", at_least, .87,
     "mean F1 of High and Low with a second look"},
    {"second_look", "/clips/*/f1_more", at_least, -.005,
     "F1 of a clip with a second look less that without"},
    {"second_look", "/clips/*/poorer/ratio", at_most, .6,
     "bytes with a second look over those without at the same F1"},
    {"second_look", "/mean/bytes_ratio", at_most, 1,
     "bytes to the cloud with a second look over those without"},
    {"second_look", "/clips/*/with/backup_frames", equal, 0,
     "keyframes that the backup answered"},
    {"soak_rtsp_camera", "/total/lost", equal, 0,
     "keyframes lost without a count"},
  };
  return all;
}

namespace detail {

/// Whether `key` is `pattern`, in which one `*` stands for any text.
inline bool fits(const std::string& pattern, const std::string& key) {
  auto star = pattern.find('*');
  if (star == std::string::npos)
    return pattern == key;
  auto tail = pattern.size() - star - 1;
  return key.size() >= star + tail
         && key.compare(0, star, pattern, 0, star) == 0
         && key.compare(key.size() - tail, tail, pattern, star + 1, tail) == 0;
}

/// Adds the numbers at `pattern` below `x` to `out`, with where they stand.
inline void collect(const nlohmann::json& x, const std::string& pattern,
                    const std::string& where,
                    std::vector<std::pair<std::string, double>>& out) {
  if (pattern.empty()) {
    if (x.is_number() || x.is_boolean())
      out.emplace_back(where, x.is_boolean() ? double(x.get<bool>())
                                             : x.get<double>());
    return;
  }
  if (!x.is_structured())
    return;
  auto end = std::min(pattern.find('/', 1), pattern.size());
  auto step = pattern.substr(1, end - 1);
  for (const auto& [key, value] : x.items())
    if (fits(step, key))
      collect(value, pattern.substr(end), where + "/" + key, out);
}

inline bool met(const target& x, double value) {
  switch (x.kind) {
    case target::bound::at_most:
      return value <= x.value;
    case target::bound::at_least:
      return value >= x.value;
    default:
      return value == x.value;
  }
}

inline const char* sign(target::bound x) {
  return x == target::bound::at_most    ? "<="
         : x == target::bound::at_least ? ">="
                                        : "==";
}

} // namespace detail

/// Judges a report by the rows of `program`. @returns one object a target:
/// what, bound, and the worst value with where it stands and whether it is met;
/// without a value where the run did not measure it
inline nlohmann::json judge(const nlohmann::json& report,
                            const std::string& program,
                            const std::vector<target>& table = targets()) {
  auto result = nlohmann::json::array();
  for (auto& x : table) {
    if (x.program != program)
      continue;
    nlohmann::json row{{"what", x.what},
                       {"bound", std::string{detail::sign(x.kind)} + " "
                                   + nlohmann::json(x.value).dump()},
                       {"met", nullptr}};
    std::vector<std::pair<std::string, double>> found;
    detail::collect(report, x.figure, "", found);
    for (auto& [where, value] : found) {
      auto good = detail::met(x, value);
      auto worse = x.kind == target::bound::at_least
                     ? value < row.value("value", value)
                     : value > row.value("value", value);
      if (row["met"].is_null() || (row["met"] == true && !good)
          || (row["met"] == good && worse)) {
        row["value"] = value;
        row["where"] = where;
        row["met"] = good;
      }
    }
    result.push_back(row);
  }
  return result;
}

/// Prints the report of `program` with its targets. @returns the exit status:
/// 1 where it holds an "error", a target was missed, or not one was measured
inline int finish(nlohmann::json report, const std::string& program, int argc,
                  char** argv) {
  auto rows = judge(report, program);
  auto missed = report.contains("error");
  auto measured = rows.empty();
  for (auto& row : rows) {
    measured = measured || !row["met"].is_null();
    if (row["met"] != false)
      continue;
    missed = true;
    std::cerr << "bench_" << program
              << ": missed: " << row["what"].get<std::string>() << " is "
              << row["value"] << ", must be " << row["bound"].get<std::string>()
              << " (" << row["where"].get<std::string>() << ")\n";
  }
  if (!measured)
    std::cerr << "bench_" << program << ": none of its targets was measured\n";
  if (!rows.empty())
    report["targets"] = rows;
  print(report, argc, argv);
  return missed || !measured ? 1 : 0;
}

} // namespace vpaas::bench
