#include "runtime/metrics/tracking.hpp"

#include "runtime/vision/assignment.hpp"
#include "runtime/vision/iou.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

constexpr float min_iou = 0.5f;

using boxes = std::vector<identified_box>;

/// Most pairs first, then the greatest sum of IoU: one more pair is worth more
/// than all overlap that the others can lose.
std::vector<int32_t> match(const boxes& there, const boxes& found,
                           const std::map<uint64_t, uint64_t>& before) {
  cost_table costs{there.size(), found.size()};
  auto pair = 2. + double(there.size());
  auto kept = pair * pair;
  for (size_t i = 0; i < there.size(); ++i) {
    auto last = before.find(there[i].identity);
    for (size_t k = 0; k < found.size(); ++k) {
      auto both = iou(there[i].where, found[k].where);
      if (both < min_iou)
        continue;
      auto stays = last != before.end() && last->second == found[k].identity;
      costs.at(i, k) = -pair - double(both) - (stays ? kept : 0);
    }
  }
  return assign(costs, 0);
}

/// Leaves out ignored truth and the boxes on it.
void leave_out_ignored(boxes& there, boxes& found) {
  auto is_ignored = [](const identified_box& x) { return x.ignored; };
  if (std::none_of(there.begin(), there.end(), is_ignored))
    return;
  auto pairs = match(there, found, {});
  for (size_t i = 0; i < there.size(); ++i)
    if (there[i].ignored && pairs[i] != unassigned)
      found[size_t(pairs[i])].ignored = true;
  for (auto* xs : {&there, &found})
    xs->erase(std::remove_if(xs->begin(), xs->end(), is_ignored), xs->end());
}

double share(uint64_t part, uint64_t whole, double otherwise) {
  return whole == 0 ? otherwise : double(part) / double(whole);
}

} // namespace

void tracking_meter::add(const boxes& there, const boxes& found) {
  auto objects = there, tracks = found;
  leave_out_ignored(objects, tracks);
  ++sums_.frames;
  sums_.objects += objects.size();
  sums_.boxes += tracks.size();
  count_matches(objects, tracks);
  count_identities(objects, tracks);
}

void tracking_meter::count_matches(const boxes& there, const boxes& found) {
  auto pairs = match(there, found, now_);
  now_.clear();
  for (size_t i = 0; i < there.size(); ++i) {
    if (pairs[i] == unassigned)
      continue;
    auto& x = found[size_t(pairs[i])];
    auto [last, first] = last_.emplace(there[i].identity, x.identity);
    if (!first && last->second != x.identity)
      ++sums_.switches;
    last->second = x.identity;
    now_[there[i].identity] = x.identity;
    overlap_ += double(iou(there[i].where, x.where));
  }
  sums_.missed += there.size() - now_.size();
  sums_.wrong += found.size() - now_.size();
}

void tracking_meter::count_identities(const boxes& there, const boxes& found) {
  for (auto& x : there)
    for (auto& y : found)
      if (iou(x.where, y.where) >= min_iou)
        ++together_[{x.identity, y.identity}];
}

uint64_t tracking_meter::id_right() const {
  std::map<uint64_t, size_t> rows, columns;
  for (auto& [ids, frames] : together_) {
    rows.emplace(ids.first, rows.size());
    columns.emplace(ids.second, columns.size());
  }
  cost_table costs{rows.size(), columns.size()};
  for (auto& [ids, frames] : together_)
    costs.at(rows[ids.first], columns[ids.second]) = -double(frames);
  auto pairs = assign(costs, 0);
  auto sum = 0.;
  for (size_t i = 0; i < pairs.size(); ++i)
    if (pairs[i] != unassigned)
      sum -= costs.at(i, size_t(pairs[i]));
  return uint64_t(std::llround(sum));
}

tracking_report tracking_meter::report() const {
  auto result = sums_;
  auto perfect = result.objects + result.boxes == 0 ? 1. : 0.;
  auto errors = result.missed + result.wrong + result.switches;
  result.mota = result.objects == 0 ? perfect
                                    : 1 - share(errors, result.objects, 0);
  auto matched = result.objects - result.missed;
  result.motp = matched == 0 ? 0 : overlap_ / double(matched);
  result.id_right = id_right();
  result.idf1 = share(2 * result.id_right, result.objects + result.boxes, 1);
  result.id_precision = share(result.id_right, result.boxes, perfect);
  result.id_recall = share(result.id_right, result.objects, perfect);
  return result;
}

} // namespace vpaas
