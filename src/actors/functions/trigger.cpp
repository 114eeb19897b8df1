#include "actors/functions/trigger.hpp"

#include "actors/stopwatch.hpp"
#include "runtime/media/frame_difference.hpp"

#include <utility>

namespace vpaas {

function_spec trigger_function::spec() {
  function_spec result;
  result.name = name;
  result.input = keyframes::type_name;
  result.output = chunk_answer::type_name;
  result.per_stream = true;
  result.blocks = true;
  result.help = "says which keyframes differ from the last one sent";
  result.parameters
    = {number("k", 10, 1, 1e9,
              "more than one of so many pixels has to change (Glimpse)"),
       integer("level", 35, 0, 255, "by which a changed pixel differs")};
  result.options = {"k", "level"};
  return result;
}

caf::expected<item> trigger_function::apply(const item& x,
                                            const document& how) {
  auto& in = *x.value.get<keyframes>();
  chunk_answer out;
  out.model = name;
  for (auto& f : in.frames) {
    stopwatch running{time_};
    auto pixels = double(f.width()) * double(f.height());
    counters.changed = changed_pixels(last_sent_, f, how.get<int>("level"));
    auto triggers = !last_sent_
                    || double(counters.changed) > pixels / how.get<double>("k");
    frame_answer one;
    one.frame = f.number();
    if (triggers)
      one.regions.push_back({{0, 0, 1, 1}, 1, 0, 0});
    out.frames.push_back(std::move(one));
    if (triggers)
      last_sent_ = f;
    ++counters.keyframes;
    counters.triggered += triggers;
  }
  return make_item(x.stream, x.seq, std::move(out));
}

trigger_status trigger_function::status() const {
  auto x = counters;
  x.time = time_.summary();
  return x;
}

} // namespace vpaas
