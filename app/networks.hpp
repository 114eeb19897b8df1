#pragma once

#include "kinds.hpp"
#include "runtime/node/settings.hpp"

namespace vpaas {

/// What actors that run networks are given: the models of the zoo that the
/// configuration names (`zoo.path`), and the step from decoded frames to
/// network inputs. Detectors take items with `keyframes`, classifiers with
/// `regions`. A detector called `null` is none.
network_worlds networks_of(const settings& config);

/// Whether the files of the networks and heads that a child of a topology
/// names are here. @returns ec::not_found, ec::model_missing
caf::error find_networks(const settings& config, const child_spec& child);

} // namespace vpaas
