#include "runtime/http/broadcast.hpp"

#include <algorithm>

namespace vpaas {

broadcast::broadcast(size_t most_entries, size_t most_bytes)
  : most_entries_(most_entries), most_bytes_(most_bytes) {
  // nop
}

void broadcast::say(std::string camera, std::string text) {
  std::lock_guard guard{mutex_};
  bytes_ += text.size();
  entries_.push_back(
    {std::move(camera), std::make_shared<const std::string>(std::move(text))});
  while (entries_.size() > most_entries_
         || (bytes_ > most_bytes_ && entries_.size() > 1)) {
    bytes_ -= entries_.front().text->size();
    entries_.pop_front();
    ++first_;
  }
  changed_.notify_all();
}

uint64_t broadcast::position() const {
  std::lock_guard guard{mutex_};
  return first_ + entries_.size();
}

broadcast::news broadcast::wait(uint64_t& position, caf::timespan limit,
                                clock::time_point not_before) {
  std::unique_lock guard{mutex_};
  ended_.wait_until(guard, not_before, [&] { return closed_; });
  changed_.wait_for(guard, limit, [&] {
    return closed_ || first_ + entries_.size() > position;
  });
  news result;
  if (position < first_) {
    result.missed = first_ - position;
    missed_ += result.missed;
    position = first_;
  }
  auto from = std::min<uint64_t>(position - first_, entries_.size());
  result.entries.assign(entries_.begin() + static_cast<ptrdiff_t>(from),
                        entries_.end());
  position = first_ + entries_.size();
  return result;
}

void broadcast::close() {
  std::lock_guard guard{mutex_};
  closed_ = true;
  changed_.notify_all();
  ended_.notify_all();
}

size_t broadcast::listeners() const {
  std::lock_guard guard{mutex_};
  return listeners_;
}

uint64_t broadcast::missed() const {
  std::lock_guard guard{mutex_};
  return missed_;
}

broadcast::listener::listener(broadcast& all) : all_(all) {
  std::lock_guard guard{all_.mutex_};
  ++all_.listeners_;
}

broadcast::listener::~listener() {
  std::lock_guard guard{all_.mutex_};
  --all_.listeners_;
}

} // namespace vpaas
