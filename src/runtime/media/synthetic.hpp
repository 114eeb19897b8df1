#pragma once

#include "runtime/media/packet_input.hpp"
#include "runtime/parameter.hpp"
#include "runtime/vision/street_config.hpp"

#include <memory>
#include <string>

namespace vpaas {

/// Whether `url` names a camera that is made up here.
bool is_synthetic(const source_address& url);

/// What may stand behind synthetic://street?, as key=value with & between.
parameter_specs street_parameters();

/// Reads synthetic://street?seed=7&fps=30&size=1280x720&seconds=60.
/// @returns ec::bad_config that names the key, its value and what is allowed.
caf::expected<street_config> parse_street(const source_address& url);

/// Opens a made-up street as a camera sends it: H.264 at a constant quality
/// (CRF 20), no B frames, an intra frame a second. `seconds=0` never ends and
/// runs in real time; else it is as a file, which `real_time` paces and `loop`
/// begins again.
caf::expected<std::unique_ptr<packet_input>>
open_synthetic(const source_config& config, cancel_flag cancel);

} // namespace vpaas
