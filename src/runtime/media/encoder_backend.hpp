#pragma once

#include <string>

namespace vpaas {

/// The H.264 encoder that this machine uses, and why.
struct encoder_choice {
  std::string name;   ///< FFmpeg's: "h264_nvenc", "h264_vaapi", "libx264"
  std::string reason; ///< what the better ones said when they were opened
};

/// Opens hardware encoders once in the life of the process; the first that
/// works is the choice, else libx264. Thread-safe; the first call may take
/// tenths of a second.
const encoder_choice& best_encoder();

} // namespace vpaas
