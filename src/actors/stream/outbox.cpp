#include "actors/stream/outbox.hpp"

#include <caf/atom.hpp>

#include <iterator>
#include <utility>

namespace vpaas {

void outbox::put(frame_result x) {
  if (size() >= most)
    return settle_(x, false);
  waiting_.push_back(std::move(x));
}

void outbox::flush(time_point now) {
  if (waiting_.empty() || (!batches_.empty() && now < sent_ + slow))
    return;
  auto id = ++last_id_;
  auto& batch = batches_[id];
  batch.assign(std::make_move_iterator(waiting_.begin()),
               std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  flying_ += batch.size();
  sent_ = now;
  publish_(batch,
           [this, id](const caf::error& problem) { answered(id, problem); });
}

std::optional<outbox::time_point> outbox::next() const {
  if (waiting_.empty() || batches_.empty())
    return std::nullopt;
  return sent_ + slow;
}

void outbox::answered(uint64_t id, const caf::error& problem) {
  auto batch = batches_.extract(id).mapped();
  flying_ -= batch.size();
  auto again = problem && problem.category() != caf::atom("vpaas");
  if (again)
    waiting_.insert(waiting_.begin(), std::make_move_iterator(batch.begin()),
                    std::make_move_iterator(batch.end()));
  else
    for (auto& x : batch)
      settle_(x, !problem);
  changed_(again);
}

} // namespace vpaas
