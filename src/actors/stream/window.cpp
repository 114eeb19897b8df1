#include "actors/stream/window.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace vpaas {

caf::error window_config::validate() const {
  if (max_bytes == 0 || max_parts == 0 || patience.count() <= 0)
    return caf::make_error(ec::bad_config, "window: max_bytes, max_parts and "
                                           "patience must be positive");
  return caf::none;
}

const parameter_table<window_config>& window_parameters() {
  using self = window_config;
  static const parameter_table<self> result{parameter_for<self>(
    size("max_bytes", "8MiB", 1 << 10, 1e9, "of video for those who watch"),
    &self::max_bytes)};
  return result;
}

window_state::window_state(window_actor::stateful_pointer<window_state> self)
  : self(self) {
  // nop
}

void window_state::begin(window_config x) {
  cfg = std::move(x);
  cutter = clip_cutter{cfg.clip};
}

void window_state::show(const segment& x) {
  ++counts.shown;
  keep(cutter.add(x));
  // One that was opened anew may number from 1 again.
  if (!parts.empty() && !(key_of(parts.back()) < key_of(x)))
    parts.clear(), bytes = 0;
  parts.push_back(x);
  bytes += x.bytes.size();
  while (parts.size() > 1
         && (bytes > cfg.max_bytes || parts.size() > cfg.max_parts)) {
    bytes -= parts.front().bytes.size();
    parts.pop_front();
  }
  for (auto& y : std::exchange(viewers, {}))
    y.to.deliver(behind(known(y.after)));
}

void window_state::note(const event& x) {
  if (!cfg.node)
    return;
  keep(cutter.note(x.time, parts));
  if (cutter.is_open())
    clip_clock.set(self,
                   self->clock().now() + cfg.clip.longest + cfg.clip_patience,
                   [this] { keep(cutter.finish()); });
}

void window_state::keep(const std::vector<segment>& clip) {
  if (clip.empty())
    return;
  auto lost = [this](const caf::error& cause) {
    counts.clips_lost += cause != ec::not_found; // it has no clip store
  };
  auto found = [this, clip, lost](const caf::actor& store) {
    asking
      .send(self, caf::actor_cast<clip_actor>(store), cfg.clip_patience,
            keep_atom_v, clip)
      .then([this] { ++counts.clips; }, lost);
  };
  asking
    .send(self, caf::actor_cast<node_actor>(cfg.node), cfg.clip_patience,
          resolve_atom_v, std::string{clip_store_name})
    .then(found, lost);
}

std::vector<segment> window_state::find(uint64_t frame) const {
  for (auto& x : parts)
    if (x.first_frame <= frame && frame < end_frame(x) && !x.packets.empty())
      return clip_cutter::cut(x.packets.back().captured, parts, cfg.clip);
  return {};
}

segment_key window_state::known(const segment_key& x) const {
  return parts.empty() || !(key_of(parts.back()) < x) ? x : segment_key{};
}

std::deque<segment>::const_iterator
window_state::next(const segment_key& after) const {
  auto i = std::find_if(parts.begin(), parts.end(),
                        [&](auto& x) { return after < key_of(x); });
  auto follows = [&] {
    if (i == parts.end())
      return true;
    auto key = key_of(*i);
    return key.number == after.number ? key.part == after.part + 1
                                      : i->part == 0;
  };
  if (after.number > 0 && follows())
    return i;
  // The newest intra picture.
  auto newest = std::find_if(parts.rbegin(), parts.rend(),
                             [](auto& x) { return x.part == 0; });
  return newest == parts.rend() ? parts.end() : std::prev(newest.base());
}

std::vector<segment> window_state::behind(const segment_key& after) {
  auto from = next(after);
  std::vector<segment> result(from, parts.cend());
  counts.fetched += result.size();
  return result;
}

caf::result<std::vector<segment>>
window_state::fetch(const segment_key& after) {
  auto from = known(after);
  if (next(from) != parts.end() || viewers.size() >= cfg.max_waiting)
    return behind(from);
  auto promise = self->make_response_promise<std::vector<segment>>();
  auto until = self->clock().now() + cfg.patience;
  viewers.push_back({from, until, promise});
  clock.set(self, until, [this] { give_up_waiting(); });
  return promise;
}

void window_state::give_up_waiting() {
  auto now = self->clock().now();
  for (; !viewers.empty() && viewers.front().until <= now; viewers.pop_front())
    viewers.front().to.deliver(std::vector<segment>{});
  if (!viewers.empty())
    clock.set(self, viewers.front().until, [this] { give_up_waiting(); });
}

status_report window_state::status() const {
  auto x = counts;
  x.parts = parts.size();
  x.bytes = bytes;
  x.waiting = viewers.size();
  return report(self, parts.empty() ? "waiting" : "ready", x);
}

window_actor::behavior_type
window(window_actor::stateful_pointer<window_state> self, window_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop
    },
    [self](publish_atom, const segment& x) { self->state.show(x); },
    [self](publish_atom, const event& x) { self->state.note(x); },
    [self](find_atom, uint64_t frame) { return self->state.find(frame); },
    [self](fetch_atom, const segment_key& x) { return self->state.fetch(x); },
  };
}

} // namespace vpaas
