#pragma once

// How a running system is looked into: what every actor and every node answers.

#include "runtime/document.hpp"
#include "runtime/fields.hpp"

#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// What every actor answers to `status`. `details` holds the fields of the
/// actor's own status struct; make one with `report` (messages/report.hpp).
struct status_report {
  std::string kind;     ///< of actor: "cloud_link"
  std::string state;    ///< one word: "ready", "connecting", ...
  uint64_t mailbox = 0; ///< messages that wait
  document details;

  static constexpr auto type_name = "status_report";

  static constexpr auto fields() {
    using self = status_report;
    return std::make_tuple(
      field("kind", &self::kind), field("state", &self::state),
      field("mailbox", &self::mailbox), field("details", &self::details));
  }
};

/// A node as it introduces itself.
struct node_info {
  std::string name;    ///< "fog-1", unique in the system
  std::string tier;    ///< client, fog, cloud or backend
  std::string address; ///< host:port where it listens
  std::string version;
  uint64_t incarnation = 0; ///< differs after each start of the process
  uint32_t pid = 0;
  caf::timestamp started;

  static constexpr auto type_name = "node_info";

  static constexpr auto fields() {
    using self = node_info;
    return std::make_tuple(
      field("name", &self::name), field("tier", &self::tier),
      field("address", &self::address), field("version", &self::version),
      field("incarnation", &self::incarnation), field("pid", &self::pid),
      field("started", &self::started));
  }
};

/// One line of a node's supervision tree, parents before children.
struct tree_entry {
  std::string path; ///< logical name from the root: "cameras/cam-1"
  std::string kind;
  std::string state; ///< starting, ready, waiting, stopping, stopped, silent
  std::string node;  ///< where it runs, empty: here
  bool detached = false;
  uint64_t restarts = 0;
  std::string reason; ///< of the last restart
  uint64_t mailbox = 0;
  caf::timespan uptime{0};

  static constexpr auto type_name = "tree_entry";

  static constexpr auto fields() {
    using self = tree_entry;
    return std::make_tuple(
      field("path", &self::path), field("kind", &self::kind),
      field("state", &self::state), field("node", &self::node),
      field("detached", &self::detached), field("restarts", &self::restarts),
      field("reason", &self::reason), field("mailbox", &self::mailbox),
      field("uptime", &self::uptime));
  }
};

} // namespace vpaas
