#include "runtime/evaluation/frame_enlarger.hpp"

#include "runtime/error.hpp"
#include "runtime/media/rgb_frame.hpp"

#include <string>
#include <utility>

namespace vpaas {

caf::expected<frame_enlarger>
frame_enlarger::load(const located_model& model, const load_options& options) {
  if (model.card.task != model_task::super_resolve)
    return caf::make_error(ec::bad_config,
                           "failed to enlarge with " + model.card.name
                             + ": it is made to " + to_string(model.card.task)
                             + "; name a model that super-resolves");
  auto net = load_network(model, options);
  if (!net)
    return std::move(net.error());
  return frame_enlarger{model.card, std::move(*net)};
}

caf::expected<frame> frame_enlarger::enlarge(const frame& x) {
  if (!x)
    return caf::make_error(ec::bad_input, "failed to enlarge a frame: it is "
                                          "empty; send decoded frames");
  if (!input_ || x.width() != width_ || x.height() != height_) {
    auto how = card_.input; // the network takes any size
    how.width = width_ = x.width();
    how.height = height_ = x.height();
    how.letterbox = false;
    input_.emplace(how);
  }
  input_->begin(1);
  input_->add(x);
  auto out = net_->run(input_->batch());
  if (!out)
    return std::move(out.error());
  auto& y = out->front();
  if (y.shape.size() != 4 || y.shape[0] != 1 || y.shape[3] != 3)
    return caf::make_error(ec::inference,
                           "failed to enlarge with " + card_.name
                             + ": it answers no picture; check its card");
  return from_rgb(y.data, int(y.shape[2]), int(y.shape[1]), x.info());
}

} // namespace vpaas
