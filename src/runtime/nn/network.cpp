#include "runtime/nn/network.hpp"

#include "runtime/error.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

/// The size of the first run. Any size serves that the network takes.
input_batch grey_image(const card_input& in) {
  input_batch result;
  result.resize(1, in.height, in.width);
  for (size_t i = 0; i < result.values.size(); ++i)
    result.values[i] = (128 - in.mean[i % 3]) / in.std[i % 3];
  result.content
    = {{0, 0, static_cast<float>(in.width), static_cast<float>(in.height)}};
  return result;
}

/// Runs a network that takes few images a call on as many as come.
class split_network : public network {
public:
  split_network(network_ptr inner, int most)
    : inner_(std::move(inner)), most_(most) {
    // nop
  }

  caf::expected<std::vector<tensor>> run(const input_batch& in) override {
    if (in.images <= most_)
      return inner_->run(in);
    std::vector<joined> all;
    for (int first = 0; first < in.images; first += most_) {
      auto n = std::min(most_, in.images - first);
      part_.resize(n, in.height, in.width);
      auto from = in.values.begin() + ptrdiff_t(first) * image_size(in);
      std::copy(from, from + ptrdiff_t(n) * image_size(in),
                part_.values.begin());
      std::copy_n(in.content.begin() + first, n, part_.content.begin());
      auto outputs = inner_->run(part_);
      if (!outputs)
        return outputs;
      for (auto& x : *outputs)
        if (x.shape.empty() || x.shape[0] != n)
          return caf::make_error(ec::inference,
                                 "failed to join the outputs of a network: one "
                                 "has no axis of images; set max_batch = 0 in "
                                 "its card's [input]");
      all.resize(outputs->size());
      for (size_t i = 0; i < all.size(); ++i)
        all[i].add((*outputs)[i]);
    }
    std::vector<tensor> result;
    result.reserve(all.size());
    for (auto& x : all)
      result.push_back(std::move(x).finish());
    return result;
  }

  std::vector<yolo_head> heads() const override {
    return inner_->heads();
  }

private:
  /// One output of several calls, one after the other along the first axis.
  struct joined {
    std::vector<int64_t> shape;
    std::vector<float> values;

    void add(const tensor& x) {
      auto images = shape.empty() ? 0 : shape[0];
      shape = x.shape;
      shape[0] += images;
      values.insert(values.end(), x.data, x.data + x.size());
    }

    tensor finish() && {
      auto kept = std::make_shared<std::vector<float>>(std::move(values));
      auto data = kept->data();
      return {std::move(shape), data, std::move(kept)};
    }
  };

  static ptrdiff_t image_size(const input_batch& in) {
    return ptrdiff_t(in.height) * in.width * in.channels;
  }

  network_ptr inner_;
  int most_;
  input_batch part_;
};

caf::error check_finite(const std::vector<tensor>& outputs,
                        const std::string& name) {
  for (size_t i = 0; i < outputs.size(); ++i)
    for (size_t k = 0; k < outputs[i].size(); ++k)
      if (!std::isfinite(outputs[i].data[k]))
        return caf::make_error(ec::bad_input,
                               "failed to load model " + name + ": output "
                                 + std::to_string(i)
                                 + " of a grey frame holds numbers that are "
                                   "none; its weights are damaged, pull them "
                                   "again");
  return caf::none;
}

} // namespace

void input_batch::resize(int n, int h, int w) {
  images = n;
  height = h;
  width = w;
  values.resize(size_t(n) * size_t(h) * size_t(w) * size_t(channels));
  content.resize(size_t(n));
}

size_t tensor::size() const {
  size_t result = 1;
  for (auto n : shape)
    result *= size_t(n);
  return result;
}

load_options options_for(const model_card& card, const std::string& device,
                         int threads) {
  load_options result{device, threads, card.type};
#if defined(__x86_64__)
  if (device == "cpu" && !__builtin_cpu_supports("avx512bw"))
    result.type = number_type::fp32;
#endif
  return result;
}

caf::expected<network_ptr> load_network(const located_model& model,
                                        const load_options& options) {
  auto result = model.card.engine == model_engine::torch
                  ? load_torch(model, options)
                  : load_opencv(model, options);
  if (!result)
    return result;
  auto outputs = (*result)->run(grey_image(model.card.input));
  if (!outputs)
    return outputs.error();
  if (auto e = check_finite(*outputs, model.card.name))
    return e;
  if (auto most = model.card.input.max_batch; most > 0)
    return network_ptr{
      std::make_unique<split_network>(std::move(*result), most)};
  return result;
}

} // namespace vpaas
