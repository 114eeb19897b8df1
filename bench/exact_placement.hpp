#pragma once

// The best placement there is, by branch and bound, for few streams; and what
// no placement exceeds, for many (Lagrange's relaxation of what nodes have).

#include "runtime/control/placement.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace vpaas::bench {

class exact_placement {
public:
  /// Of these streams, none of which may sit anywhere.
  exact_placement(seating& nodes, const std::vector<uint32_t>& streams) {
    for (auto id : streams) {
      std::vector<choice> xs;
      for (auto& o : nodes.options_anywhere(id)) {
        choice c{o.value, {}};
        for (auto& p : nodes.parts_of(o.at, o.needs))
          if (p.of && p.amount > 0)
            c.takes.emplace_back(number(*p.of), p.amount);
        xs.push_back(std::move(c));
      }
      std::sort(xs.begin(), xs.end(),
                [](auto& a, auto& b) { return a.value > b.value; });
      streams_.push_back(std::move(xs));
    }
    prices_.assign(rooms_.size(), 0);
  }

  /// @param rounds of prices
  double upper_bound(int rounds = 300) {
    auto best = bound_by(prices_);
    auto prices = prices_;
    for (int round = 0; round < rounds; ++round) {
      auto over = overuse(prices);
      auto step = .3 / (1 + .05 * round);
      for (size_t r = 0; r < prices.size(); ++r)
        if (rooms_[r] > 0)
          prices[r]
            = std::max(0., prices[r] + step * over[r] / rooms_[r] * scale(r));
      if (auto x = bound_by(prices); x < best) {
        best = x;
        prices_ = prices;
      }
    }
    return best;
  }

  /// The sum of values, streams without a seat counting as 0.
  double best() {
    upper_bound();
    rest_.assign(streams_.size() + 1, 0);
    for (auto s = streams_.size(); s > 0; --s)
      rest_[s - 1] = rest_[s] + most(streams_[s - 1], prices_);
    left_ = rooms_;
    best_ = 0;
    search(0, 0);
    return best_;
  }

private:
  struct choice {
    double value;
    std::vector<std::pair<size_t, double>> takes;
  };

  size_t number(const supply& x) {
    auto [i, is_new] = numbers_.emplace(&x, rooms_.size());
    if (is_new)
      rooms_.push_back(x.capacity());
    return i->second;
  }

  static double price(const choice& x, const std::vector<double>& prices) {
    double result = 0;
    for (auto& [r, amount] : x.takes)
      result += prices[r] * amount;
    return result;
  }

  static double most(const std::vector<choice>& xs,
                     const std::vector<double>& prices) {
    double result = 0; // no seat
    for (auto& x : xs)
      result = std::max(result, x.value - price(x, prices));
    return result;
  }

  double bound_by(const std::vector<double>& prices) const {
    double result = 0;
    for (size_t r = 0; r < rooms_.size(); ++r)
      result += prices[r] * rooms_[r];
    for (auto& xs : streams_)
      result += most(xs, prices);
    return result;
  }

  std::vector<double> overuse(const std::vector<double>& prices) const {
    std::vector<double> result(rooms_.size());
    for (size_t r = 0; r < rooms_.size(); ++r)
      result[r] = -rooms_[r];
    for (auto& xs : streams_) {
      const choice* best = nullptr;
      double most = 0;
      for (auto& x : xs)
        if (auto v = x.value - price(x, prices); v > most)
          best = &x, most = v;
      if (best)
        for (auto& [r, amount] : best->takes)
          result[r] += amount;
    }
    return result;
  }

  /// A unit of it is worth about so much.
  double scale(size_t r) const {
    return double(streams_.size()) / double(rooms_.size()) / rooms_[r];
  }

  void search(size_t s, double value) {
    best_ = std::max(best_, value);
    if (s == streams_.size())
      return;
    auto bound = value + rest_[s];
    for (size_t r = 0; r < left_.size(); ++r)
      bound += prices_[r] * left_[r];
    if (bound <= best_ + 1e-9)
      return;
    for (auto& x : streams_[s]) {
      auto there_is = std::all_of(x.takes.begin(), x.takes.end(), [&](auto& t) {
        return t.second <= left_[t.first] + 1e-9;
      });
      if (!there_is)
        continue;
      for (auto& [r, amount] : x.takes)
        left_[r] -= amount;
      search(s + 1, value + x.value);
      for (auto& [r, amount] : x.takes)
        left_[r] += amount;
    }
    search(s + 1, value);
  }

  std::map<const supply*, size_t> numbers_;
  std::vector<double> rooms_, left_, prices_, rest_;
  std::vector<std::vector<choice>> streams_; ///< best first
  double best_ = 0;
};

} // namespace vpaas::bench
