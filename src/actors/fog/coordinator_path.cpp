// The steps of a stream's keyframes, in the order of the path.

#include "actors/fog/coordinator.hpp"

#include "actors/fog/wire_bytes.hpp"
#include "messages/part_key.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace vpaas {

namespace {

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
  position.next_frame = std::max(position.next_frame,
                                 end_frame(x));
  ++counts.segments;
  counts.bytes_original += x.bytes.size();
  numbers expected;
  for (auto n : keyframes_of(x.first_frame, frames_in(x), cfg.every))
    if (order.begin(n)) {
      expected.push_back(n);
      held[n].result.frame = n;
    } else {
      ++counts.repeated;
    }
  counts.received += expected.size();
  keep(x, expected);
  auto decoder = others.get<decoder_actor>(cfg.decoder);
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
    }
  not_decoded(in->lost);
  if (!frames.empty())
    analyse(frames);
  wind_up();
  publish();
}

void coordinator_state::set_picture(keyframe& x, const frame& f) {
  x.picture = f;
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
    if (order.contains(n) && retried.insert(n).second)
      give_up(n, "undecodable");
    else
      drop({n}, "undecodable");
}

void coordinator_state::analyse(const std::vector<frame>& frames) {
  change(decide());
  auto plan = current.path == route::fog_only ? fallback::plan{false, true}
                                              : watch.next(now_ns());
  if (cfg.backup.empty() && cfg.spool.empty())
    plan = {true, false}; // nobody else can answer, now or later
  if (!others.has(cfg.encoder))
    plan = {false, true};
  auto probing = plan.cloud && watch.phase() != fallback_phase::cloud
                 && watch.phase() != fallback_phase::suspect;
  if (!plan.cloud || probing)
    close_chunk();
  for (auto& f : frames)
    held.at(f.number()).result.pipeline = to_string(current.path);
  if (plan.cloud)
    encode(cfg.stream, frames);
  if (probing)
    close_chunk(); // the next one may be long after
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
    .send(self, others.get<function_actor>(cfg.encoder), patience, apply_atom_v,
          make_item(stream, expected.front(),
                    keyframes{stream, std::move(frames), {}, {}}))
    .then([self = self,
           asked = now()](const item& x) { self->state.encoded(asked, x); },
          [self = self, expected](const caf::error& cause) {
            --self->state.encoding;
            self->state.counts.last_error = describe(cause);
            self->state.not_in_cloud(expected, "unencodable");
            self->state.wind_up();
          });
}

void coordinator_state::close_chunk() {
  auto encoder = others.get<function_actor>(cfg.encoder);
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
  wind_up();
}

void coordinator_state::ask_cloud(chunk part) {
  auto id = next_question++;
  auto& x = questions[id];
  x.frames = numbers_of(part.frames);
  x.sent = now_ns();
  x.due = x.sent + (live ? watch.deadline() : cfg.outage.cap);
  ++counts.parts;
  counts.chunks += part.part == 0;
  for (auto n : x.frames)
    if (auto i = held.find(n); i != held.end()) {
      i->second.complete = now();
      i->second.result.chunk = part.seq;
    }
  auto link = others.get<link_actor>(cfg.cloud);
  if (!link)
    return cloud_failed(id, caf::make_error(ec::cloud_down, "no link"));
  look_at_deadlines();
  part.stream = cfg.origin + part.stream;
  part.epoch = cloud_epoch;
  part.attempt = ++last_attempt;
  part.live = live;
  auto key = bytes_key(part);
  auto in_slices = part.bytes.size() > cfg.inline_bytes;
  if (in_slices) {
    auto bytes = std::exchange(part.bytes, blob{});
    transfer_offer offer{key, cfg.function, 0, 0};
    counts.bytes_to_cloud += transfer_bytes(self->system(), offer,
                                            bytes.size());
    self
      ->request(link, caf::infinite, transfer_atom_v, std::move(offer),
                std::move(bytes), cfg.outage.cap)
      .then([] {},
            [](const caf::error&) {
              // The call that waits for these bytes fails as well.
            });
  }
  auto seq = part.seq; // arguments may be moved from in any order
  auto call = make_item("", seq, std::move(part)); // a part knows its stream
  counts.bytes_to_cloud += call_bytes(self->system(), cfg.function, call);
  self // the link answers within the cap
    ->request(link, caf::infinite, call_atom_v, cfg.function, std::move(call),
              cfg.outage.cap)
    .then(
      [self = self, id](const item& x) { self->state.cloud_answered(id, x); },
      [self = self, id, link, key, in_slices](const caf::error& cause) {
        if (in_slices)
          self->request(link, patience, cancel_atom_v, key)
            .then([] {},
                  [](const caf::error&) {
                    // It is gone already.
                  });
        self->state.cloud_failed(id, cause);
      });
}

void coordinator_state::cloud_answered(uint64_t id, const item& x) {
  auto in = x.value.get<chunk_answer>();
  if (!in)
    return cloud_failed(
      id, caf::make_error(ec::bad_input, "the cloud answered " + x.kind));
  auto asked = questions.extract(id).mapped();
  if (asked.missed)
    watch.answered_late(asked.sent, now_ns());
  else
    watch.answered(asked.sent, now_ns());
  failed_in_a_row = 0;
  cloud_time.record(now_ns() - asked.sent);
  detect_time.record(in->decoding + in->detecting);
  counts.bytes_from_cloud += answer_bytes(self->system(), x);
  counts.cloud_frames += in->frames.size();
  std::set<uint64_t> missing{asked.frames.begin(), asked.frames.end()};
  for (auto& y : in->frames) {
    auto i = held.find(y.frame);
    if (missing.erase(y.frame) == 0 || i == held.end()) {
      ++counts.late;
      continue;
    }
    i->second.in_cloud = i->second.in_backup = false;
    counts.late += i->second.answered;
    auto& result = i->second.result;
    for (auto& label : y.labels)
      result.objects.push_back({label.where, name_at(in->names, label.label),
                                label.score, named_by::cloud});
    counts.labels_cloud += y.labels.size();
    if (result.pipeline == to_string(route::cloud_only))
      take_hints(y.regions, in->names, result);
    else if (!y.regions.empty()) {
      name_regions(y.frame, y.regions, in->names);
      continue;
    }
    finish(y.frame, named_by::cloud);
  }
  not_in_cloud({missing.begin(), missing.end()}, "cloud");
}

void coordinator_state::take_hints(const std::vector<region>& places,
                                   const std::vector<std::string>& names,
                                   frame_result& out) {
  for (auto& x : places)
    if (x.hint_score >= cfg.hint_score) {
      out.objects.push_back(
        {x.where, name_at(names, x.hint), x.hint_score, named_by::cloud});
      ++counts.labels_cloud;
    }
}

void coordinator_state::cloud_failed(uint64_t id, const caf::error& cause) {
  auto asked = questions.extract(id).mapped();
  ++counts.failures;
  ++failed_in_a_row;
  counts.last_error = describe(cause);
  // What is wrong with one part says nothing of the cloud.
  if (!asked.missed && cause != ec::bad_input && cause != ec::codec)
    watch.missed(asked.sent, now_ns());
  close_chunk(); // later parts would need this one
  not_in_cloud(asked.frames, cause == ec::cloud_down ? "cloud_down"
                             : cause == ec::deadline ? "deadline"
                                                     : "cloud");
}

void coordinator_state::name_regions(uint64_t number,
                                     std::vector<region> places,
                                     const std::vector<std::string>& names) {
  auto& x = held.at(number);
  x.result.regions = uint32_t(places.size());
  counts.regions += places.size();
  auto classifier = others.get<function_actor>(cfg.classifier);
  if (!classifier) {
    counts.unnamed += places.size();
    return finish(number, named_by::cloud);
  }
  asking
    .send(self, classifier, patience, apply_atom_v,
          make_item(cfg.stream, number, regions{x.picture, places, names}))
    .then([self = self, asked = now(), number, places](
            const item& x) { self->state.named(asked, number, places, x); },
          [self = self, number, n = places.size()](const caf::error& cause) {
            self->state.counts.unnamed += n;
            self->state.counts.last_error = describe(cause);
            self->state.finish(number, named_by::cloud);
          });
}

void coordinator_state::named(time_point asked, uint64_t number,
                              const std::vector<region>& places,
                              const item& x) {
  name_time.record(now() - asked);
  auto in = x.value.get<namings>();
  if (!in || in->regions.size() != places.size()) {
    counts.unnamed += places.size();
  } else if (auto i = held.find(number); i != held.end()) {
    for (size_t k = 0; k < places.size(); ++k)
      if (auto& y = in->regions[k]; y.label >= 0) {
        i->second.result.objects.push_back({places[k].where,
                                            name_at(in->classes, y.label),
                                            y.score, named_by::fog});
        ++counts.labels_fog;
      }
  }
  finish(number, named_by::cloud);
}

} // namespace vpaas
