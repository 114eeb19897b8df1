#include "runtime/nn/detection_model.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/weights.hpp"

#include <caf/make_message.hpp>

namespace vpaas {

namespace {

rows_view rows(const tensor& x, size_t image) {
  auto n = x.shape.size();
  size_t count = 1;
  for (size_t i = 1; i + 1 < n; ++i)
    count *= size_t(x.shape[i]);
  return {x.image(image), count, size_t(x.shape[n - 1])};
}

/// What is wrong with output `i`; empty where it is as wanted. -1: any size.
std::string misfit(const std::vector<tensor>& xs, size_t i,
                   const std::vector<int64_t>& wanted) {
  if (i >= xs.size())
    return "there are " + std::to_string(xs.size()) + " outputs";
  auto& got = xs[i].shape;
  auto same = got.size() == wanted.size();
  for (size_t k = 0; same && k < got.size(); ++k)
    same = wanted[k] == -1 || wanted[k] == got[k];
  return same ? ""
              : "output " + std::to_string(i) + " has shape " + to_text(got)
                  + ", the decoder needs " + to_text(wanted);
}

int64_t cells(int pixels, int stride) {
  return (pixels + stride - 1) / stride;
}

int64_t prior_rows(const card_output& out, const input_batch& in) {
  int64_t result = 0;
  for (auto& level : out.priors)
    result += cells(in.height, level.step) * cells(in.width, level.step)
              * int64_t(level.widths.size());
  return result;
}

std::string check_outputs(const model_card& card, const std::vector<tensor>& xs,
                          const std::vector<yolo_head>& heads,
                          const input_batch& in) {
  int64_t n = in.images, classes = card.output.classes;
  auto first_of = [](std::initializer_list<std::string> problems) {
    for (auto& x : problems)
      if (!x.empty())
        return x;
    return std::string{};
  };
  switch (card.output.decoder) {
    case output_decoder::nanodet: {
      nanodet_layout how{in.width, in.height, size_t(classes), 8};
      return misfit(xs, 0, {n, int64_t(how.rows()), classes + 32});
    }
    case output_decoder::yolox: {
      int64_t count = 0;
      for (auto stride : {8, 16, 32})
        count += cells(in.height, stride) * cells(in.width, stride);
      return misfit(xs, 0, {n, count, classes + 5});
    }
    case output_decoder::yolo:
      for (size_t i = 0; i < heads.size(); ++i) {
        auto& head = heads[i];
        if (auto problem
            = misfit(xs, i,
                     {n, head.grid_height, head.grid_width,
                      int64_t(head.anchors.size()) * (5 + classes)});
            !problem.empty())
          return problem;
      }
      return heads.empty() ? "the network has no yolo heads" : "";
    case output_decoder::yolo_rows: // every output is rows
      for (size_t i = 0; i < xs.size(); ++i)
        if (auto problem = misfit(xs, i, {n, -1, classes + 5});
            !problem.empty())
          return problem;
      return xs.empty() ? "there is no output" : "";
    case output_decoder::ssd: {
      auto count = prior_rows(card.output, in);
      return first_of(
        {misfit(xs, 0, {n, count, 4}), misfit(xs, 1, {n, count, classes + 1})});
    }
    case output_decoder::rcnn: {
      if (auto problem = misfit(xs, 0, {n, -1, 4}); !problem.empty())
        return problem;
      auto rows = xs[0].shape[1];
      return first_of({misfit(xs, 1, {n, rows, classes * 4}),
                       misfit(xs, 2, {n, rows, classes}),
                       misfit(xs, 3, {n, rows})});
    }
    default:
      return "the card names no decoder";
  }
}

} // namespace

caf::expected<detection_model>
detection_model::load(const located_model& model, const load_options& options,
                      network_shelf* shelf) {
  if (model.card.task != model_task::detect)
    return caf::make_error(ec::bad_config,
                           "failed to load model " + model.card.name
                             + ": its task is " + to_string(model.card.task)
                             + "; name a model whose task is detect");
  auto net = shelf ? shelf->load(model, options) : load_network(model, options);
  if (!net)
    return net.error();
  return detection_model{model.card, std::move(*net)};
}

std::vector<detection>
detection_model::decode(const std::vector<tensor>& outputs,
                        const std::vector<yolo_head>& heads,
                        const input_batch& in, size_t i) const {
  auto& out = card_.output;
  auto& where = in.content[i];
  auto at = [&](size_t k) { return rows(outputs[k], i); };
  switch (out.decoder) {
    case output_decoder::nanodet:
      return decode_nanodet(at(0),
                            {in.width, in.height, size_t(out.classes), 8},
                            where, out.limits);
    case output_decoder::yolox:
      return decode_yolox(at(0), in.width, in.height, where, out.limits);
    case output_decoder::yolo: {
      std::vector<rows_view> views;
      for (size_t k = 0; k < heads.size(); ++k)
        views.push_back(at(k));
      return decode_yolo(views, heads, where, out.limits);
    }
    case output_decoder::yolo_rows: {
      std::vector<rows_view> views;
      for (size_t k = 0; k < outputs.size(); ++k)
        views.push_back(at(k));
      return decode_yolo_rows(views, in.width, in.height, where, out.limits);
    }
    case output_decoder::ssd:
      return decode_ssd(at(0), at(1), out.priors, in.width, in.height, where,
                        out.limits);
    case output_decoder::rcnn:
      return decode_rcnn({at(0), at(1), at(2), outputs[3].image(i)}, where,
                         out.limits);
    default:
      return {};
  }
}

caf::expected<std::vector<std::vector<detection>>>
detection_model::detect(const input_batch& in) {
  auto outputs = net_->run(in);
  if (!outputs)
    return outputs.error();
  auto heads = net_->heads();
  if (auto problem = check_outputs(card_, *outputs, heads, in);
      !problem.empty())
    return caf::make_error(ec::inference, "failed to decode model " + card_.name
                                            + ": " + problem
                                            + "; compare its card");
  std::vector<std::vector<detection>> result;
  for (size_t i = 0; i < size_t(in.images); ++i)
    result.push_back(decode(*outputs, heads, in, i));
  return result;
}

} // namespace vpaas
