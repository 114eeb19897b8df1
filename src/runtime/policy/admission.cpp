#include "runtime/policy/admission.hpp"

#include <algorithm>

namespace vpaas {

admission::admission(admission_limits limits) : limits_(limits) {
  // nop
}

std::optional<int> admission::enter(int id, const std::string& address,
                                    caf::timespan now) {
  std::optional<int> gone;
  if (count(address) >= limits_.per_address)
    gone = take_oldest(address);
  else if (waiting_.size() >= limits_.total)
    gone = take_oldest(greediest());
  waiting_[id] = {address, now};
  return gone;
}

void admission::leave(int id) {
  waiting_.erase(id);
}

std::vector<int> admission::take_late(caf::timespan now) {
  std::vector<int> result;
  for (const auto& [id, x] : waiting_)
    if (now - x.since >= limits_.patience)
      result.push_back(id);
  for (auto id : result)
    waiting_.erase(id);
  return result;
}

size_t admission::count(const std::string& address) const {
  auto is_there = [&](const auto& x) { return x.second.address == address; };
  return static_cast<size_t>(
    std::count_if(waiting_.begin(), waiting_.end(), is_there));
}

std::string admission::greediest() const {
  std::map<std::string, size_t> held;
  for (const auto& x : waiting_)
    ++held[x.second.address];
  auto most = std::max_element(
    held.begin(), held.end(),
    [](const auto& x, const auto& y) { return x.second < y.second; });
  return most->first;
}

int admission::take_oldest(const std::string& address) {
  auto oldest = waiting_.end();
  for (auto i = waiting_.begin(); i != waiting_.end(); ++i)
    if (i->second.address == address
        && (oldest == waiting_.end() || i->second.since < oldest->second.since))
      oldest = i;
  auto result = oldest->first;
  waiting_.erase(oldest);
  return result;
}

} // namespace vpaas
