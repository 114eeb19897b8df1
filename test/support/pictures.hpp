#pragma once

#include "runtime/nn/image_input.hpp"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>

#include <cstdlib>
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

/// A folder of its own for one test; gone with it.
struct temporary_folder {
  temporary_folder() {
    std::string name = "/tmp/vpaas-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("no temporary folder");
    path = name;
  }

  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  std::string operator/(const std::string& name) const {
    return path + "/" + name;
  }

  std::string path;
};

} // namespace vpaas::test
