#include "runtime/pipeline/merge.hpp"

#include "runtime/vision/iou.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// A located region of which so much lies inside what an earlier stage found is
/// a part of it, whatever it is called: a door of a truck is no other object.
constexpr float part_of = .7f;

/// The share of `x` that lies inside `y`.
float share_inside(const box& x, const box& y) {
  auto width = std::min(x.x1, y.x1) - std::max(x.x0, y.x0);
  auto height = std::min(x.y1, y.y1) - std::max(x.y0, y.y0);
  auto all = area(x);
  return width > 0 && height > 0 && all > 0 ? width * height / all : 0;
}

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
      if (auto& y = (*x.namings)[i];
          y.label >= 0 && !is_part((*x.regions)[i].where))
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

  /// Whether it belongs to what an earlier stage found. A detector that looked
  /// at it would know: this is for who only names what was located poorly.
  bool is_part(const box& x) const {
    auto begin = result_.objects.begin();
    return how_.iou < 1
           && std::any_of(begin, begin + ptrdiff_t(before_), [&](auto& y) {
                return share_inside(x, y.where) >= part_of;
              });
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
