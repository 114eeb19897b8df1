#include "actors/cloud/errand_book.hpp"

#include <algorithm>
#include <iterator>

namespace vpaas {

namespace {

/// The stream that a round's name belongs to: "door" of "door:fine".
std::string base_of(const std::string& stream) {
  return stream.substr(0, stream.rfind(':'));
}

} // namespace

const chunk* part_in(const item& x) {
  if (auto* call = x.value.get<errand_call>())
    return &call->part;
  return x.value.get<chunk>();
}

void errand_book::limit(size_t most) {
  most_ = most;
  while (kept_.size() > most_)
    kept_.pop_front();
}

errand_steps errand_book::todo_for(const item& x, const chunk& part) {
  static const auto usual
    = std::make_shared<const std::vector<errand_step>>(usual_steps());
  if (auto* call = x.value.get<errand_call>()) {
    auto todo = std::make_shared<const std::vector<errand_step>>(call->steps);
    errands_.erase(part.stream);
    if (!part.last)
      errands_[part.stream] = {part.seq, todo};
    return todo;
  }
  auto i = errands_.find(part.stream);
  if (i == errands_.end())
    return usual;
  auto known = i->second.first == part.seq;
  auto todo = known ? i->second.second : usual;
  if (part.last || !known)
    errands_.erase(i);
  return todo;
}

caf::expected<item> errand_book::input_of(const work& x,
                                          const errand_step& step) const {
  if (step.inputs.empty())
    return x.made.at("");
  std::vector<std::vector<item>> inputs;
  for (auto& id : step.inputs)
    inputs.push_back(made_by(x, id));
  if (step.takes.empty() && inputs.front().size() == 1)
    return std::move(inputs.front().front());
  auto joined = join_inputs(step.takes, base_of(x.stream), x.frames, inputs);
  if (!joined)
    return std::move(joined.error());
  if (joined->size() == 1)
    return std::move(joined->front());
  return caf::make_error(ec::bad_config,
                         "failed to run " + step.id
                           + ": it takes one keyframe at a time, or what it "
                             "takes is gone; let the fog run it");
}

void errand_book::note(work& x, const errand_step& step, item made) {
  if (step.kept)
    kept_.push_back({base_of(x.stream), step.id, made});
  while (kept_.size() > most_)
    kept_.pop_front();
  x.made[step.id] = std::move(made);
}

std::vector<item> errand_book::made_by(const work& x,
                                       const std::string& step) const {
  if (auto i = x.made.find(step); i != x.made.end())
    return {i->second};
  std::vector<item> result;
  auto base = base_of(x.stream);
  auto is_ours = [&](uint64_t frame) {
    return std::count(x.frames.begin(), x.frames.end(), frame) > 0;
  };
  for (auto& y : kept_)
    if (y.step == step && y.stream == base) {
      auto frames = frames_of(y.what);
      if (std::any_of(frames.begin(), frames.end(), is_ours))
        result.push_back(y.what);
    }
  return result;
}

} // namespace vpaas
