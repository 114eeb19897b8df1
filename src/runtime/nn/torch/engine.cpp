// The engine `torch`: the only door to LibTorch.

#include "runtime/error.hpp"
#include "runtime/nn/run_failure.hpp"
#include "runtime/nn/torch/module.hpp"

#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/InferenceMode.h>
#include <torch/script.h>

#include <caf/make_message.hpp>

namespace vpaas {

namespace {

/// LibTorch's message without the trace of its own functions.
std::string first_line(const std::exception& x) {
  std::string text = x.what();
  if (auto e = dynamic_cast<const c10::Error*>(&x))
    text = e->what_without_backtrace();
  return text.substr(0, text.find('\n'));
}

/// OpenMP keeps the number of threads by thread, so a call that comes from
/// another one than the last has to set it again.
void use_threads(int n) {
  if (at::get_num_threads() != n)
    at::set_num_threads(n);
}

class torch_network : public network {
public:
  torch_network(module_ptr module, compute how, int threads, std::string name)
    : module_(std::move(module)), how_(how), threads_(threads),
      name_(std::move(name)) {
    // nop
  }

  caf::expected<std::vector<tensor>> run(const input_batch& in) override {
    try {
      use_threads(threads_);
      c10::InferenceMode guard;
      // Channels last needs no copy: the batch lies in memory that way.
      auto x = at::from_blob(const_cast<float*>(in.values.data()),
                             {in.images, in.height, in.width, in.channels},
                             at::kFloat)
                 .permute({0, 3, 1, 2})
                 .to(how_.device, how_.type);
      std::vector<tensor> result;
      for (auto& y : module_->forward(x, in))
        result.push_back(to_tensor(y));
      return result;
    } catch (const std::exception& x) {
      return run_failure(name_, in, first_line(x));
    }
  }

  std::vector<yolo_head> heads() const override {
    return module_->heads();
  }

private:
  static tensor to_tensor(const at::Tensor& x) {
    auto y
      = std::make_shared<at::Tensor>(x.to(at::kCPU, at::kFloat).contiguous());
    auto data = y->data_ptr<float>();
    return {y->sizes().vec(), data, std::move(y)};
  }

  module_ptr module_;
  compute how_;
  int threads_;
  std::string name_;
};

module_ptr make_named(const model_card& card, weight_map weights,
                      const compute& how) {
  weight_source source{std::move(weights)};
  layer_factory make{source, how, card.epsilon};
  auto result = card.built_as == architecture::faster_rcnn
                  ? make_faster_rcnn(make, card)
                : card.built_as == architecture::resnet
                  ? make_resnet(make, card)
                : card.built_as == architecture::mobilenet_v2
                  ? make_mobilenet_v2(make, card)
                  : make_carn_m(make, card);
  source.finish();
  return result;
}

/// Throws what LibTorch throws; errors of reading are answered.
caf::expected<module_ptr> make_module(const located_model& model,
                                      const compute& how) {
  auto& card = model.card;
  auto& path = model.paths.at("weights");
  if (card.built_as == architecture::torchscript)
    return make_torchscript(path, how);
  if (card.built_as == architecture::darknet) {
    auto text = read_file(model.paths.at("config"));
    if (!text)
      return text.error();
    auto net = parse_darknet(*text, model.paths.at("config"), card.input.width,
                             card.input.height);
    if (!net)
      return net.error();
    auto bytes = read_file(path);
    if (!bytes)
      return bytes.error();
    auto weights = read_darknet(*bytes, path);
    if (!weights)
      return weights.error();
    return make_darknet(std::move(*net), *weights, card.made_by, how);
  }
  auto weights = read_weights(path);
  if (!weights)
    return weights.error();
  return make_named(card, std::move(*weights), how);
}

} // namespace

bool has_device(const std::string& device) {
  try {
    at::Device x{device};
    return x.is_cpu()
           || (x.is_cuda() && at::hasCUDA()
               && x.index() < at::detail::getCUDAHooks().getNumGPUs());
  } catch (const std::exception&) {
    return false; // no name of a device
  }
}

caf::expected<network_ptr> load_torch(const located_model& model,
                                      const load_options& options) {
  auto failed = [&](ec code, const std::string& cause) {
    return caf::make_error(code, "failed to load model " + model.card.name
                                   + ": " + cause);
  };
  try {
    use_threads(options.threads);
    c10::InferenceMode guard;
    if (!has_device(options.device))
      return failed(ec::bad_config,
                    "there is no device " + options.device
                      + "; use cpu, or a LibTorch with CUDA on a GPU");
    compute how;
    how.device = at::Device(options.device);
    how.type = options.type == number_type::bf16 ? at::kBFloat16 : at::kFloat;
    auto module = make_module(model, how);
    if (!module)
      return module.error();
    return network_ptr{std::make_unique<torch_network>(
      std::move(*module), how, options.threads, model.card.name)};
  } catch (const bad_weights& x) {
    return failed(ec::bad_input,
                  model.paths.at("weights") + ": " + x.what()
                    + "; give the file that the card was written for");
  } catch (const std::exception& x) {
    return failed(ec::bad_input, first_line(x));
  }
}

} // namespace vpaas
