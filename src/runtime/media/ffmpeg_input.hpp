#pragma once

#include "runtime/media/packet_input.hpp"

namespace vpaas {

/// Opens what FFmpeg can: a file, an address or a device.
caf::expected<std::unique_ptr<packet_input>> open_ffmpeg(source_config config,
                                                         cancel_flag cancel);

} // namespace vpaas
