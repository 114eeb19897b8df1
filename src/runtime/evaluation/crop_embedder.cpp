#include "runtime/evaluation/crop_embedder.hpp"

#include <algorithm>

namespace vpaas {

crop_embedder::crop_embedder(backbone net, size_t max_batch)
  : net_(std::move(net)), input_(net_.card().input), max_batch_(max_batch) {
  // nop
}

caf::expected<crop_embedder> crop_embedder::load(const located_model& model,
                                                 const load_options& options,
                                                 size_t max_batch) {
  auto loaded = backbone::load(model, options);
  if (!loaded)
    return loaded.error();
  return crop_embedder{std::move(*loaded), max_batch};
}

caf::expected<std::vector<float>>
crop_embedder::embed(const std::vector<frame_crops>& xs) {
  std::vector<std::pair<const frame_crops*, box>> all;
  for (auto& x : xs)
    for (auto& where : x.where)
      all.emplace_back(&x, where);
  std::vector<float> result;
  for (size_t i = 0; i < all.size(); i += max_batch_) {
    auto end = std::min(i + max_batch_, all.size());
    input_.begin(end - i);
    for (auto k = i; k < end; ++k)
      input_.add(all[k].first->picture, {all[k].second}, all[k].first->gain);
    auto found = net_.run(input_.batch());
    if (!found)
      return found.error();
    dimensions_ = found->dimensions;
    result.insert(result.end(), found->features.begin(), found->features.end());
  }
  return result;
}

} // namespace vpaas
