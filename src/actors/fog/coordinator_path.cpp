// The steps of a stream's keyframes, in the order of the path.

#include "actors/fog/coordinator.hpp"

#include "actors/fog/wire_bytes.hpp"
#include "messages/part_key.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace vpaas {

namespace {

/// A part of a source that waits may take so many deadlines.
constexpr int most_caps = 6;

std::vector<uint64_t> numbers_of(const std::vector<coded_frame>& xs) {
  std::vector<uint64_t> result;
  for (auto& x : xs)
    result.push_back(x.number);
  return result;
}

} // namespace

void coordinator_state::take_segment(segment& x) {
  pulling = false;
  live = x.live;
  position.camera_key = {x.number, x.part};
  x.stream = cfg.stream;
  x.discontinuity |= position.segment_offset > 0 && x.part == 0
                     && x.first_frame == 0;
  x.number += position.segment_offset;
  x.first_frame += position.frame_offset;
  position.next_segment = x.number + 1;
  position.next_frame = std::max(position.next_frame, end_frame(x));
  ++counts.segments;
  counts.bytes_original += x.bytes.size();
  auto expected
    = book.begin(keyframes_of(x.first_frame, frames_in(x), cfg.every));
  for (auto n : expected)
    held[n].result.frame = n;
  keep(x, expected);
  auto decoder = others->get<decoder_actor>(cfg.decoder);
  if (!decoder) {
    not_decoded(expected);
    return publish();
  }
  ++decoding;
  auto number = x.number;
  asking
    .send(self, decoder, patience, apply_atom_v,
          make_item(cfg.stream, number, std::move(x)))
    .then([self = self, asked = now(), expected](
            const item& x) { self->state.decoded(asked, expected, x); },
          [self = self, expected](const caf::error& cause) {
            --self->state.decoding;
            self->state.counts.last_error = describe(cause);
            self->state.not_decoded(expected);
            self->state.wind_up();
            self->state.publish();
          });
  proceed();
}

void coordinator_state::camera_failed(const caf::error& cause) {
  pulling = false;
  if (cause == ec::not_found) {
    source_ended = true;
    return wind_up();
  }
  if (cause != caf::sec::request_timeout)
    counts.last_error = describe(cause);
  clock.set(self, now() + look_again, [self = self] { self->state.publish(); });
}

void coordinator_state::decoded(time_point asked, const numbers& expected,
                                const item& x) {
  --decoding;
  decode_time.record(now() - asked);
  auto in = x.value.get<keyframes>();
  if (!in) {
    not_decoded(expected);
    wind_up();
    return publish();
  }
  if (in->problem)
    counts.last_error = describe(in->problem);
  std::vector<frame> frames;
  for (auto& f : in->frames)
    if (auto i = held.find(f.number()); i != held.end()) {
      set_picture(i->second, f);
      frames.push_back(f);
      if (!live)
        ready.push_back(f.number());
    }
  not_decoded(in->lost);
  if (live && !frames.empty())
    analyse(frames);
  wind_up();
  publish();
}

void coordinator_state::set_picture(keyframe& x, const frame& f) {
  pictures.put(f);
  x.decoded = true;
  x.complete = now();
  x.result.frame = f.number();
  x.result.pts_us = f.info().pts_us;
  x.result.captured = f.info().captured;
  x.result.damaged = f.info().damaged;
}

// A decoder that was restarted lacks the beginning of its segment: the disk has
// all of it.
void coordinator_state::not_decoded(const numbers& xs) {
  for (auto n : xs)
    if (book.waits(n))
      give_up(n, "undecodable");
}

void coordinator_state::analyse(const std::vector<frame>& frames, bool again) {
  change(decide());
  auto plan = current.path == route::fog_only ? fallback::plan{false, true}
                                              : watch.next(now_ns());
  if (cfg.backup.empty() && cfg.spool.empty())
    plan = {true, false}; // nobody else can answer, now or later
  if (!others->has(cfg.encoder))
    plan = {false, true};
  auto probing = plan.cloud && watch.phase() != fallback_phase::cloud
                 && watch.phase() != fallback_phase::suspect;
  auto apart = again || probing; // the next one may be long after
  if (!plan.cloud || apart)
    close_chunk();
  for (auto& f : frames)
    held.at(f.number()).result.pipeline = to_string(current.path);
  if (plan.cloud)
    encode(chunk_name(again), frames);
  if (apart)
    close_chunk();
  if (plan.fog)
    for (auto& f : frames)
      ask_backup(f.number(), current.path == route::fog_only ? "backup"
                             : cloud_up                      ? "cloud"
                                                             : "cloud_down");
}

void coordinator_state::encode(const std::string& stream,
                               std::vector<frame> frames) {
  numbers expected;
  for (auto& f : frames) {
    held.at(f.number()).in_cloud = true;
    expected.push_back(f.number());
  }
  chunk_open = true;
  ++encoding;
  asking
    .send(self, others->get<function_actor>(cfg.encoder), patience,
          apply_atom_v,
          make_item(stream, expected.front(),
                    keyframes{stream, std::move(frames), {}, {}}))
    .then([self = self,
           asked = now()](const item& x) { self->state.encoded(asked, x); },
          [self = self, expected](const caf::error& cause) {
            auto& st = self->state;
            --st.encoding;
            st.counts.last_error = describe(cause);
            if (cause.category() == caf::atom("vpaas") || st.live)
              st.not_in_cloud(expected, "unencodable");
            else
              st.ask_again(expected);
            st.wind_up();
          });
}

// Of a `whole` chunk it holds what it has answered already.
void coordinator_state::encoder_lost() {
  told.reset();
  chunk_open = false;
  std::set<uint64_t> asked;
  for (auto& [id, x] : questions)
    asked.insert(x.frames.begin(), x.frames.end());
  numbers gone;
  for (auto& [n, x] : held)
    if (x.in_cloud && asked.count(n) == 0)
      gone.push_back(n);
  live ? not_in_cloud(gone, "unencodable") : ask_again(gone);
}

void coordinator_state::close_chunk() {
  auto encoder = others->get<function_actor>(cfg.encoder);
  if (!std::exchange(chunk_open, false) || !encoder)
    return;
  ++encoding;
  asking
    .send(self, encoder, patience, apply_atom_v,
          make_item(cfg.stream, 0, keyframes{cfg.stream, {}, {}, {}}))
    .then([self = self,
           asked = now()](const item& x) { self->state.encoded(asked, x); },
          [self = self](const caf::error& cause) {
            --self->state.encoding;
            self->state.counts.last_error = describe(cause);
            self->state.wind_up();
          });
}

void coordinator_state::encoded(time_point asked, const item& x) {
  --encoding;
  encode_time.record(now() - asked);
  if (auto in = x.value.get<chunks>()) {
    not_in_cloud(in->lost, "unencodable");
    for (auto& part : in->parts)
      ask_cloud(part);
  }
  analyse_waiting();
  wind_up();
}

void coordinator_state::ask_cloud(chunk part) {
  auto id = next_question++;
  auto& x = questions[id];
  x.frames = numbers_of(part.frames);
  x.sent = now_ns();
  x.waits = !live;
  ++counts.parts;
  counts.chunks += part.part == 0;
  for (auto n : x.frames)
    if (auto i = held.find(n); i != held.end()) {
      i->second.complete = now();
      i->second.result.chunk = part.seq;
      x.waits |= i->second.from_disk;
    }
  x.due = x.sent + (x.waits ? cfg.outage.cap : watch.deadline());
  for (auto& [other, y] : questions)
    x.ahead += y.frames.size();
  if (!owing)
    owing = x.sent;
  part.stream = cfg.origin + part.stream;
  part.epoch = cloud_epoch;
  part.attempt = ++last_attempt;
  part.live = !x.waits;
  auto link = others->get<link_actor>(cfg.cloud);
  if (!link)
    return cloud_failed(id, caf::make_error(ec::cloud_down, "no link"));
  look_at_deadlines();
  send_part(id, std::move(part), link);
}

void coordinator_state::send_part(uint64_t id, chunk part,
                                  const link_actor& link) {
  auto key = bytes_key(part);
  auto in_slices = part.bytes.size() > cfg.inline_bytes;
  // It ends by our own deadline, unless the cloud answers nothing but this.
  auto limit = questions.at(id).waits ? most_caps * cfg.outage.cap
                                      : cfg.outage.cap;
  if (in_slices) {
    auto bytes = std::exchange(part.bytes, blob{});
    transfer_offer offer{key, cfg.function, 0, 0};
    offer.live = part.live;
    counts.bytes_to_cloud += transfer_bytes(self->system(), offer,
                                            bytes.size());
    asking
      .send(self, link, requests::no_limit, transfer_atom_v, std::move(offer),
            std::move(bytes), limit)
      .then([] {},
            [](const caf::error&) {
              // The call that waits for these bytes ends by its own limit.
            });
  }
  auto seq = part.seq; // arguments may be moved from in any order
  auto call = make_item("", seq, std::move(part)); // a part knows its stream
  counts.bytes_to_cloud += call_bytes(self->system(), cfg.function, call);
  asking // the link answers within the limit, or dies
    .send(self, link, requests::no_limit, call_atom_v, cfg.function,
          std::move(call), limit)
    .then(
      [self = self, id](const item& x) { self->state.cloud_answered(id, x); },
      [self = self, id, link, key, in_slices](const caf::error& cause) {
        if (in_slices)
          self->send(link, cancel_atom_v, key);
        self->state.cloud_failed(id, cause);
      });
}

} // namespace vpaas
