#include "runtime/pipeline/merge.hpp"

#include "runtime/vision/iou.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// Gathers objects; knows what lies where.
class gatherer {
public:
  explicit gatherer(const merge_spec& how) : how_(how) {
    // nop
  }

  void add(const claims& x) {
    before_ = result_.objects.size();
    if (x.labels)
      for (auto& y : *x.labels)
        if (y.score >= x.from)
          result_.labels += put(x, y.where, y.label, y.score);
    if (!x.regions)
      return;
    if (x.namings)
      add_namings(x);
    else
      add_hints(x);
  }

  merged take() {
    return std::move(result_);
  }

private:
  void add_namings(const claims& x) {
    auto n = std::min(x.regions->size(), x.namings->size());
    for (size_t i = 0; i < n; ++i)
      if (auto& y = (*x.namings)[i]; y.label >= 0)
        result_.named += put(x, (*x.regions)[i].where, y.label, y.score);
  }

  void add_hints(const claims& x) {
    result_.regions += uint32_t(x.regions->size());
    if (how_.hints < 0)
      return;
    for (auto& y : *x.regions)
      if (y.hint_score >= how_.hints)
        result_.hinted += put(x, y.where, y.hint, y.hint_score);
  }

  /// Returns whether no earlier stage found the same.
  bool put(const claims& x, const box& where, int32_t label, float score) {
    auto end = result_.objects.begin() + ptrdiff_t(before_);
    if (how_.iou < 1 && std::any_of(result_.objects.begin(), end, [&](auto& y) {
          return iou(y.where, where) > how_.iou;
        }))
      return false;
    result_.objects.push_back({where, name_at(*x.names, label), score, x.by});
    return true;
  }

  const merge_spec& how_;
  merged result_;
  size_t before_ = 0; ///< objects of earlier stages
};

} // namespace

merged merge(const std::vector<claims>& xs, const merge_spec& how) {
  gatherer result{how};
  for (auto& x : xs)
    result.add(x);
  return result.take();
}

std::string name_at(const std::vector<std::string>& names, int32_t i) {
  return i >= 0 && size_t(i) < names.size() ? names[size_t(i)]
                                            : std::to_string(i);
}

} // namespace vpaas
