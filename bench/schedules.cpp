// Many short schedules of faults, each against client, fog and cloud of its
// own: processes that are killed, frozen or have a thread that hangs, links
// that drop packets, disks that are full, stores that are away, parts of all
// sizes. Whatever happens, no keyframe is lost or comes twice, and each that is
// dropped is dropped for a reason that the faults explain. A seed names a
// schedule; see bench_chaos, which runs it. Run it from the project's folder.
//
//   bench_schedules [--schedules=200] [--first=1] [--at-once=4] [--seconds=12]
//     [--keep=FOLDER] [--json]
//
// `--keep` leaves the report of each schedule in a folder. Every second
// schedule sends parts of a size that takes the bulk channel (`transfers`),
// every fourth has no backup detector. `uncertain` are keyframes that may have
// come to a process after the last look at it before it was killed. Exit status
// 1: a schedule lost or doubled a keyframe, dropped one without a reason, or
// failed.

#include "measure.hpp"
#include "support/temp_dir.hpp"
#include "targets.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

using namespace vpaas;
using nlohmann::json;

namespace {

struct wishes {
  uint64_t schedules = 200;
  uint64_t first = 1;
  uint64_t at_once = 4;
  std::string seconds;
  std::string keep;
};

wishes read_wishes(int argc, char** argv) {
  auto option = [&](const char* name, const char* fallback) {
    return bench::option(argc, argv, name, fallback);
  };
  wishes x;
  x.schedules = std::stoull(option("schedules", "200"));
  x.first = std::stoull(option("first", "1"));
  x.at_once = std::stoull(option("at-once", "4"));
  x.seconds = std::to_string(std::stod(option("seconds", "12")) / 60);
  x.keep = option("keep", "");
  return x;
}

/// A program beside this one.
std::string program(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name)
    .string();
}

/// What cameras play: one clip for small parts, one for large ones.
void record_clips(const std::string& folder) {
  for (auto* size : {"320x180", "640x360"}) {
    auto command = program("vpaas") + " record 'synthetic://street?fps=15"
                   + "&seconds=20&seed=1&size=" + size + "' --output=" + folder
                   + "/" + size + ".mp4 >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0)
      throw std::runtime_error("vpaas record does not work");
  }
}

/// What bench_chaos is told for a seed.
std::string options_of(uint64_t seed, const std::string& minutes,
                       const std::string& folder) {
  auto large = seed % 2 == 0;
  return " --json --seed=" + std::to_string(seed) + " --minutes=" + minutes
         + " --warm-up=3 --pause=1.5 --disk-mb=64"
         + " --streams=" + std::to_string(1 + seed / 2 % 2)
         + " --clip=" + folder + (large ? "/640x360.mp4" : "/320x180.mp4")
         + (large ? " --stream='{\"transport\":\"whole\",\"qp\":18,"
                    "\"chunk_frames\":4}'"
                  : "")
         + (seed % 4 == 3 ? " --backup=" : "");
}

/// What all schedules came to.
class summary {
public:
  void add(uint64_t seed, const json& x) {
    std::lock_guard<std::mutex> lock{mutex_};
    ++schedules_;
    if (x.contains("error"))
      errors_[std::to_string(seed)] = x["error"];
    if (x.contains("problems"))
      problems_ += x["problems"].size();
    for (auto& stream : part(x, "streams_seen"))
      add(stream);
    auto kinds = part(x, "recovery_ms");
    for (auto& [kind, y] : kinds.items())
      faults_[kind] += y.value("n", 0ull);
    total_["transfers"]
      += part(part(x, "counters"), "cloud_link").value("delivered", 0ull);
  }

  json tell() const {
    json result{{"schedules", schedules_},
                {"failed", errors_.size()},
                {"faults", faults_},
                {"faults_that_could_not_be_made", problems_},
                {"dropped", dropped_}};
    for (auto& [name, n] : total_)
      result[name] = n;
    if (!errors_.empty())
      result["errors"] = errors_;
    return result;
  }

private:
  static json part(const json& x, const char* name) {
    return x.value(name, json::object());
  }

  void add(const json& stream) {
    for (auto* name :
         {"received", "kept", "doubled", "numbers_reused",
          "looks_without_the_law", "uncertain", "unexplained", "open"})
      total_[name] += stream.value(name, 0ull);
    total_["lost"] += stream.value("unaccounted", 0ull);
    auto reasons = part(stream, "dropped");
    for (auto& [reason, n] : reasons.items())
      dropped_[reason] += n.get<uint64_t>();
  }

  std::mutex mutex_;
  uint64_t schedules_ = 0, problems_ = 0;
  std::map<std::string, uint64_t> total_, faults_, dropped_;
  std::map<std::string, std::string> errors_;
};

/// The report of one schedule; one that says nothing is an error.
json run_schedule(uint64_t seed, const wishes& x, const std::string& folder) {
  auto path = folder + "/" + std::to_string(seed) + ".json";
  auto command = "timeout -k 10 300 " + program("bench_chaos")
                 + options_of(seed, x.seconds, folder) + " >" + path + " 2>"
                 + path + ".log";
  auto status = std::system(command.c_str());
  std::ifstream in{path};
  auto report = json::parse(in, nullptr, false);
  if (report.is_object())
    return report;
  return {{"error", "bench_chaos said nothing and ended with status "
                      + std::to_string(status)}};
}

json run(const wishes& x, const std::string& folder) {
  summary all;
  std::atomic<uint64_t> next{x.first};
  auto work = [&] {
    for (auto seed = next++; seed < x.first + x.schedules; seed = next++)
      all.add(seed, run_schedule(seed, x, folder));
  };
  std::vector<std::thread> workers;
  for (uint64_t i = 0; i < x.at_once; ++i)
    workers.emplace_back(work);
  for (auto& worker : workers)
    worker.join();
  return all.tell();
}

} // namespace

int main(int argc, char** argv) {
  json report;
  try {
    auto x = read_wishes(argc, argv);
    test::temp_dir scratch;
    auto folder = x.keep.empty() ? scratch.path() : x.keep;
    std::filesystem::create_directories(folder);
    auto start = bench::seconds();
    record_clips(folder);
    report = run(x, folder);
    report["seconds"] = bench::seconds() - start;
  } catch (const std::exception& problem) {
    report["error"] = problem.what();
  }
  return bench::finish(report, "schedules", argc, argv);
}
