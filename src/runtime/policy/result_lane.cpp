#include "runtime/policy/result_lane.hpp"

#include <iterator>
#include <utility>

namespace vpaas {

void result_lane::answer(frame_result x, answer_turn t) {
  auto frame = x.frame;
  if (t == answer_turn::in_time)
    order_.replace(frame, std::move(x));
  else if (t == answer_turn::first)
    order_.finish(frame, std::move(x));
  else
    loose_.push_back(std::move(x));
}

std::vector<frame_result> result_lane::take() {
  auto result = order_.take();
  out_ += result.size();
  result.insert(result.end(), std::make_move_iterator(loose_.begin()),
                std::make_move_iterator(loose_.end()));
  loose_.clear();
  return result;
}

} // namespace vpaas
