#pragma once

#include "runtime/media/av.hpp"

#include <vector>

namespace vpaas {

/// All that FFmpeg knows of a stream, for who writes it down as it is.
struct stream_details {
  std::unique_ptr<AVCodecParameters, av::free_at<avcodec_parameters_free>>
    parameters{av::allocated(avcodec_parameters_alloc())};
  std::vector<uint8_t> display_matrix; ///< 9 numbers of 32 bits, or nothing
};

} // namespace vpaas
