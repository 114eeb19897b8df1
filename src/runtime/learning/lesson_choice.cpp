#include "runtime/learning/lesson_choice.hpp"

#include "runtime/checksum.hpp"
#include "runtime/learning/kept_crop.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace vpaas {

namespace {

/// As good as random, and the same each time.
uint64_t lot_of(const std::string& crop, uint64_t seed) {
  auto text = std::to_string(seed) + "/" + crop;
  return checksum_of(reinterpret_cast<const uint8_t*>(text.data()),
                     text.size());
}

/// Which lessons are of runs that are held out by lot; where none of a few is,
/// it is the one with the lowest.
std::vector<bool> held_out(const std::vector<choosable_lesson>& xs,
                           const lesson_choice_config& cfg) {
  std::vector<bool> result(xs.size(), false);
  if (cfg.hold_out == 0)
    return result;
  std::map<uint64_t, std::vector<size_t>> runs; // by lot
  for (size_t i = 0; i < xs.size(); ++i)
    runs[lot_of(run_of_crop(xs[i].crop, cfg.run), cfg.seed)].push_back(i);
  auto none = true;
  for (auto& [lot, lessons] : runs)
    if (lot % cfg.hold_out == 0) {
      none = false;
      for (auto i : lessons)
        result[i] = true;
    }
  if (none && runs.size() >= cfg.hold_out)
    for (auto i : runs.begin()->second)
      result[i] = true;
  return result;
}

} // namespace

lesson_choice choose_lessons(const std::vector<choosable_lesson>& xs,
                             const lesson_choice_config& cfg) {
  lesson_choice result;
  auto out = held_out(xs, cfg);
  std::vector<size_t> others;
  std::set<std::string> learnt; // classes
  for (size_t i = 0; i < xs.size(); ++i)
    if (!out[i])
      learnt.insert(xs[i].label);
  for (size_t i = 0; i < xs.size(); ++i)
    (out[i] && learnt.count(xs[i].label) > 0 ? result.held_out : others)
      .push_back(i);
  auto old = others.size() - std::min(others.size(), cfg.newest);
  std::map<std::string, std::vector<std::pair<uint64_t, size_t>>> classes;
  for (size_t n = 0; n < old; ++n)
    classes[xs[others[n]].label].emplace_back(
      lot_of(xs[others[n]].crop, cfg.seed + 1), others[n]);
  // The lowest of lots that were drawn once are a uniform sample.
  for (auto& x : classes) {
    std::sort(x.second.begin(), x.second.end());
    x.second.resize(std::min(x.second.size(), cfg.reservoir));
    for (auto& lot : x.second)
      result.learn.push_back(lot.second);
  }
  result.learn.insert(result.learn.end(), others.begin() + ptrdiff_t(old),
                      others.end());
  std::sort(result.learn.begin(), result.learn.end());
  return result;
}

} // namespace vpaas
