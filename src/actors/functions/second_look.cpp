#include "actors/functions/second_look.hpp"

#include "runtime/media/regions.hpp"
#include "runtime/policy/effort.hpp"
#include "runtime/processor_time.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace vpaas {

namespace {

using clock = std::chrono::steady_clock;

item with_budget(const item& x, int64_t budget) {
  auto in = x.value.get<regions>();
  if (!in)
    return x; // said by who looks
  auto copy = *in;
  copy.budget = budget;
  return make_item(x.stream, x.seq, std::move(copy));
}

caf::expected<item> with_options(const item& x, const document& options) {
  return with_budget(x, options.get<int64_t>("budget"));
}

/// A model that looks at as much as there is time for.
struct paced_look {
  detector_world::detect_fun detect;
  std::shared_ptr<effort> pace;
  int64_t most; ///< pixels a keyframe

  bool gives_way;

  caf::expected<std::vector<detections>>
  operator()(const std::vector<item>& xs) const {
    auto share = gives_way ? pace->share(clock::now()) : 1.;
    auto bounded = [&](const item& x) {
      auto in = x.value.get<regions>();
      auto own = in && in->budget >= 0 ? std::min(in->budget, most) : most;
      return with_budget(x, int64_t(share * double(own)));
    };
    std::vector<item> todo;
    todo.reserve(xs.size());
    for (auto& x : xs)
      todo.push_back(bounded(x));
    auto began = clock::now();
    auto worked = processor_time();
    auto result = detect(todo);
    auto ended = clock::now();
    if (gives_way)
      pace->ran(ended, ended - began, processor_time() - worked);
    return result;
  }
};

} // namespace

function_spec second_look_spec() {
  auto result = detector_spec();
  result.name = "second_look";
  result.input = "regions";
  result.parameters.push_back(
    integer("budget", 173056, 0, 1e8,
            "pixels a keyframe that it may look at; 0 = none"));
  result.parameters.push_back(
    texts("labels", "that matter; none named: all of the model"));
  result.parameters.push_back(
    duration("patience", "150ms", .001, 60,
             "longest run, where it gives way: it looks at less, down to "
             "nothing"));
  result.parameters.push_back(
    flag("gives_way", true, "to others who want the processor"));
  result.options = {"budget"};
  result.help = "names regions by another look at the full quality";
  return result;
}

batched_function_config second_look_function(document parameters,
                                             detector_world world) {
  effort::config how;
  how.patience = parameters.get<caf::timespan>("patience");
  auto pace = std::make_shared<effort>(how);
  world.load = [pace, load = std::move(world.load)](
                 const document& x) -> caf::expected<detector_world::loaded> {
    auto model = load(x);
    if (model)
      model->detect = paced_look{std::move(model->detect), pace,
                                 x.get<int64_t>("budget"),
                                 x.get<bool>("gives_way")};
    return model;
  };
  auto result = detector(std::move(parameters), std::move(world));
  result.spec = second_look_spec();
  result.with_options = with_options;
  result.effort = [pace] { return pace->share(clock::now()); };
  return result;
}

} // namespace vpaas
