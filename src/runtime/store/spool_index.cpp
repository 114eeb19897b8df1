#include "runtime/store/spool_index.hpp"

#include <algorithm>

namespace vpaas {

spool_index::stream* spool_index::find(const std::string& name) {
  auto i = streams_.find(name);
  return i != streams_.end() ? &i->second : nullptr;
}

const spool_index::stream* spool_index::find(const std::string& name) const {
  auto i = streams_.find(name);
  return i != streams_.end() ? &i->second : nullptr;
}

const spool_index::entry* spool_index::find(const std::string& name,
                                            uint64_t number) const {
  auto in = find(name);
  if (!in)
    return nullptr;
  auto i = in->segments.find(number);
  return i != in->segments.end() ? &i->second : nullptr;
}

void spool_index::add(stream& to, const spool_part& x, caf::timestamp since,
                      uint64_t payload, uint64_t disk) {
  auto [i, fresh] = to.segments.try_emplace(x.number);
  auto& e = i->second;
  if (fresh) {
    e.info = {x.number, 0, x.first_frame, 0, 0, x.captured};
    e.age = {since, arrivals_++};
    ages_.emplace(e.age, place{&to, x.number});
    ++totals_.segments;
    ++totals_.kept;
  }
  ++e.info.parts;
  e.info.frames += x.frames;
  e.info.bytes += payload;
  e.disk += disk;
  totals_.bytes += disk;
}

void spool_index::remove(stream& in, uint64_t number) {
  auto i = in.segments.find(number);
  if (i == in.segments.end())
    return;
  totals_.bytes -= i->second.disk;
  --totals_.segments;
  ages_.erase(i->second.age);
  in.segments.erase(i);
}

void spool_index::all_found() {
  found_until_ = arrivals_;
  totals_.found = totals_.segments + given_up_.size();
  totals_.kept = 0;
}

std::vector<spool_index::place> spool_index::too_old(caf::timestamp now,
                                                     caf::timespan most) const {
  std::vector<place> result;
  for (auto& [age, where] : ages_) {
    if (now - age.first < most)
      break;
    if (dated(age))
      result.push_back(where);
  }
  return result;
}

std::optional<spool_index::place>
spool_index::oldest_but(const entry* sparing) const {
  for (auto& [age, where] : ages_)
    if (!sparing || age != sparing->age)
      return where;
  return std::nullopt;
}

void spool_index::shift(caf::timespan by, caf::timestamp now) {
  for (auto& [age, where] : std::exchange(ages_, {})) {
    age_key moved{dated(age) ? std::min(age.first + by, now) : age.first,
                  age.second};
    where.first->segments[where.second].age = moved;
    ages_.emplace(moved, where);
  }
}

std::vector<std::string> spool_index::empty_streams() const {
  std::vector<std::string> result;
  for (const auto& [name, x] : streams_)
    if (x.segments.empty() && x.newer.empty())
      result.push_back(name);
  return result;
}

spool_totals spool_index::totals() const {
  auto result = totals_;
  result.streams = streams_.size();
  return result;
}

std::optional<caf::timestamp> spool_index::oldest() const {
  if (ages_.empty())
    return std::nullopt;
  return ages_.begin()->first.first;
}

} // namespace vpaas
