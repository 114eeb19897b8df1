#pragma once

#include "runtime/registry_records.hpp"
#include "runtime/store/database.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What can be deployed and what shall run, in the database of the data store.
/// Blocks; one caller at a time. All return ec::io where the database fails,
/// after which it may be used again.
class registry_store {
public:
  /// @returns also ec::bad_config where a newer version made it, ec::bad_input
  /// where it is damaged
  static caf::expected<registry_store> open(const database_config& cfg);

  registry_store(registry_store&&) noexcept;

  registry_store& operator=(registry_store&&) noexcept;

  ~registry_store();

  /// By kind, name and version.
  caf::expected<std::vector<artifact>> artifacts();

  /// @param reference "face@2", or "face": its newest version
  caf::expected<std::optional<artifact>> find(artifact_kind kind,
                                              const std::string& reference);

  /// Its id, version and digest are given here. @returns it as it is kept; the
  /// newest version, where that is the same
  caf::expected<artifact> add(artifact x);

  /// @returns whether there was one
  caf::expected<bool> remove_artifact(const std::string& id);

  /// Those that hold, one for each target, function and parameter.
  caf::expected<std::vector<deployment>> deployments();

  /// Its id is given here. Nothing changes where it holds already.
  caf::error deploy(const deployment& x);

  /// The one before holds again, if there is one. @returns the one that held
  caf::expected<std::optional<deployment>> withdraw(const deployment& like);

  caf::expected<std::vector<desired_stream>> streams();

  /// In place of one with the same id.
  caf::error keep(const desired_stream& x);

  /// @returns whether there was one
  caf::expected<bool> forget_stream(const std::string& id);

  caf::expected<std::vector<assignment>> assignments();

  /// In place of one with the same id.
  caf::error keep(const assignment& x);

  /// @returns whether there was one
  caf::expected<bool> forget_assignment(const std::string& id);

  /// The newest; one without a profile where there is none.
  caf::expected<profile_switch> profile();

  /// Its id is given here.
  caf::error keep(const profile_switch& x);

private:
  struct impl;

  explicit registry_store(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace vpaas
