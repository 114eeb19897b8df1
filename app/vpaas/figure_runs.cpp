#include "figure_runs.hpp"

#include "command_line.hpp"
#include "figure_data.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace vpaas {

namespace {

namespace fs = std::filesystem;

/// Every system answers every keyframe by itself: nobody stands in.
const std::vector<std::string> fair{"--deadline=20s", "--live_deadline=20s"};

std::string last_line(const std::string& path) {
  std::ifstream in{path};
  std::string result;
  for (std::string x; std::getline(in, x);)
    if (!x.empty())
      result = x;
  return result.empty() ? "it said nothing" : result;
}

/// What makes the report of an unbounded link no measurement of its system;
/// empty: nothing. Parts that are sent again are paid for twice, and there only
/// a machine too busy for the run sends them again.
std::string flaw_of(const json& report) {
  auto again = report.value("asked_again", 0) + report.value("failures", 0);
  return again == 0 ? ""
                    : std::to_string(again)
                        + " parts were not answered in time and sent again: "
                          "run it while the machine is less busy";
}

json read(const std::string& path) {
  std::ifstream in{path};
  auto x = parse_json({std::istreambuf_iterator<char>{in}, {}});
  return x && x->is_object() ? *x : json{};
}

/// @returns why it could not be kept; empty: it was
std::string keep(json report, json made, const std::string& path) {
  report["made"] = std::move(made);
  auto part = path + ".part";
  std::ofstream out{part};
  out << as_text(report) << '\n';
  out.close();
  std::error_code failed;
  if (out)
    fs::rename(part, path, failed);
  return out && !failed ? "" : "failed to write " + path + "; check the folder";
}

} // namespace

std::string figure_run::name() const {
  auto link = mbit > 0 ? "." + std::to_string(mbit) + "mbit" : "";
  return on->name + "." + system->name + link;
}

std::vector<std::string> figure_run::words(const std::string& folder) const {
  std::vector<std::string> result{
    "run",
    "--camera=" + on->source,
    "--models=" + on->models,
    "--groups=" + on->groups,
    "--against=" + on->against,
    "--every=" + std::to_string(on->every),
  };
  if (!on->detector.empty())
    result.push_back("--detector=" + on->detector);
  auto truth = on->truth;
  if (truth.empty() && on->against != "truth")
    truth = folder + "/truth/" + on->name + "." + on->against + ".jsonl";
  if (!truth.empty())
    result.push_back("--truth=" + truth);
  result.insert(result.end(), fair.begin(), fair.end());
  if (!system->by_backup)
    result.push_back("--backup=");
  result.insert(result.end(), system->options.begin(), system->options.end());
  if (mbit > 0) {
    result.push_back("--nodes=four");
    result.push_back("--real_time=true");
    result.push_back("--wan=" + std::to_string(mbit) + ",20");
  }
  return result;
}

bool run_keeper::has(const figure_run& x) const {
  return !read(path_of(x, ".json")).is_null();
}

// A report is whole or not there: it is written beside, with where and when it
// was made, and renamed. One that is no measurement is run once more.
run_result run_keeper::get(const figure_run& x) const {
  run_result result;
  auto path = path_of(x, ".json");
  result.report = read(path);
  if (!result.report.is_null())
    return result;
  std::error_code failed;
  fs::create_directories(folder_ + "/runs", failed);
  fs::create_directories(folder_ + "/truth", failed);
  auto part = path + ".part";
  auto words = x.words(folder_);
  words.push_back("--report=" + part);
  result.fresh = true;
  for (auto tries = 0; tries < 2 && result.report.is_null(); ++tries) {
    auto made = made_here();
    if (run_vpaas(words, path_of(x, ".log")) != 0) {
      result.problem = last_line(path_of(x, ".log"));
      break;
    }
    auto report = read(part);
    fs::remove(part, failed);
    result.problem = x.mbit > 0 ? "" : flaw_of(report);
    if (result.problem.empty())
      result.problem = keep(std::move(report), std::move(made), path);
    result.report = read(path);
  }
  return result;
}

std::string run_keeper::path_of(const figure_run& x, const char* ending) const {
  return folder_ + "/runs/" + x.name() + ending;
}

int run_vpaas(const std::vector<std::string>& words, const std::string& log) {
  std::error_code failed;
  auto program = fs::read_symlink("/proc/self/exe", failed).string();
  std::vector<std::string> all{program};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> argv;
  argv.reserve(all.size() + 1);
  for (auto& x : all)
    argv.push_back(x.data());
  argv.push_back(nullptr);
  auto child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    auto out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                    0644);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child)
    return 127;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

} // namespace vpaas
