#pragma once

#include "node_finder.hpp"

#include <caf/all.hpp>

#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// What a run of a pipeline starts: networks, and where things are.
struct run_plan {
  std::string detector, classifier, heads, backup; ///< names; empty: none
  std::string look;                ///< the fog's second look; empty: none
  std::vector<std::string> labels; ///< that matter to it; none: all
  bool in_real_time = false;       ///< then it gives way to others
  std::string enlarger;  ///< the cloud's super-resolution; empty: none
  std::string functions; ///< users', that the fog hosts; a blank between them
  std::string zoo_path;
  std::string folder; ///< for ledger and logs of this run
  uint32_t threads = 1;
  uint32_t max_batch = 4;
  std::string type = "card";
  bool four = false;           ///< a process for each node, else one for all
  std::string network = "lan"; ///< how patient the links of four are
  /// Of the link between fog and cloud, both directions; 0: as it is. The cloud
  /// is then behind a network namespace of its own, which needs root.
  double wan_mbit = 0;
  int wan_delay_ms = 20; ///< each direction
};

/// The nodes of one run: a client, a fog, a cloud and a backend on this
/// machine, or all in this process. They end with this object.
class run_nodes {
public:
  /// Starts them and waits until all are ready.
  /// @returns why one could not start, with the end of its log
  static caf::expected<std::unique_ptr<run_nodes>> start(const run_plan& x);

  virtual ~run_nodes() = default;

  virtual caf::actor_system& system() = 0;

  /// The node that holds streams and results.
  virtual found_node fog() = 0;

  /// The node that holds the cameras; null where that is the fog.
  virtual const found_node* client() = 0;

  /// Processes by the name of their node.
  virtual std::vector<std::pair<std::string, int>> processes() const = 0;

  /// Kills the process of the cloud, as a power cut would.
  virtual caf::error kill_cloud() = 0;

  /// Starts the cloud again where it was, and waits until it is ready.
  virtual caf::error return_cloud() = 0;
};

} // namespace vpaas
