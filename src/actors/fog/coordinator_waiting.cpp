// Keyframes that wait: of a source that can, for pictures, for the disk.

#include "actors/fog/coordinator.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

size_t coordinator_state::room() const {
  auto left = [](size_t most, size_t n) { return most > n ? most - n : 0; };
  auto by_fog = cfg.backup.empty() ? ready.size() + repeats.size()
                                   : left(cfg.backup_queue, in_backup);
  auto by_cloud = left(credit.window(), in_cloud());
  // What an open chunk holds back is not on its way: nothing would end it.
  if (by_cloud == 0 && questions.empty() && encoding == 0)
    by_cloud = 1;
  if (current.path == route::fog_only)
    return by_fog;
  if (!others->has(cfg.encoder))
    return 0; // it comes back
  if (cfg.backup.empty() && cfg.spool.empty())
    return by_cloud;
  switch (watch.phase()) {
    case fallback_phase::cloud:
      return by_cloud;
    case fallback_phase::suspect:
      return std::min(by_cloud, by_fog);
    default:
      return by_fog;
  }
}

void coordinator_state::analyse_waiting() {
  if (fetching || std::exchange(analysing, true))
    return;
  for (auto n = room(); n > 0; n = room()) {
    auto again = !repeats.empty() && now() >= repeat_at;
    auto next = again ? repeats.begin() : repeats.end();
    if (!again && ready.empty())
      break;
    auto number = again ? *next : ready.front();
    again ? void(repeats.erase(next)) : ready.pop_front();
    if (held.count(number) == 0)
      continue;
    fetching = true;
    with_picture(
      number,
      [self = self, number, again](const frame& x) {
        self->state.fetching = false;
        if (self->state.held.count(number) > 0)
          self->state.analyse({x}, again);
        self->state.analyse_waiting();
      },
      [self = self, number] {
        self->state.fetching = false;
        self->state.give_up(number, "undecodable");
      });
    if (fetching)
      break;
  }
  analysing = false;
  if (!repeats.empty() && now() < repeat_at)
    wake_in(repeat_at - now());
  wind_up();
}

void coordinator_state::ask_again(const numbers& xs) {
  for (auto n : xs) {
    auto i = held.find(n);
    if (i == held.end())
      continue;
    if (i->second.answered || i->second.from_disk) {
      not_in_cloud({n}, "cloud");
      continue;
    }
    i->second.in_cloud = false;
    ++counts.asked_again;
    repeats.insert(n);
  }
  repeat_at = now() + rest;
  publish();
}

void coordinator_state::with_picture(uint64_t number,
                                     std::function<void(const frame&)> then,
                                     std::function<void()> without) {
  auto here = pictures.get(number);
  auto decoder = others->get<decoder_actor>(cfg.decoder);
  if (here || !decoder)
    return here ? then(here) : without();
  asking.send(self, decoder, patience, fetch_atom_v, number)
    .then(
      [then, without](const item& x) {
        auto in = x.value.get<keyframes>();
        in && in->frames.size() == 1 ? then(in->frames.front()) : without();
      },
      [self = self, without](const caf::error& cause) {
        self->state.counts.last_error = describe(cause);
        without();
      });
}

// The disk has it, or it stays as the cloud knows it.
void coordinator_state::no_picture_for(uint64_t number, size_t places) {
  auto i = held.find(number);
  if (i == held.end())
    return;
  if (!book.keeps(number)) {
    counts.unnamed += places;
    finish(number, named_by::cloud);
  } else if (i->second.answered) {
    not_in_cloud({number}, "undecodable");
  } else {
    give_up(number, "undecodable");
  }
}

// -- for the disk -------------------------------------------------------------

void coordinator_state::publish() {
  for (auto& x : book.take())
    outgoing->put(std::move(x));
  release();
  if (others->has(cfg.results)) {
    outgoing->flush(now());
    if (auto next = outgoing->next())
      wake_in(*next - now());
  }
  proceed();
}

void coordinator_state::release() {
  auto decoder = others->get<decoder_actor>(cfg.decoder);
  auto below = book.settled_below();
  if (decoder && below > std::exchange(released, std::max(released, below)))
    self->send(decoder, release_atom_v, below - 1);
}

void coordinator_state::settle(const frame_result& x, bool on_disk) {
  auto i = held.find(x.frame);
  auto open = i != held.end() && x.revision == 0;
  if (on_disk && open)
    i->second.published = true; // the cloud may correct it yet
  if (on_disk)
    return book.stored(x, open);
  book.refused(x);
  rest_until = now() + rest;
}

outbox coordinator_state::make_outbox() {
  auto offer = [self = self](const outbox::results& xs, outbox::answer done) {
    auto& st = self->state;
    st.asking
      .send(self, st.others->get<results_actor>(st.cfg.results),
            requests::no_limit, publish_atom_v, xs)
      .then(
        [self, done, asked = st.now()] {
          self->state.publish_time.record(self->state.now() - asked);
          done(caf::none);
        },
        [self, done](const caf::error& cause) {
          self->state.counts.last_error = describe(cause);
          done(cause);
        });
  };
  return {offer,
          [self = self](const frame_result& x, bool on_disk) {
            self->state.settle(x, on_disk);
          },
          [self = self](bool again) {
            if (again)
              return self->state.wake_in(look_again);
            self->state.forget_segments();
            self->state.publish();
          }};
}

} // namespace vpaas
