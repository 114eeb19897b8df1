#include "runtime/control/seating.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// Givers that cannot give that are passed over in one go.
constexpr int most_skipped = 32;
/// Streams that are made poorer in one go.
constexpr int most_poorer = 256;

/// A bid of who takes nothing more and is better off.
constexpr double at_any_price = 1e12;

} // namespace

double amount_of(const supply& x, const seating::parts& xs) {
  for (auto& p : xs)
    if (p.of == &x)
      return p.amount;
  return 0;
}

uint32_t seating::add_fog(fog_site x) {
  auto id = uint32_t(fogs_.size());
  fogs_.emplace_back();
  set_fog(id, true, std::move(x));
  return id;
}

uint32_t seating::add_cloud(cloud_site x) {
  auto id = uint32_t(clouds_.size());
  clouds_.emplace_back();
  set_cloud(id, true, x);
  return id;
}

void seating::set_fog(uint32_t id, bool up, fog_site x) {
  auto& node = fogs_[id];
  node.up = up;
  node.processors.limit(up ? x.processors : 0);
  node.link.limit(up ? x.kbit_s : 0);
  node.site = std::move(x);
  for (auto stream : node.streams)
    bid(stream);
}

void seating::set_cloud(uint32_t id, bool up, cloud_site x) {
  auto is_new = up && !clouds_[id].up;
  clouds_[id].up = up;
  clouds_[id].devices.limit(up ? x.devices : 0);
  for (auto& node : fogs_) // who has none may take it from now on
    if (is_new
        && std::any_of(node.site.ways.begin(), node.site.ways.end(),
                       [id](auto& w) { return w.cloud == id; }))
      for (auto stream : node.streams)
        bid(stream);
}

uint32_t seating::add(stream_wants x) {
  uint32_t id;
  if (free_ids_.empty()) {
    id = uint32_t(streams_.size());
    streams_.emplace_back();
  } else {
    id = free_ids_.back();
    free_ids_.pop_back();
  }
  streams_[id].emplace();
  streams_[id]->wants = std::move(x);
  return id;
}

void seating::remove(uint32_t id) {
  sit(id, {});
  before_.erase(id);
  streams_[id].reset();
  free_ids_.push_back(id);
}

void seating::set_load(uint32_t id, double load) {
  auto& x = *streams_[id];
  if (!x.at.is_taken()) {
    x.wants.load = load;
    return;
  }
  use(x, -1);
  x.wants.load = load;
  use(x, 1);
  bid(id);
}

void seating::sit(uint32_t id, const seat& to) {
  auto& x = *streams_[id];
  if (x.at == to)
    return;
  before_.emplace(id, x.at);
  if (x.at.is_taken()) {
    use(x, -1);
    fogs_[x.at.fog].streams.erase(id);
    if (x.at.cloud != seat::none)
      clouds_[x.at.cloud].streams.erase(id);
  }
  x.at = to;
  if (to.is_taken()) {
    use(x, 1);
    fogs_[to.fog].streams.insert(id);
    if (to.cloud != seat::none)
      clouds_[to.cloud].streams.insert(id);
  }
  bid(id);
}

std::vector<seating::option> seating::options_anywhere(uint32_t id) const {
  std::vector<option> result;
  auto& x = *streams_[id];
  for (auto f : x.wants.fogs) {
    auto& node = fogs_[f];
    if (!node.up)
      continue;
    add_options(x, f, seat::none, 0, result);
    for (auto& w : node.site.ways)
      if (clouds_[w.cloud].up)
        add_options(x, f, w.cloud, w.ms, result);
  }
  return result;
}

std::vector<seating::option> seating::options_here(uint32_t id) const {
  std::vector<option> result;
  auto& x = *streams_[id];
  add_options(x, x.at.fog, seat::none, 0, result);
  for (auto& w : fogs_[x.at.fog].site.ways)
    if (clouds_[w.cloud].up
        && (x.at.cloud == seat::none || x.at.cloud == w.cloud))
      add_options(x, x.at.fog, w.cloud, w.ms, result);
  return result;
}

seating::parts seating::parts_of(const seat& at, const demand& x) {
  auto& node = fogs_[at.fog];
  return {part{&node.processors, x.fog}, part{&node.link, x.kbit_s},
          at.cloud != seat::none ? part{&clouds_[at.cloud].devices, x.cloud}
                                 : part{}};
}

seating::parts seating::parts_of(uint32_t id) {
  auto& x = *streams_[id];
  if (!x.at.is_taken())
    return {};
  return parts_of(x.at,
                  demand_of(x.wants, ladders_[x.wants.ladder][x.at.rung]));
}

bool seating::fits(uint32_t id, const option& x, double share) {
  auto now = parts_of(id);
  for (auto& p : parts_of(x.at, x.needs)) {
    auto more = p.of ? p.amount - amount_of(*p.of, now) : 0;
    if (more > 0 && p.of->short_of(more, share) > 0)
      return false;
  }
  return true;
}

bool seating::relieve(supply& x, double amount, uint32_t self, journal& done) {
  int skipped = 0, poor = 0;
  for (auto i = x.givers().begin();
       x.short_of(amount) > 0 && i != x.givers().end();) {
    auto id = i->second;
    auto to = id != self ? poorer(id, x) : std::nullopt;
    if (to && ++poor <= most_poorer) {
      done.push_back({id, streams_[id]->at, streams_[id]->value});
      sit(id, to->at);
      i = x.givers().begin();
    } else if (++skipped > most_skipped || poor > most_poorer) {
      break;
    } else {
      ++i;
    }
  }
  return x.short_of(amount) <= 0;
}

void seating::roll_back(const journal& done) {
  for (auto i = done.rbegin(); i != done.rend(); ++i)
    sit(i->stream, i->was);
}

std::vector<std::pair<uint32_t, seat>> seating::take_changes() {
  std::vector<std::pair<uint32_t, seat>> result;
  for (auto& [id, was] : before_)
    if (streams_[id]->at != was)
      result.emplace_back(id, was);
  before_.clear();
  return result;
}

void seating::add_options(const stream& x, uint32_t fog, uint32_t cloud,
                          double ms, std::vector<option>& out) const {
  auto& rungs = ladders_[x.wants.ladder];
  auto helped = fog != x.wants.fogs.front();
  for (uint32_t i = 0; i < rungs.size(); ++i)
    if ((rungs[i].cloud > 0) == (cloud != seat::none)
        && allows(x.wants, rungs[i], ms))
      out.push_back({{fog, cloud, i},
                     value_of(x.wants, rungs[i], ms, helped, worth_),
                     demand_of(x.wants, rungs[i])});
}

void seating::use(const stream& x, int sign) {
  for (auto& p :
       parts_of(x.at, demand_of(x.wants, ladders_[x.wants.ladder][x.at.rung])))
    if (p.of)
      p.of->use(sign * p.amount);
}

void seating::bid(uint32_t id) {
  auto& x = *streams_[id];
  for (auto& [where, what] : x.bids)
    (what.first ? where->givers() : where->takers()).erase({what.second, id});
  x.bids.clear();
  x.value = 0;
  if (!x.at.is_taken())
    return;
  auto options = options_here(id);
  for (auto& o : options)
    if (o.at == x.at)
      x.value = o.value;
  auto now = parts_of(id);
  std::vector<std::pair<supply*, std::pair<bool, double>>> bids;
  auto offer = [&bids](supply* where, bool gives, double price) {
    for (auto& [to, what] : bids)
      if (to == where && what.first == gives) {
        what.second = std::min(what.second, price);
        return;
      }
    bids.push_back({where, {gives, price}});
  };
  for (auto& o : options) {
    auto then = parts_of(o.at, o.needs);
    auto gain = o.value - x.value;
    auto free = gain > 0;
    for (auto& p : then) // what it would take
      if (auto more = p.of ? p.amount - amount_of(*p.of, now) : 0;
          gain > 0 && more > 0) {
        offer(p.of, false, -gain / more);
        free = false;
      }
    if (free)
      offer(now[0].of, false, -at_any_price);
    for (auto& p : now) // what it would give
      if (auto less = p.of ? p.amount - amount_of(*p.of, then) : 0;
          gain <= 0 && less > 0)
        offer(p.of, true, -gain / less);
  }
  x.bids = std::move(bids);
  for (auto& [where, what] : x.bids)
    (what.first ? where->givers() : where->takers()).insert({what.second, id});
}

std::optional<seating::option> seating::poorer(uint32_t id, const supply& x) {
  std::optional<option> best;
  double least = 0;
  auto now = parts_of(id);
  for (auto& o : options_here(id)) {
    auto less = amount_of(x, now) - amount_of(x, parts_of(o.at, o.needs));
    if (less <= 0 || o.value > streams_[id]->value || !fits(id, o))
      continue;
    if (auto price = (streams_[id]->value - o.value) / less;
        !best || price < least) {
      best = o;
      least = price;
    }
  }
  return best;
}

} // namespace vpaas
