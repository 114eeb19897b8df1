#include "runtime/nn/torch/module.hpp"

#include <torch/script.h>

namespace vpaas {

namespace {

void flatten(const c10::IValue& x, std::vector<at::Tensor>& out) {
  if (x.isTensor()) {
    out.push_back(x.toTensor());
  } else if (x.isTuple()) {
    for (auto& y : x.toTupleRef().elements())
      flatten(y, out);
  } else if (x.isTensorList()) {
    for (const at::Tensor& y : x.toTensorVector())
      out.push_back(y);
  } else {
    throw bad_weights("its forward() answers with something that is neither "
                      "a tensor nor a tuple of tensors");
  }
}

class torchscript : public torch_module {
public:
  torchscript(const std::string& path, const compute& how)
    : module_(torch::jit::load(path, how.device)) {
    module_.eval();
    module_.to(how.type);
    for (at::Tensor x : module_.buffers())
      if (x.dim() == 4)
        x.set_data(x.contiguous(at::MemoryFormat::ChannelsLast));
    // Not optimize_for_inference: its layouts cost a depthwise network such as
    // NanoDet more than they save (262 ms instead of 155).
    module_ = torch::jit::freeze(module_);
  }

  std::vector<at::Tensor> forward(const at::Tensor& x,
                                  const input_batch&) override {
    std::vector<at::Tensor> result;
    flatten(module_.forward({x}), result);
    return result;
  }

private:
  torch::jit::Module module_;
};

} // namespace

module_ptr make_torchscript(const std::string& path, const compute& how) {
  return std::make_unique<torchscript>(path, how);
}

} // namespace vpaas
