// The engine `opencv`: the only door to OpenCV's DNN module.

#include "runtime/error.hpp"
#include "runtime/nn/ini.hpp"
#include "runtime/nn/run_failure.hpp"
#include "runtime/nn/weights.hpp"

#include <caf/make_message.hpp>

#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>

namespace vpaas {

namespace {

/// OpenCV's messages name its source first; what was wrong stands behind that.
std::string cause(const std::exception& x) {
  if (auto e = dynamic_cast<const cv::Exception*>(&x))
    return e->err.substr(0, e->err.find('\n'));
  return x.what();
}

class opencv_network : public network {
public:
  opencv_network(const cv::dnn::Net& net, int threads, std::string name)
    : net_(net), outputs_(net_.getUnconnectedOutLayersNames()),
      threads_(threads), name_(std::move(name)) {
    // nop
  }

  caf::expected<std::vector<tensor>> run(const input_batch& in) override {
    try {
      cv::setNumThreads(threads_);
      pack(in);
      net_.setInput(blob_);
      std::vector<cv::Mat> found;
      net_.forward(found, outputs_);
      std::vector<tensor> result;
      result.reserve(found.size());
      for (auto& x : found)
        result.push_back(to_tensor(x, in.images));
      return result;
    } catch (const std::exception& x) {
      return run_failure(name_, in, cause(x));
    }
  }

private:
  /// OpenCV wants the channels as planes.
  void pack(const input_batch& in) {
    int shape[]{in.images, in.channels, in.height, in.width};
    blob_.create(4, shape, CV_32F);
    for (int n = 0; n < in.images; ++n) {
      cv::Mat image(in.height, in.width, CV_32FC(in.channels),
                    const_cast<float*>(in.values.data())
                      + size_t(n) * size_t(in.height) * size_t(in.width)
                          * size_t(in.channels));
      std::vector<cv::Mat> planes;
      planes.reserve(size_t(in.channels));
      for (int c = 0; c < in.channels; ++c)
        planes.emplace_back(in.height, in.width, CV_32F, blob_.ptr(n, c));
      cv::split(image, planes);
    }
  }

  static tensor to_tensor(const cv::Mat& x, int images) {
    auto kept = std::make_shared<cv::Mat>(x.clone());
    tensor result;
    result.data = kept->ptr<float>();
    for (int i = 0; i < kept->dims; ++i)
      result.shape.push_back(kept->size[i]);
    // A single image's rows come without an axis for it.
    if (images == 1 && result.shape.size() == 2 && result.shape[0] != 1)
      result.shape.insert(result.shape.begin(), 1);
    result.owner = std::move(kept);
    return result;
  }

  cv::dnn::Net net_;
  std::vector<cv::String> outputs_;
  int threads_;
  std::string name_;
  cv::Mat blob_;
};

/// Whether a head of the network leaves its objectness out: OpenCV 4.6 does not
/// answer it under new_coords, and what stands in its place is none.
bool lacks_objectness(const std::string& config) {
  auto text = read_file(config);
  if (!text)
    return false; // whoever reads the network says why
  for (auto& section : parse_ini(*text).sections)
    if (auto x = section.find("new_coords");
        section.name == "yolo" && x && x->value != "0")
      return true;
  return false;
}

cv::dnn::Net read(const located_model& model) {
  auto& weights = model.paths.at("weights");
  auto config = model.paths.find("config");
  auto second = config == model.paths.end() ? std::string{} : config->second;
  switch (model.card.built_as) {
    case architecture::onnx:
      return cv::dnn::readNetFromONNX(weights);
    case architecture::darknet:
      return cv::dnn::readNetFromDarknet(second, weights);
    case architecture::caffe:
      return cv::dnn::readNetFromCaffe(second, weights);
    default:
      return cv::dnn::readNetFromTensorflow(weights, second);
  }
}

} // namespace

caf::expected<network_ptr> load_opencv(const located_model& model,
                                       const load_options& options) {
  auto failed = [&](ec code, const std::string& why) {
    return caf::make_error(code, "failed to load model " + model.card.name
                                   + ": " + why);
  };
  if (options.device != "cpu")
    return failed(ec::bad_config,
                  "the engine opencv runs on cpu only, not " + options.device);
  if (options.type != number_type::fp32)
    return failed(ec::bad_config, "the engine opencv computes in fp32 only");
  auto config = model.paths.find("config");
  if (config != model.paths.end() && lacks_objectness(config->second))
    return failed(ec::bad_config, config->second
                                    + ": OpenCV knows no objectness under "
                                      "new_coords; use engine = torch");
  try {
    auto net = read(model);
    net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    return network_ptr{
      std::make_unique<opencv_network>(net, options.threads, model.card.name)};
  } catch (const std::exception& x) {
    return failed(ec::bad_input, model.paths.at("weights") + ": " + cause(x));
  }
}

} // namespace vpaas
