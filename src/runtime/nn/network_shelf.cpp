#include "runtime/nn/network_shelf.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// Two that have the same key are one network. TorchScript takes any size.
std::string key_of(const located_model& model, const load_options& options) {
  auto& card = model.card;
  std::string result
    = to_string(card.engine) + "/" + to_string(card.built_as) + "/"
      + options.device + "/" + std::to_string(options.threads) + "/"
      + to_string(options.type) + "/" + std::to_string(card.input.max_batch);
  if (card.built_as != architecture::torchscript)
    result += "/" + card.name + "@" + std::to_string(card.version);
  for (auto& [role, path] : model.paths)
    result += "\n" + role + "=" + path;
  return result;
}

} // namespace

class network_shelf::share : public network {
public:
  explicit share(std::shared_ptr<shared> all) : all_(std::move(all)) {
    // nop
  }

  caf::expected<std::vector<tensor>> run(const input_batch& in) override {
    std::lock_guard<std::mutex> guard{all_->busy};
    return all_->net->run(in);
  }

  std::vector<yolo_head> heads() const override {
    std::lock_guard<std::mutex> guard{all_->busy};
    return all_->net->heads();
  }

private:
  std::shared_ptr<shared> all_;
};

caf::expected<network_ptr> network_shelf::load(const located_model& model,
                                               const load_options& options) {
  std::lock_guard<std::mutex> guard{guard_};
  auto& slot = known_[key_of(model, options)];
  auto there = slot.lock();
  if (!there) {
    auto net = load_network(model, options);
    if (!net)
      return std::move(net.error());
    there = std::make_shared<shared>();
    there->net = std::move(*net);
    slot = there;
  }
  return network_ptr{std::make_unique<share>(std::move(there))};
}

size_t network_shelf::size() const {
  std::lock_guard<std::mutex> guard{guard_};
  return size_t(std::count_if(known_.begin(), known_.end(),
                              [](auto& x) { return !x.second.expired(); }));
}

} // namespace vpaas
