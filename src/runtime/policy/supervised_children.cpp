#include "runtime/policy/supervised_children.hpp"

namespace vpaas {

uint64_t supervised_children::add(child x) {
  fresh_ += x.initial ? 1 : 0;
  children_.emplace(next_id_, std::move(x));
  return next_id_++;
}

void supervised_children::forget(uint64_t id) {
  schedule(id, child::step::none, {});
  not_fresh(children_.at(id));
  children_.erase(id);
}

supervised_child* supervised_children::find(uint64_t id) {
  auto i = children_.find(id);
  return i != children_.end() ? &i->second : nullptr;
}

void supervised_children::schedule(uint64_t id, child::step next,
                                   caf::timespan due) {
  auto& x = children_.at(id);
  if (x.next != child::step::none)
    steps_.erase({x.due, id});
  x.next = next;
  x.due = due;
  if (next != child::step::none && due != child::never)
    steps_.emplace(due, id);
}

std::optional<uint64_t> supervised_children::due(caf::timespan now) const {
  if (steps_.empty() || steps_.begin()->first > now)
    return std::nullopt;
  return steps_.begin()->second;
}

caf::timespan supervised_children::wake() const {
  return steps_.empty() ? child::never : steps_.begin()->first;
}

void supervised_children::not_fresh(child& x) {
  fresh_ -= x.fresh && x.initial ? 1 : 0;
  x.fresh = false;
}

} // namespace vpaas
