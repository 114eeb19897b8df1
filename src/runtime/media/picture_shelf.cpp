#include "runtime/media/picture_shelf.hpp"

#include <iterator>

namespace vpaas {

void picture_shelf::put(const frame& x) {
  drop(x.number());
  bytes_ += x.bytes();
  pictures_.emplace(x.number(), x);
  while (bytes_ > most_ && pictures_.size() > 1) {
    ++evicted_;
    erase(std::prev(pictures_.end()));
  }
}

frame picture_shelf::get(uint64_t number) const {
  auto i = pictures_.find(number);
  return i == pictures_.end() ? frame{} : i->second;
}

void picture_shelf::drop(uint64_t number) {
  if (auto i = pictures_.find(number); i != pictures_.end())
    erase(i);
}

void picture_shelf::erase(pictures::iterator i) {
  bytes_ -= i->second.bytes();
  pictures_.erase(i);
}

} // namespace vpaas
