#include "runtime/nn/network.hpp"

#include "runtime/error.hpp"

#include <caf/make_message.hpp>

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
  return result;
}

} // namespace vpaas
