#include "runtime/nn/backbone.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/weights.hpp"

#include <caf/make_message.hpp>

namespace vpaas {

caf::expected<backbone> backbone::load(const located_model& model,
                                       const load_options& options) {
  if (model.card.output.feature < 0)
    return caf::make_error(ec::bad_config,
                           "failed to load model " + model.card.name
                             + ": its card names no output with features; set "
                               "feature in [output]");
  auto net = load_network(model, options);
  if (!net)
    return net.error();
  return backbone{model.card, std::move(*net)};
}

caf::expected<backbone::answer> backbone::run(const input_batch& in) {
  auto outputs = net_->run(in);
  if (!outputs)
    return outputs.error();
  answer result;
  result.images = size_t(in.images);
  auto copy = [&](int output, size_t& width,
                  std::vector<float>& to) -> caf::error {
    if (output < 0)
      return caf::none;
    auto known = size_t(output) < outputs->size();
    if (!known || (*outputs)[size_t(output)].shape.size() != 2
        || (*outputs)[size_t(output)].shape[0] != in.images)
      return caf::make_error(
        ec::inference,
        "failed to read output " + std::to_string(output) + " of model "
          + card_.name + ": "
          + (known ? "it has shape " + to_text((*outputs)[size_t(output)].shape)
                   : "there are only " + std::to_string(outputs->size()))
          + "; compare its card");
    auto& x = (*outputs)[size_t(output)];
    width = size_t(x.shape[1]);
    to.assign(x.data, x.data + x.size());
    return caf::none;
  };
  auto& out = card_.output;
  if (auto e = copy(out.feature, result.dimensions, result.features))
    return e;
  if (auto e = copy(out.probability, result.classes, result.probabilities))
    return e;
  return result;
}

} // namespace vpaas
