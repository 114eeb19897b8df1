#pragma once

#include "runtime/pipeline/run.hpp"

#include "support/pipelines.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vpaas::test {

using numbers = std::vector<uint64_t>;

inline piece_ptr piece_of(std::string kind, numbers frames,
                          numbers nothing = {}) {
  return std::make_shared<piece>(
    piece{std::move(kind), std::move(frames), std::move(nothing), {}});
}

inline pieces_arrived arrive(const numbers& frames) {
  pieces_arrived result;
  for (auto x : frames)
    result.frames.push_back(piece_of("keyframes", {x}));
  return result;
}

/// A run, and what it asked for.
struct run_fixture {
  explicit run_fixture(const pipeline& x = high_low())
    : run(std::make_shared<const pipeline_plan>(
      *check(x, functions_with_memory()))) {
    // nop
  }

  void on(const pipeline_event& x) {
    auto step = run.next(x);
    verdicts = step.verdicts;
    asks.clear();
    for (auto& y : step.asks) {
      auto& what = run.plan().errands[y.errand];
      asks[run.plan().stages[what.stages.front()].spec.id] = y;
    }
  }

  std::string asked() const {
    std::string result;
    for (auto& [id, x] : asks) {
      result += (result.empty() ? "" : " ") + id + ":";
      for (auto frame : x.frames)
        result += std::to_string(frame) + ",";
    }
    return result;
  }

  void answer(const std::string& stage, const piece_ptr& x) {
    stage_answered event;
    event.ask = last.at(stage).id;
    event.made.emplace_back("", x);
    on(event);
  }

  void note() {
    for (auto& [id, x] : asks)
      last[id] = x;
  }

  /// As far as the cloud, a part of a chunk for each keyframe.
  void until_cloud(const numbers& frames) {
    on(arrive(frames));
    note();
    answer("copy", piece_of("chunk", frames));
    note();
  }

  pipeline_run run;
  std::map<std::string, pipeline_ask> asks; ///< of the last step
  std::map<std::string, pipeline_ask> last;
  std::vector<verdict> verdicts;
};

} // namespace vpaas::test
