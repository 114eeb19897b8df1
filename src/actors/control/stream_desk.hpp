#pragma once

#include "runtime/document.hpp"
#include "runtime/registry_records.hpp"

#include <caf/expected.hpp>
#include <caf/result.hpp>

#include <string>
#include <vector>

namespace vpaas {

struct registry_state;

/// The part of a registry about streams: which shall be there, and what they
/// are taken through.
class stream_desk {
public:
  explicit stream_desk(registry_state& all) : all_(all) {
    // nop
  }

  /// Addresses that this key did not seal leave their stream out.
  caf::expected<std::vector<desired_stream>> streams();

  caf::result<void> record(const document& x);

  caf::result<void> forget(const std::string& fog, const std::string& stream);

  /// A policy, else a pipeline, of that name, unless `kind` says which.
  caf::result<document> assign(const document& x);

  caf::result<void> release(const std::string& streams, const std::string& at,
                            const std::string& profile);

  /// Switches to a profile that has assignments, or to none.
  caf::result<document> turn(const document& x);

private:
  caf::expected<artifact> script(const document& x, const assignment& wish);

  registry_state& all_;
};

} // namespace vpaas
