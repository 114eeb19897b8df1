#pragma once

#include "actors/functions/classifier.hpp"
#include "actors/functions/detector.hpp"
#include "actors/functions/second_look.hpp"
#include "actors/functions/super_resolver.hpp"
#include "actors/learning/crop_outlet.hpp"
#include "runtime/node/actor_kind.hpp"
#include "runtime/node/settings.hpp"
#include "runtime/registry_records.hpp"

#include <memory>

namespace vpaas {

// What each node binary can host; a link needs to know the network.

/// What functions that run networks are given.
struct network_worlds {
  detector_world detectors;
  detector_world backups;
  classifier_world classifiers;
  super_resolver_world super_resolvers;
  detector_world second_looks{};  ///< at items with `regions`
  std::function<json()> models{}; ///< a list of cards
  std::function<caf::error(const one_vs_all&, const std::string&)>
    write_heads{};
  /// See `model_cache_config`.
  std::function<caf::error(const artifact&, const std::string& folder)>
    install{};
};

/// Where a node keeps the models that a backend sent it, below its folder.
constexpr const char* model_folder = "models";

using artifact_check
  = std::function<caf::error(const artifact&, const std::vector<artifact>&)>;

actor_kinds client_kinds(const settings& config);

actor_kinds fog_kinds(const settings& config, const network_worlds& networks);

actor_kinds cloud_kinds(const settings& config, const network_worlds& networks);

/// @param models a list of cards
/// @param check what is wrong with what somebody registers
actor_kinds backend_kinds(const settings& config,
                          const std::function<json()>& models,
                          const artifact_check& check = {});

/// Who may log in, what runs, and page and API: where a node has a gateway.
actor_kinds control_kinds(const settings& config,
                          const std::function<json()>& models);

/// What keeps the crops that a classifier was not sure of: part of the fog's.
actor_kind collector_kind(const settings& config,
                          const network_worlds& networks,
                          const std::shared_ptr<crop_outlet>& from);

/// What asks people, and makes heads of what they say: beside a gateway.
actor_kinds learning_kinds(const settings& config);

/// What can be deployed, and who sees to it: the backend's.
actor_kinds deployment_kinds(const settings& config,
                             const artifact_check& check);

/// What takes chunks to answers: part of the cloud's.
actor_kinds analysis_kinds(const network_worlds& networks);

/// What takes the segments of cameras to results: part of the fog's.
actor_kinds stream_kinds(const settings& config);

/// What keeps results and hands them on, and keeps segments: the same.
actor_kinds result_kinds(const settings& config);

/// All of the above in one process.
actor_kinds all_kinds(const settings& config, const network_worlds& networks);

} // namespace vpaas
