#pragma once

// What shall run where: what the command line, the backend and the nodes say to
// each other of it. Documents hold the structs of runtime/registry_records.hpp,
// runtime/policy/rollout.hpp and runtime/policy/assignments.hpp by their
// fields.

#include "messages/protocol.hpp"

namespace vpaas {

/// The REGISTRY of a backend: what can be deployed, and what shall run where.
using registry_actor = observable_actor::extend<
  // Whether an artifact would be kept; answers `missing`, hashes of its files
  // that are not here.
  caf::replies_to<offer_atom, document>::with<document>,
  // A file; the key's stream is its SHA-256.
  caf::reacts_to<deliver_atom, delivery>,
  // Keeps an artifact, all of whose files are here; answers it with its
  // version.
  caf::replies_to<keep_atom, document>::with<document>,
  // Kind, and "face@2" or (the newest) "face"; answers the artifact.
  caf::replies_to<find_atom, std::string, std::string>::with<document>,
  // Forgets "face@2" of a kind, unless it is deployed.
  caf::reacts_to<remove_atom, std::string, std::string>,
  // `artifacts`, all of them, without what is in them.
  caf::replies_to<fetch_atom>::with<document>,
  // `artifacts` that are deployed, `deployments` and `streams`.
  caf::replies_to<read_atom>::with<document>,
  // The bytes of a file.
  caf::replies_to<fetch_atom, std::string>::with<blob>,
  // Deploys an artifact; answers the deployment, "face" made "face@2".
  caf::replies_to<start_atom, document>::with<document>,
  // Takes back what holds of a target, function and parameter; answers what
  // holds then, nothing where that is the node's own.
  caf::replies_to<release_atom, document>::with<document>,
  // A stream shall be there, or has ended.
  caf::reacts_to<record_atom, document>,
  // A stream of a fog shall be there no more.
  caf::reacts_to<stop_atom, std::string, std::string>,
  // Streams are taken through a policy or a pipeline from now on, `assignment`;
  // answers it, "night" made "night@2".
  caf::replies_to<apply_atom, document>::with<document>,
  // They are no more: pattern of the streams, timetable, and (none: always)
  // profile.
  caf::reacts_to<cancel_atom, std::string, std::string>,
  caf::reacts_to<cancel_atom, std::string, std::string, std::string>,
  // Switches a profile on in place of any other, or all off: `profile_switch`;
  // answers it.
  caf::replies_to<configure_atom, document>::with<document>>;

/// The MODEL CACHE of a fog or cloud: takes care that functions run what they
/// shall.
using model_cache_actor = observable_actor::extend<
  // All that shall be, `desired_state`; answers what is, `reported_state`.
  caf::replies_to<apply_atom, document>::with<document>,
  // A file; the key's stream is its SHA-256.
  caf::reacts_to<deliver_atom, delivery>>;

/// The POLICY CACHE of a fog: takes care that streams are taken through what
/// they are assigned.
using policy_cache_actor = observable_actor::extend<
  // All that is assigned, `desired_choices`; answers what is,
  // `reported_choices`.
  caf::replies_to<apply_atom, document>::with<document>>;

/// Sends blobs to the bulk receiver of a node.
using file_sender_actor = observable_actor::extend<
  // As a link does.
  caf::reacts_to<transfer_atom, transfer_offer, blob, caf::timespan>>;

constexpr const char* registry_name = "registry";
constexpr const char* model_cache_name = "model_cache";
constexpr const char* policy_cache_name = "policy_cache";

} // namespace vpaas
