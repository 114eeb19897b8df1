#include "runtime/learning/crop_ring.hpp"

#include "runtime/learning/crop_ranking.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

constexpr size_t overhead = 300; // texts and maps

size_t bytes_of(const kept_crop& x) {
  return x.jpeg.size() + x.features.size() + overhead;
}

} // namespace

bool crop_ring::wants(const kept_crop& x) {
  ++counts_.offered;
  auto& recent = recent_[x.stream];
  while (!recent.empty()) {
    auto i = crops_.find(recent.front());
    if (i != crops_.end() && i->second.captured + cfg_.apart > x.captured)
      break;
    recent.pop_front();
  }
  auto features = unpacked_floats(x.features);
  auto is_alike = [&](uint64_t position) {
    auto i = crops_.find(position);
    return i != crops_.end()
           && likeness(unpacked_floats(i->second.features), features)
                >= cfg_.alike;
  };
  auto repeated = ids_.count(x.id) > 0
                  || std::any_of(recent.begin(), recent.end(), is_alike);
  counts_.alike += repeated;
  return !repeated;
}

void crop_ring::add(kept_crop x) {
  ++counts_.kept;
  auto position = ++last_;
  auto& to = shares_[{x.stream, x.said}];
  to.crops.push_back(position);
  to.bytes += bytes_of(x);
  bytes_ += bytes_of(x);
  recent_[x.stream].push_back(position);
  ids_[x.id] = position;
  crops_.emplace(position, std::move(x));
  while (bytes_ > cfg_.max_bytes)
    evict();
}

void crop_ring::evict() {
  auto largest = std::max_element(
    shares_.begin(), shares_.end(),
    [](auto& a, auto& b) { return a.second.bytes < b.second.bytes; });
  auto& from = largest->second;
  auto gone = crops_.find(from.crops.front());
  auto bytes = bytes_of(gone->second);
  from.bytes -= bytes;
  bytes_ -= bytes;
  ids_.erase(gone->second.id);
  crops_.erase(gone);
  from.crops.pop_front();
  if (from.crops.empty())
    shares_.erase(largest);
  ++counts_.evicted;
}

const kept_crop* crop_ring::find(const std::string& id) const {
  auto i = ids_.find(id);
  return i == ids_.end() ? nullptr : &crops_.at(i->second);
}

std::vector<const kept_crop*> crop_ring::after(uint64_t& position,
                                               size_t most) const {
  std::vector<const kept_crop*> result;
  for (auto i = crops_.upper_bound(position);
       i != crops_.end() && result.size() < most; ++i) {
    result.push_back(&i->second);
    position = i->first;
  }
  return result;
}

} // namespace vpaas
