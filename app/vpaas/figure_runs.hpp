#pragma once

#include "clip_set.hpp"
#include "figure_table.hpp"
#include "runtime/json.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// One run of vpaas run, known by its file: a system on a clip over a link.
struct figure_run {
  const clip* on;
  const compared_system* system;
  int mbit = 0; ///< 0: the link is not bounded

  std::string name() const;

  /// What vpaas run is told, without the report.
  /// @param folder where truth is kept from one run to the next
  std::vector<std::string> words(const std::string& folder) const;
};

/// What became of a run.
struct run_result {
  json report;         ///< null where there is none
  std::string problem; ///< why
  bool fresh = false;  ///< it was made now, not found
};

/// Runs in a folder: each once, whatever breaks in between.
class run_keeper {
public:
  explicit run_keeper(std::string folder) : folder_(std::move(folder)) {
    // nop
  }

  /// The report of a run, made now if it is not there.
  run_result get(const figure_run& x) const;

  /// Whether it is there.
  bool has(const figure_run& x) const;

private:
  std::string path_of(const figure_run& x, const char* ending) const;

  std::string folder_;
};

/// Starts vpaas beside this program and waits for its end.
/// @param log takes what it says
/// @returns its exit status
int run_vpaas(const std::vector<std::string>& words, const std::string& log);

} // namespace vpaas
