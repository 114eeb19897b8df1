#include "actors/functions/result_functions.hpp"

#include "runtime/pulse.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace vpaas {

namespace {

constexpr auto no_time = std::numeric_limits<int64_t>::min();

int64_t us(caf::timestamp x) {
  return std::chrono::duration_cast<std::chrono::microseconds>(
           x.time_since_epoch())
    .count();
}

/// The stream's own time, or that of its arrival where it has none.
int64_t own_time(const frame_result& x) {
  return x.pts_us != no_time ? x.pts_us : us(x.captured);
}

std::vector<observation> seen_in(const frame_result& x) {
  std::vector<observation> result;
  for (auto& y : x.objects)
    result.push_back({y.where, y.score, y.label, {}});
  return result;
}

caf::expected<std::vector<lua_function>> load_all(const document& x) {
  std::vector<lua_function> result;
  for (auto& text : x.get<std::vector<std::string>>("functions")) {
    auto loaded = load_function(text);
    if (!loaded)
      return std::move(loaded.error());
    result.push_back(std::move(*loaded));
  }
  return result;
}

} // namespace

function_spec result_functions::spec() {
  tracker_config usual;
  function_spec result;
  result.name = name;
  result.input = result.output = result_batch::type_name;
  result.tiers = {"fog"};
  result.help = "gives objects tracks, and applies users' Lua functions";
  result.parameters
    = {texts("functions", "of results, in Lua: NAME?KEY=VALUE&KEY=VALUE of "
                          "config/functions, or a file; ; between several"),
       flag("tracker", true, "objects carry the id of their track"),
       number("track_start", double(usual.start), 0, 1,
              "score with which a track begins"),
       duration("track_keep", "6s", 0, 3600,
                "how long an object that is not found is looked for")};
  return result;
}

caf::error result_functions::check(const document& parameters) {
  auto loaded = load_all(parameters);
  return loaded ? caf::error{} : std::move(loaded.error());
}

result_functions::result_functions(caf::scheduled_actor*,
                                   const document& parameters) {
  set_tracker(parameters);
  if (auto loaded = load_all(parameters))
    functions_ = std::move(*loaded);
  else
    counters.last_problem = describe(loaded.error());
}

void result_functions::set_tracker(const document& parameters) {
  auto memory = tracks_ ? tracks_->memory() : stream_tracker_memory{};
  tracks_.reset();
  if (!parameters.get<bool>("tracker"))
    return;
  tracker_config cfg;
  cfg.start = parameters.get<float>("track_start");
  cfg.keep
    = std::chrono::duration<float>(parameters.get<caf::timespan>("track_keep"))
        .count();
  tracks_.emplace(cfg, std::move(memory));
}

caf::error result_functions::configure(const document& from,
                                       const document& to) {
  auto same = [&](const char* key) {
    return from.value().at(key) == to.value().at(key);
  };
  if (!same("functions")) {
    auto loaded = load_all(to);
    if (!loaded)
      return std::move(loaded.error());
    functions_ = std::move(*loaded);
  }
  if (!same("tracker") || !same("track_start") || !same("track_keep"))
    set_tracker(to);
  return caf::none;
}

caf::expected<item> result_functions::apply(const item& x, const document&) {
  auto& in = *x.value.get<result_batch>();
  if (!last_)
    recall(in.before);
  result_batch out;
  out.results = in.results;
  for (auto& y : out.results) {
    auto late = last_ && y.frame <= *last_;
    auto time = late ? own_time(y) : next_time(y);
    if (!late)
      last_ = y.frame;
    counters.late += late;
    counters.objects += y.objects.size();
    follow(y, time);
    change(y, late, time, out.events);
    beat();
  }
  ++counters.items;
  counters.results += out.results.size();
  counters.events += out.events.size();
  return make_item(x.stream, x.seq, std::move(out));
}

void result_functions::recall(const std::vector<frame_result>& xs) {
  for (auto& x : xs) {
    if (last_ && x.frame <= *last_)
      continue;
    auto time = next_time(x);
    last_ = x.frame;
    std::vector<uint64_t> ids;
    for (auto& y : x.objects)
      ids.push_back(y.track);
    if (tracks_)
      tracks_->recall(x.frame, time, seen_in(x), ids);
  }
}

void result_functions::follow(frame_result& x, int64_t time) {
  if (!tracks_)
    return;
  auto ids = tracks_->update(x.frame, time, seen_in(x));
  for (size_t i = 0; i < ids.size(); ++i) {
    x.objects[i].track = ids[i];
    counters.tracked += ids[i] != no_track;
  }
}

void result_functions::change(frame_result& x, bool late, int64_t time,
                              std::vector<event>& raised) {
  for (auto& f : functions_) {
    auto given = x;
    given.pts_us = time;
    auto out = f.apply(given, late);
    if (!out) {
      ++counters.failures[f.spec().name];
      counters.last_problem = describe(out.error());
      continue;
    }
    x.objects = std::move(out->result.objects);
    raised.insert(raised.end(), std::make_move_iterator(out->events.begin()),
                  std::make_move_iterator(out->events.end()));
  }
}

int64_t result_functions::next_time(const frame_result& x) {
  auto own = own_time(x);
  auto arrived = us(x.captured);
  if (last_ && own + shift_ <= time_)
    shift_ = time_ + std::max<int64_t>(1, arrived - arrived_) - own;
  arrived_ = arrived;
  return time_ = own + shift_;
}

} // namespace vpaas
