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

/// What becomes of the crops of one class, or of one annotator.
struct tally {
  uint64_t held_out = 0, before = 0, now = 0;

  bool loses(double most) const {
    return double(before) - double(now) > most * double(held_out);
  }

  std::string text() const {
    return " loses " + std::to_string(before - now) + " of "
           + std::to_string(held_out) + " held-out crops";
  }
};

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
  std::map<std::string, tally> annotators;
  tally all;
  uint64_t lost = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    auto& x = classes[held_out[i].label];
    auto was = old_names[i] == held_out[i].label;
    auto is = names[i] == held_out[i].label;
    ++x.held_out;
    x.before += was;
    x.now += is;
    x.lost += was && !is;
    for (auto y : {&annotators[held_out[i].by], &all}) {
      ++y->held_out;
      y->before += was;
      y->now += is;
    }
    lost += was && !is;
  }
  result.held_out = names.size();
  auto n = std::max<double>(1, double(names.size()));
  result.before = double(all.before) / n;
  result.now = double(all.now) / n;
  auto gained = all.now + lost - all.before;
  result.luck = tail(gained + lost, gained);
  if (all.now < all.before)
    result.why = "fewer held-out crops are named right";
  for (auto& [label, x] : classes) {
    x.label = label;
    result.classes.push_back(x);
    tally of_class{x.held_out, x.before, x.now};
    if (result.why.empty() && of_class.loses(cfg.max_loss))
      result.why = shown(label) + of_class.text();
  }
  for (auto& [who, x] : annotators)
    if (result.why.empty() && x.loses(cfg.max_loss))
      result.why = "who labels as " + who + x.text();
  result.passed = result.why.empty();
  return result;
}

std::string
spoils(const one_vs_all& first, const one_vs_all& live, const one_vs_all& next,
       const std::vector<taught_crop>& around, const head_gate_config& cfg) {
  auto rows = rows_of(first, around);
  auto old_names = names_by(live, around), names = names_by(next, around);
  if (names.size() * rows.size() * old_names.size() == 0)
    return "";
  auto changes = [&](const std::string& from, const std::string& to) {
    auto known = to.empty()
                 || std::find(first.classes.begin(), first.classes.end(), to)
                      != first.classes.end();
    return known && from != to;
  };
  uint64_t sure = 0, before = 0, now = 0;
  for (size_t i = 0; i < around.size(); ++i) {
    auto x = first.name(rows.data() + i * first.width());
    if (x.label < 0 || x.score < cfg.sure)
      continue;
    auto& name = first.classes[size_t(x.label)];
    ++sure;
    before += changes(name, old_names[i]);
    now += changes(name, names[i]);
  }
  if (now <= before || double(now) <= 1 + cfg.max_change * double(sure))
    return "";
  return std::to_string(now) + " of " + std::to_string(sure)
         + " crops that had a sure name would lose it";
}

} // namespace vpaas
