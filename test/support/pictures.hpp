#pragma once

#include "runtime/nn/image_input.hpp"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace vpaas::test {

/// Frame `index` of a clip of ../shared/videos; nothing where it is absent.
inline std::optional<cv::Mat> clip_frame(const std::string& clip, int index) {
  auto path = "../shared/videos/" + clip;
  if (!std::filesystem::exists(path))
    return {};
  cv::VideoCapture video{path};
  cv::Mat frame;
  for (int i = 0; i <= index; ++i)
    if (!video.read(frame))
      return {};
  return frame;
}

inline bgr_image view(const cv::Mat& x) {
  return {x.data, x.cols, x.rows, x.step};
}

} // namespace vpaas::test
