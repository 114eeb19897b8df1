#pragma once

#include "runtime/document.hpp"
#include "runtime/pipeline/plan.hpp"
#include "runtime/policy/stream_policy.hpp"

#include <caf/error.hpp>
#include <caf/result.hpp>

#include <string>

namespace vpaas {

struct coordinator_state;
struct coordinator_config;

/// What a stream is taken through: its own pipeline and policy, as it was
/// started with them or told since, or what it is assigned until it is assigned
/// something else, or nothing. Changes hold from the next chunk on.
class pipeline_choice {
public:
  explicit pipeline_choice(coordinator_state& all) : all_(all) {
    // nop
  }

  /// @pre the configuration of the coordinator is valid
  void begin();

  /// Changes the stream's own pipeline and its parameters. With `assigned`, an
  /// object of `name` and the text of a `policy` or a `pipeline`, assigns that;
  /// null takes it back.
  /// @returns the parameters of its own, `pipeline`, and, where something is
  ///          assigned, its name as `assigned`; ec::bad_config
  caf::result<document> configure(const document& x);

  /// The plan for what comes now; the usual one where it cannot be had.
  plan_ptr decide();

  /// What is done without a policy, and where it fails.
  const plan_ptr& usual() const {
    return usual_;
  }

  /// Name of what is assigned; empty: nothing is.
  const std::string& assigned() const {
    return assigned_;
  }

private:
  caf::error change(const json& x);

  caf::error assign(const json& x);

  caf::error refuse(const caf::error& cause) const;

  stream_state seen() const;

  coordinator_state& all_;
  decision own_;
  stream_rule own_policy_;
  plan_ptr own_plan_, usual_;
  std::string assigned_;
};

} // namespace vpaas
