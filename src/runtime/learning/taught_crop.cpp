#include "runtime/learning/taught_crop.hpp"

namespace vpaas {

std::vector<float> rows_of(const one_vs_all& heads,
                           const std::vector<taught_crop>& xs) {
  std::vector<float> features;
  std::vector<hinted_region> places;
  for (auto& x : xs) {
    if (x.features.size() != heads.dimensions)
      return {};
    features.insert(features.end(), x.features.begin(), x.features.end());
    places.push_back(x.place);
  }
  return head_rows(heads, features, places);
}

std::string name_by(const one_vs_all& heads, const taught_crop& x) {
  auto row = rows_of(heads, {x});
  if (row.empty())
    return "";
  auto label = heads.name(row.data()).label;
  return label < 0 ? "" : heads.classes[size_t(label)];
}

} // namespace vpaas
