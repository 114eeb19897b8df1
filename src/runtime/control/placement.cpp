#include "runtime/control/placement.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// Seats that a stream tries to get by making others poorer: for a better one
/// than it has, than it could have, and for one at all.
constexpr size_t few_squeezes = 2, some_squeezes = 6, many_squeezes = 32;
/// Where nobody can give anything.
constexpr double unknown_price = 1e6;
/// Streams that may get richer in one decision.
constexpr int usual_tries = 4, many_tries = 64;

} // namespace

void placement::set_fog(uint32_t id, fog_site x) {
  auto back = !seats_.fog(id).up;
  seats_.set_fog(id, true, std::move(x));
  balance_fog(id, many_tries);
  call(back ? waiting_.size() : usual_tries);
}

void placement::set_cloud(uint32_t id, cloud_site x) {
  auto back = !seats_.cloud(id).up;
  seats_.set_cloud(id, true, x);
  balance_cloud(id, many_tries);
  call(back ? waiting_.size() : usual_tries);
}

void placement::lose_fog(uint32_t id) {
  auto& node = seats_.fog(id);
  seats_.set_fog(id, false, node.site);
  place_again({node.streams.begin(), node.streams.end()});
}

void placement::lose_cloud(uint32_t id) {
  seats_.set_cloud(id, false, {});
  auto& node = seats_.cloud(id);
  place_again({node.streams.begin(), node.streams.end()});
}

uint32_t placement::add(stream_wants x) {
  auto id = seats_.add(std::move(x));
  place(id);
  return id;
}

void placement::remove(uint32_t id) {
  auto was = seats_.at(id).at;
  waiting_.erase({-seats_.at(id).wants.weight, id});
  seats_.remove(id);
  if (!was.is_taken())
    return;
  balance_fog(was.fog, usual_tries);
  if (was.cloud != seat::none)
    balance_cloud(was.cloud, usual_tries);
  call(usual_tries);
}

void placement::set_load(uint32_t id, double load) {
  auto& x = seats_.at(id);
  auto less = load < x.wants.load;
  seats_.set_load(id, load);
  if (!x.at.is_taken())
    return;
  auto here = seats_.options_here(id);
  if (std::none_of(here.begin(), here.end(),
                   [&](auto& o) { return o.at == x.at; }))
    return place_again({id}); // it does not allow that any more
  auto at = x.at;
  balance_fog(at.fog, less ? usual_tries : 0);
  if (at.cloud != seat::none)
    balance_cloud(at.cloud, less ? usual_tries : 0);
  if (less)
    call(1);
}

void placement::settle(size_t n) {
  for (n = std::min(n, seats_.size()); n > 0; --n) {
    auto id = next_++ % uint32_t(seats_.size());
    if (!seats_.has(id) || !seats_.at(id).at.is_taken())
      continue;
    better(id, seats_.options_anywhere(id),
           cfg_.move_gain * seats_.at(id).wants.weight);
  }
}

std::vector<placement::change> placement::take_changes() {
  std::vector<change> result;
  for (auto& [id, was] : seats_.take_changes())
    result.push_back({id, was, seats_.at(id).at});
  return result;
}

void placement::place(uint32_t id) {
  auto options = seats_.options_anywhere(id);
  seating::option free;
  std::vector<std::pair<double, size_t>> dear;
  for (size_t i = 0; i < options.size(); ++i) {
    auto& o = options[i];
    if (!seats_.fits(id, o))
      dear.emplace_back(price_of(id, o) - o.value, i);
    else if (!free.at.is_taken() || o.value > free.value)
      free = o;
  }
  std::sort(dear.begin(), dear.end());
  dear.resize(
    std::min(dear.size(), free.at.is_taken() ? some_squeezes : many_squeezes));
  waiting_.erase({-seats_.at(id).wants.weight, id});
  for (auto& [net, i] : dear) {
    if (free.at.is_taken() && -net <= free.value)
      break;
    // Who has no seat at all gets one, whatever others lose: they keep the
    // poorest that they allow.
    if (squeeze_in(id, options[i], free.at.is_taken() ? free.value : -1e9))
      return;
  }
  if (free.at.is_taken())
    seats_.sit(id, free.at);
  else
    waiting_.insert({-seats_.at(id).wants.weight, id});
}

double placement::price_of(uint32_t id, const seating::option& x) {
  double result = 0;
  auto now = seats_.parts_of(id);
  for (auto& p : seats_.parts_of(x.at, x.needs)) {
    auto more = p.of ? p.amount - amount_of(*p.of, now) : 0;
    auto missing = more > 0 ? p.of->short_of(more) : 0;
    if (missing > 0)
      result += p.of->givers().empty()
                  ? unknown_price
                  : missing * p.of->givers().begin()->first;
  }
  return result;
}

bool placement::squeeze_in(uint32_t id, const seating::option& x,
                           double least_gain) {
  seating::journal done;
  auto there_is = true;
  auto now = seats_.parts_of(id);
  for (auto& p : seats_.parts_of(x.at, x.needs))
    if (auto more = p.of ? p.amount - amount_of(*p.of, now) : 0; more > 0)
      there_is = there_is && seats_.relieve(*p.of, more, id, done);
  double lost = 0;
  std::set<uint32_t> seen;
  for (auto& step : done)
    if (seen.insert(step.stream).second)
      lost += step.value - seats_.at(step.stream).value;
  auto gain = x.value - seats_.at(id).value - cfg_.exchange * lost;
  if (there_is && seats_.fits(id, x) && gain > least_gain) {
    seats_.sit(id, x.at);
    return true;
  }
  seats_.roll_back(done);
  return false;
}

void placement::place_again(std::vector<uint32_t> ids) {
  std::stable_sort(ids.begin(), ids.end(), [this](uint32_t a, uint32_t b) {
    return seats_.at(a).wants.weight > seats_.at(b).wants.weight;
  });
  for (auto id : ids)
    seats_.sit(id, {});
  for (auto id : ids)
    place(id);
}

void placement::balance(supply& x, const std::set<uint32_t>& streams,
                        int tries) {
  seating::journal poorer;
  if (x.short_of(0) > 0 && !seats_.relieve(x, 0, seat::none, poorer))
    send_away(x, streams);
  for (auto i = x.takers().begin(); tries > 0 && i != x.takers().end();
       --tries) {
    if (auto id = i->second; better(id, seats_.options_here(id), 0))
      i = x.takers().begin();
    else
      ++i;
  }
}

void placement::send_away(supply& x, const std::set<uint32_t>& streams) {
  std::vector<std::pair<double, uint32_t>> by_value;
  for (auto id : streams)
    if (auto amount = amount_of(x, seats_.parts_of(id)); amount > 0)
      by_value.emplace_back(seats_.at(id).value / amount, id);
  std::sort(by_value.begin(), by_value.end());
  std::vector<uint32_t> away;
  for (auto& [value, id] : by_value)
    if (x.short_of(0) > 0) {
      seats_.sit(id, {});
      away.push_back(id);
    }
  place_again(std::move(away));
}

void placement::balance_fog(uint32_t id, int tries) {
  auto& node = seats_.fog(id);
  balance(node.processors, node.streams, tries);
  balance(node.link, node.streams, tries);
}

void placement::balance_cloud(uint32_t id, int tries) {
  auto& node = seats_.cloud(id);
  balance(node.devices, node.streams, tries);
}

bool placement::better(uint32_t id, std::vector<seating::option> options,
                       double least_gain) {
  auto now = seats_.at(id).value;
  std::sort(options.begin(), options.end(),
            [](auto& a, auto& b) { return a.value > b.value; });
  size_t squeezes = 0;
  for (auto& o : options) {
    auto gain = o.value - now - least_gain;
    if (gain <= 0)
      return false;
    if (seats_.fits(id, o, 1 - cfg_.spare)) {
      seats_.sit(id, o.at);
      return true;
    }
    if (!seats_.fits(id, o) && gain > cfg_.exchange * price_of(id, o)
        && ++squeezes <= few_squeezes && squeeze_in(id, o, least_gain))
      return true;
  }
  return false;
}

void placement::call(size_t n) {
  std::vector<uint32_t> ids;
  for (auto i = waiting_.begin(); i != waiting_.end() && ids.size() < n; ++i)
    ids.push_back(i->second);
  for (auto id : ids)
    place(id);
}

} // namespace vpaas
