#include "runtime/metrics/accuracy.hpp"

#include "runtime/vision/iou.hpp"
#include "runtime/vision/matching.hpp"

#include <algorithm>

namespace vpaas {

namespace {

double share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 1 : double(part) / double(whole);
}

f1_score score_of(const match_counts& x) {
  return {x.f1(), x.precision(), x.recall()};
}

/// Those whose area passes.
template <class T, class F>
std::vector<T> sized(const std::vector<T>& xs, F passes) {
  std::vector<T> result;
  std::copy_if(xs.begin(), xs.end(), std::back_inserter(result),
               [&](const T& x) { return passes(area(x.where)); });
  return result;
}

/// How many of `xs` have a partner among `ys`.
template <class T, class U, class F>
uint64_t with_partner(const std::vector<T>& xs, const std::vector<U>& ys,
                      F near) {
  auto has = [&](const T& x) {
    return std::any_of(ys.begin(), ys.end(), [&](const U& y) {
      return x.label == y.label && near(iou(x.where, y.where));
    });
  };
  return uint64_t(std::count_if(xs.begin(), xs.end(), has));
}

/// Those that match an object that counts, or lie on none that is ignored.
std::vector<detection> judged(const std::vector<detection>& found,
                              const std::vector<truth_object>& there,
                              const std::vector<truth_object>& that_count) {
  auto matches = match_one_to_one(found, that_count);
  std::vector<detection> result;
  for (size_t i = 0; i < found.size(); ++i)
    if (matches[i] != no_match || !on_ignored(found[i].where, there))
      result.push_back(found[i]);
  return result;
}

} // namespace

match_counts& match_counts::operator+=(const match_counts& x) {
  right += x.right;
  wrong += x.wrong;
  missed += x.missed;
  return *this;
}

double match_counts::precision() const {
  return share(right, right + wrong);
}

double match_counts::recall() const {
  return share(right, right + missed);
}

double match_counts::f1() const {
  return share(2 * right, 2 * right + wrong + missed);
}

match_counts count_one_to_one(const std::vector<detection>& found,
                              const std::vector<truth_object>& there,
                              bool by_label) {
  auto matches = match_one_to_one(found, there, {0.5f, by_label});
  auto none = uint64_t(std::count(matches.begin(), matches.end(), no_match));
  auto right = found.size() - none;
  return {right, none, there.size() - right};
}

match_counts count_dds(const std::vector<detection>& found,
                       const std::vector<truth_object>& there) {
  auto small = [](float x) { return x <= dds_max_area; };
  auto near = [](float x) { return x >= 0.3f; };
  auto xs = sized(found, small);
  auto ys = sized(there, small);
  auto right = with_partner(xs, ys, near);
  return {right, xs.size() - right, ys.size() - with_partner(ys, xs, near)};
}

f1_score score_accmpeg(const std::vector<detection>& found,
                       const std::vector<truth_object>& there) {
  auto small = [](float x) { return x < accmpeg_max_area; };
  auto xs = sized(found, small);
  auto ys = sized(there, small);
  if (xs.empty() || ys.empty())
    return xs.empty() && ys.empty() ? f1_score{1, 1, 1} : f1_score{};
  auto found_objects = with_partner(ys, xs, [](float x) { return x > 0.5f; });
  // One box may lie on many objects; it finds one of them.
  auto right = std::min<uint64_t>(found_objects, xs.size());
  return {share(2 * right, xs.size() + ys.size()), share(right, xs.size()),
          share(right, ys.size())};
}

void accuracy_meter::add(const std::vector<detection>& all_found,
                         const std::vector<truth_object>& all_there) {
  auto there = counted(all_there);
  auto found = there.size() == all_there.size()
                 ? all_found
                 : judged(all_found, all_there, there);
  ++frames_;
  boxes_ += found.size();
  objects_ += there.size();
  one_to_one_ += count_one_to_one(found, there);
  anywhere_ += count_one_to_one(found, there, false);
  dds_ += count_dds(found, there);
  auto x = score_accmpeg(found, there);
  accmpeg_.value += x.value;
  accmpeg_.precision += x.precision;
  accmpeg_.recall += x.recall;
}

accuracy_report accuracy_meter::report() const {
  auto mean = [n = double(std::max<uint64_t>(frames_, 1))](double sum) {
    return sum / n;
  };
  return {
    frames_,
    boxes_,
    objects_,
    score_of(one_to_one_),
    score_of(anywhere_),
    score_of(dds_),
    {mean(accmpeg_.value), mean(accmpeg_.precision), mean(accmpeg_.recall)}};
}

} // namespace vpaas
