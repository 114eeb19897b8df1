#include "runtime/learning/head_gate.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace vpaas {

namespace {

/// Names that heads give to crops; empty: background.
std::vector<std::string> names_by(const one_vs_all& heads,
                                  const std::vector<taught_crop>& xs) {
  std::vector<std::string> result;
  auto rows = rows_of(heads, xs);
  for (size_t i = 0; i < xs.size() && !rows.empty(); ++i) {
    auto label = heads.name(rows.data() + i * heads.width()).label;
    result.push_back(label < 0 ? "" : heads.classes[size_t(label)]);
  }
  return result;
}

/// Probability of `least` or more heads in `n` throws of a coin.
double tail(uint64_t n, uint64_t least) {
  double result = 0;
  for (auto k = least; k <= n; ++k)
    result += std::exp(std::lgamma(double(n) + 1) - std::lgamma(double(k) + 1)
                       - std::lgamma(double(n - k) + 1)
                       - double(n) * std::log(2.));
  return std::min(result, 1.);
}

std::string shown(const std::string& label) {
  return label.empty() ? "background" : label;
}

} // namespace

gate_verdict judge(const one_vs_all& live, const one_vs_all& next,
                   const std::vector<taught_crop>& held_out,
                   const head_gate_config& cfg) {
  gate_verdict result;
  auto old_names = names_by(live, held_out), names = names_by(next, held_out);
  if (names.size() != held_out.size()) {
    result.why = "the features are not those of the heads' backbone";
    return result;
  }
  old_names.resize(names.size(), "?");
  std::map<std::string, class_verdict> classes;
  uint64_t before = 0, now = 0, lost = 0, gained = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    auto& x = classes[held_out[i].label];
    auto was = old_names[i] == held_out[i].label;
    auto is = names[i] == held_out[i].label;
    ++x.held_out;
    x.before += was;
    x.now += is;
    x.lost += was && !is;
    before += was;
    now += is;
    lost += was && !is;
    gained += is && !was;
  }
  result.held_out = names.size();
  auto n = std::max<double>(1, double(names.size()));
  result.before = double(before) / n;
  result.now = double(now) / n;
  result.luck = tail(gained + lost, gained);
  if (now < before)
    result.why = "fewer held-out crops are named right";
  for (auto& [label, x] : classes) {
    x.label = label;
    result.classes.push_back(x);
    auto bearable = cfg.max_loss * double(x.held_out);
    if (result.why.empty() && double(x.before) - double(x.now) > bearable)
      result.why = shown(label) + " loses " + std::to_string(x.before - x.now)
                   + " of " + std::to_string(x.held_out) + " held-out crops";
  }
  result.passed = result.why.empty();
  return result;
}

} // namespace vpaas
