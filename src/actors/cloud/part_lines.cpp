#include "actors/cloud/part_lines.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

std::string name_of(const std::string& stream, uint64_t seq) {
  return stream + ", chunk " + std::to_string(seq);
}

caf::error no_room(const std::string& what) {
  return caf::make_error(ec::overload,
                         "failed to hold " + what
                           + ": too many parts or bytes wait; send less");
}

/// Whether its bytes come by themselves.
bool lacks_bytes(const chunk& x) {
  return x.bytes.empty()
         && std::any_of(x.frames.begin(), x.frames.end(),
                        [](const coded_frame& f) { return f.size > 0; });
}

} // namespace

caf::expected<std::optional<uint64_t>>
part_lines::push(uint64_t ticket, chunk x, time_point now) {
  if (auto twin = find(x.stream, x.seq, x.part))
    return std::optional{replace(*twin, ticket, std::move(x))};
  auto i = lines_.find(x.stream);
  auto length = i != lines_.end() ? i->second.size() : 0;
  if (length >= limits_.stream_parts || !make_room(x.bytes.size()))
    return no_room(name_of(x.stream, x.seq) + "." + std::to_string(x.part));
  auto whole = !lacks_bytes(x);
  bytes_ += x.bytes.size();
  auto& line = lines_[x.stream];
  line.push_back({ticket, std::move(x), now, whole});
  if (!whole)
    claim(line.back());
  return std::optional<uint64_t>{};
}

caf::error part_lines::deliver(const delivery& x, time_point now) {
  auto again = std::find_if(unclaimed_.begin(), unclaimed_.end(),
                            [&](const auto& y) { return y.key == x.key; });
  if (again != unclaimed_.end())
    drop(again);
  if (!make_room(x.bytes.size()))
    return no_room("bytes of " + name_of(x.key.stream, x.key.seq));
  ++came_;
  if (auto part = find(x.key); part && !part->whole) {
    ++claimed_;
    fill(*part, x.bytes);
  } else {
    bytes_ += x.bytes.size();
    unclaimed_.push_back({x.key, x.bytes, now});
  }
  return caf::none;
}

std::vector<part_lines::entry> part_lines::take(const std::string& stream) {
  std::vector<entry> result;
  auto i = lines_.find(stream);
  if (i == lines_.end())
    return result;
  auto& line = i->second;
  while (!line.empty() && line.front().whole) {
    bytes_ -= line.front().part.bytes.size();
    result.push_back(std::move(line.front()));
    line.pop_front();
  }
  if (line.empty())
    lines_.erase(i);
  return result;
}

template <class Predicate>
std::vector<part_lines::entry> part_lines::take_all_but(Predicate stays) {
  std::vector<entry> result;
  for (auto i = lines_.begin(); i != lines_.end();) {
    auto& line = i->second;
    auto first = std::stable_partition(line.begin(), line.end(), stays);
    for (auto j = first; j != line.end(); ++j)
      bytes_ -= j->part.bytes.size();
    std::move(first, line.end(), std::back_inserter(result));
    line.erase(first, line.end());
    i = line.empty() ? lines_.erase(i) : std::next(i);
  }
  return result;
}

std::vector<part_lines::entry> part_lines::expire(time_point now) {
  auto late = [&](const auto& x) { return x.since + limits_.patience <= now; };
  auto result
    = take_all_but([&](const entry& x) { return x.whole || !late(x); });
  while (!unclaimed_.empty() && late(unclaimed_.front()))
    drop(unclaimed_.begin());
  return result;
}

std::vector<part_lines::entry>
part_lines::withdraw(const std::set<uint64_t>& tickets) {
  return take_all_but(
    [&](const entry& x) { return tickets.count(x.ticket) == 0; });
}

std::optional<part_lines::time_point> part_lines::next_due() const {
  auto oldest = time_point::max();
  for (auto& [stream, line] : lines_)
    for (auto& x : line)
      if (!x.whole)
        oldest = std::min(oldest, x.since);
  if (!unclaimed_.empty())
    oldest = std::min(oldest, unclaimed_.front().since);
  if (oldest == time_point::max())
    return std::nullopt;
  return oldest + limits_.patience;
}

size_t part_lines::waiting() const {
  size_t result = 0;
  for (auto& x : lines_)
    result += x.second.size();
  return result;
}

part_lines::entry* part_lines::find(const std::string& stream, uint64_t seq,
                                    uint32_t part) {
  auto line = lines_.find(stream);
  if (line == lines_.end())
    return nullptr;
  for (auto& x : line->second)
    if (x.part.seq == seq && x.part.part == part)
      return &x;
  return nullptr;
}

part_lines::entry* part_lines::find(const transfer_key& key) {
  auto line = lines_.find(stream_of(key));
  if (line == lines_.end())
    return nullptr;
  for (auto& x : line->second)
    if (auto mine = bytes_key(x.part); mine == key)
      return &x;
  return nullptr;
}

uint64_t part_lines::replace(entry& old, uint64_t ticket, chunk x) {
  bytes_ -= old.part.bytes.size();
  bytes_ += x.bytes.size();
  old.part = std::move(x);
  old.whole = !lacks_bytes(old.part);
  if (!old.whole)
    claim(old);
  return std::exchange(old.ticket, ticket);
}

void part_lines::fill(entry& x, blob bytes) {
  bytes_ += bytes.size();
  x.part.bytes = std::move(bytes);
  x.whole = true;
}

void part_lines::claim(entry& x) {
  auto key = bytes_key(x.part);
  auto i = std::find_if(unclaimed_.begin(), unclaimed_.end(),
                        [&](const auto& y) { return y.key == key; });
  if (i == unclaimed_.end())
    return;
  ++claimed_;
  bytes_ -= i->bytes.size();
  fill(x, std::move(i->bytes));
  unclaimed_.erase(i);
}

void part_lines::drop(std::deque<early_bytes>::iterator i) {
  ++dropped_;
  bytes_ -= i->bytes.size();
  unclaimed_.erase(i);
}

bool part_lines::make_room(uint64_t size) {
  while (bytes_ + size > limits_.bytes && !unclaimed_.empty())
    drop(unclaimed_.begin());
  return bytes_ + size <= limits_.bytes;
}

} // namespace vpaas
