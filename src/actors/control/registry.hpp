#pragma once

#include "actors/control/stream_desk.hpp"
#include "messages/deployment.hpp"
#include "runtime/store/file_store.hpp"
#include "runtime/store/registry_store.hpp"
#include "runtime/store/sealer.hpp"

#include <caf/all.hpp>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

/// The REGISTRY [III-B]: models, heads and scripts by name and version, their
/// files by hash, what is deployed where, and which streams shall be there.
/// Where database or disk fail a request is answered with why, and the next
/// tries again. Who deploys what is checked here; whether a model is any good
/// says the node that is to run it. Blocks: spawn detached.
struct registry_config {
  database_config database;
  std::string folder;           ///< of files; its key beside it, in FOLDER.key
  uint64_t quota = 16ull << 30; ///< bytes of them
  std::function<caf::timestamp()> clock = caf::make_timestamp;
  /// What is wrong with the content of an artifact, beside these functions that
  /// are registered; empty: nothing is looked at.
  std::function<caf::error(const artifact&, const std::vector<artifact>&)>
    check;

  caf::error validate() const;
};

struct registry_status {
  uint64_t artifacts = 0;   ///< that were kept since the start
  uint64_t deployments = 0; ///< likewise, roll-backs too
  uint64_t files = 0;
  uint64_t bytes = 0; ///< of them
  uint64_t quota = 0;
  uint64_t failures = 0; ///< of database and disk
  std::string last_error;

  static constexpr auto type_name = "registry_status";

  static constexpr auto fields() {
    using self = registry_status;
    return std::make_tuple(
      field("artifacts", &self::artifacts),
      field("deployments", &self::deployments), field("files", &self::files),
      field("bytes", &self::bytes), field("quota", &self::quota),
      field("failures", &self::failures),
      field("last_error", &self::last_error));
  }
};

struct registry_state {
  static inline const char* name = registry_name;

  explicit registry_state(registry_actor::stateful_pointer<registry_state> self)
    : self(self), desk(*this) {
    // nop
  }

  /// @pre `!x.validate()`
  void begin(registry_config x);

  status_report status() const;

  caf::result<document> offer(const document& x);

  caf::result<void> deliver(const delivery& x);

  caf::result<document> keep(const document& x);

  caf::result<document> find(const std::string& kind, const std::string& what);

  caf::result<void> remove(const std::string& kind, const std::string& what);

  caf::result<document> list();

  caf::result<document> read();

  caf::result<blob> fetch(const std::string& sha256);

  caf::result<document> deploy(const document& x);

  caf::result<document> roll_back(const document& x);

  /// Database, folder and key, opened anew where they were not.
  caf::error open();

  /// Counts what is database's and disk's.
  template <class T>
  caf::expected<T> noted(caf::expected<T> x) {
    if (!x)
      noted(x.error());
    return x;
  }

  caf::error noted(caf::error x);

  caf::expected<artifact> found(const std::string& kind,
                                const std::string& what);

  registry_actor::stateful_pointer<registry_state> self;
  registry_config cfg;
  std::optional<registry_store> db;
  std::optional<file_store> files;
  std::optional<sealer> keys; ///< of addresses of cameras
  stream_desk desk;
  registry_status counts;

private:
  /// An artifact that may be kept.
  caf::expected<artifact> checked(const document& x);

  /// What of a target, function and parameter holds now.
  caf::expected<std::optional<deployment>> held(const deployment& like);

  caf::expected<std::vector<artifact>> functions();

  /// Hashes that some artifact needs.
  caf::expected<std::set<std::string>> needed();
};

registry_actor::behavior_type
registry(registry_actor::stateful_pointer<registry_state> self,
         registry_config cfg);

} // namespace vpaas
