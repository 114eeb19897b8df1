#include "actors/functions/forwarder.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace vpaas {

namespace {

/// Whether `x` comes right after what has the key `before`.
bool follows(const segment_key& before, const segment& x) {
  return x.part == 0 ? x.number == before.number + 1
                     : x.number == before.number && x.part == before.part + 1;
}

bool has_gap(const segment_run& xs) {
  for (size_t i = 1; i < xs.size(); ++i)
    if (!follows(key_of(*xs[i - 1]), *xs[i]))
      return true;
  return false;
}

} // namespace

function_spec forwarder_function::spec() {
  function_spec result;
  result.name = name;
  result.input = keyframes::type_name;
  result.output = chunks::type_name;
  result.per_stream = true;
  result.help = "sends the camera's own packets";
  result.parameters
    = {integer("every", 15, 1, 1e6, "a keyframe is one of so many frames")};
  return result;
}

caf::expected<item> forwarder_function::apply(const item& x, const document&) {
  auto& in = *x.value.get<keyframes>();
  chunks out;
  out.lost = in.lost;
  auto& to = sessions_[in.stream];
  if (in.frames.empty()) {
    to.open = false;
    return make_item(in.stream, x.seq, std::move(out));
  }
  auto xs = news_of(to, in.coded);
  if (!to.open && xs.empty()) {
    for (auto& f : in.frames)
      out.lost.push_back(f.number());
    counters.lost += in.frames.size();
    return make_item(in.stream, x.seq, std::move(out));
  }
  if (!to.open || (!xs.empty() && xs.front()->part == 0)) {
    to = {true, to.last, in.frames.front().number(), 0};
    ++counters.chunks;
  }
  std::vector<frame_info> infos;
  for (auto& f : in.frames)
    infos.push_back(f.info());
  auto part = forward(xs, infos, every_);
  part.stream = in.stream;
  part.seq = to.seq;
  part.part = to.part++;
  for (auto& y : xs)
    note(to, *y);
  ++counters.parts;
  to.open = to.part < std::numeric_limits<uint16_t>::max();
  out.parts.push_back(std::move(part));
  return make_item(in.stream, x.seq, std::move(out));
}

segment_run forwarder_function::news_of(session& to, const segment_run& xs) {
  auto fresh = std::find_if(xs.begin(), xs.end(),
                            [&](auto& y) { return to.last < key_of(*y); });
  segment_run result{fresh, xs.end()};
  auto goes_on = to.open && !has_gap(result)
                 && (result.empty() || follows(to.last, *result.front()));
  if (goes_on)
    return result;
  to.open = false;
  result = xs;
  while (!result.empty() && (result.front()->part > 0 || has_gap(result)))
    result.erase(result.begin());
  return result;
}

void forwarder_function::note(session& to, const segment& x) {
  ++counters.segments;
  counters.bytes += x.bytes.size();
  if (!(most_ < key_of(x)))
    counters.repeated += x.bytes.size();
  to.last = key_of(x);
  most_ = std::max(most_, to.last);
}

caf::error forwarder_function::configure(const document& from,
                                         const document& to) {
  if (from.value().at("every") != to.value().at("every"))
    return caf::make_error(ec::bad_config,
                           "forwarder: every cannot change while it runs; "
                           "start another one");
  return caf::none;
}

} // namespace vpaas
