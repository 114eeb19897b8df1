// The steps of a stream's keyframes, in the order of the path.

#include "actors/fog/coordinator.hpp"

#include "actors/fog/wire_bytes.hpp"

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

std::string name_at(const std::vector<std::string>& names, int32_t i) {
  return i >= 0 && size_t(i) < names.size() ? names[size_t(i)]
                                            : std::to_string(i);
}

transfer_key key_of(const chunk& x) {
  return {x.stream + "/" + std::to_string(x.part), x.seq};
}

} // namespace

void coordinator_state::take_segment(segment& x) {
  pulling = false;
  last = {x.number, x.part};
  x.stream = cfg.stream;
  x.discontinuity |= first_segment > 0 && x.part == 0 && x.first_frame == 0;
  x.number += first_segment;
  x.first_frame += first_frame;
  next_segment = x.number + 1;
  next_frame = std::max(next_frame, x.first_frame + x.packets.size());
  ++counts.segments;
  counts.bytes_original += x.bytes.size();
  numbers expected;
  auto n = (x.first_frame + cfg.every - 1) / cfg.every * cfg.every;
  for (; n < x.first_frame + x.packets.size(); n += cfg.every)
    if (order.begin(n)) {
      expected.push_back(n);
      held[n].result.frame = n;
    } else {
      ++counts.repeated;
    }
  counts.received += expected.size();
  auto decoder = others.get<decoder_actor>(cfg.decoder);
  if (!decoder)
    return drop(expected, "undecodable");
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
            self->state.drop(expected, "undecodable");
            self->state.wind_up();
            self->state.proceed();
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
    drop(expected, "undecodable");
    wind_up();
    return proceed();
  }
  if (in->problem)
    counts.last_error = describe(in->problem);
  std::vector<frame> frames;
  for (auto& f : in->frames)
    if (auto i = held.find(f.number()); i != held.end()) {
      auto& y = i->second;
      y.picture = f;
      y.complete = now();
      y.result.pts_us = f.info().pts_us;
      y.result.captured = f.info().captured;
      y.result.damaged = f.info().damaged;
      frames.push_back(f);
    }
  drop(in->lost, "undecodable");
  if (!frames.empty())
    encode(std::move(frames));
  wind_up();
  proceed();
}

void coordinator_state::encode(std::vector<frame> frames) {
  if (!frames.empty())
    change(decide());
  numbers expected;
  for (auto& f : frames) {
    auto& x = held.at(f.number()).result;
    x.pipeline = to_string(current.path);
    expected.push_back(f.number());
  }
  auto encoder = others.get<function_actor>(cfg.encoder);
  if (!frames.empty() && (current.path == route::fog_only || !encoder)) {
    for (auto n : expected)
      ask_backup(n, "unencodable");
    return;
  }
  if (!encoder)
    return;
  ++encoding;
  asking
    .send(self, encoder, patience, apply_atom_v,
          make_item(cfg.stream, expected.empty() ? 0 : expected.front(),
                    keyframes{cfg.stream, std::move(frames), {}, {}}))
    .then([self = self,
           asked = now()](const item& x) { self->state.encoded(asked, x); },
          [self = self, expected](const caf::error& cause) {
            auto& st = self->state;
            --st.encoding;
            st.counts.last_error = describe(cause);
            for (auto n : expected)
              st.ask_backup(n, "unencodable");
            st.wind_up();
          });
}

void coordinator_state::encoded(time_point asked, const item& x) {
  --encoding;
  encode_time.record(now() - asked);
  if (auto in = x.value.get<chunks>()) {
    for (auto n : in->lost)
      ask_backup(n, "unencodable");
    for (auto& part : in->parts)
      ask_cloud(part);
  }
  wind_up();
}

void coordinator_state::ask_cloud(chunk part) {
  auto expected = numbers_of(part.frames);
  ++counts.parts;
  counts.chunks += part.part == 0;
  for (auto n : expected)
    if (auto i = held.find(n); i != held.end()) {
      i->second.complete = now();
      i->second.result.chunk = part.seq;
    }
  auto link = others.get<link_actor>(cfg.cloud);
  if (!link)
    return cloud_failed(expected, caf::make_error(ec::cloud_down, "no link"));
  auto key = key_of(part);
  auto in_slices = part.bytes.size() > cfg.inline_bytes;
  if (in_slices) {
    auto bytes = std::exchange(part.bytes, blob{});
    transfer_offer offer{key, cfg.function, 0, 0};
    counts.bytes_to_cloud += transfer_bytes(self->system(), offer,
                                            bytes.size());
    self
      ->request(link, caf::infinite, transfer_atom_v, std::move(offer),
                std::move(bytes), cfg.deadline)
      .then([] {},
            [](const caf::error&) {
              // The call that waits for these bytes fails as well.
            });
  }
  auto x = make_item(cfg.stream, part.seq, std::move(part));
  counts.bytes_to_cloud += call_bytes(self->system(), cfg.function, x);
  self // the link answers within the deadline
    ->request(link, caf::infinite, call_atom_v, cfg.function, std::move(x),
              cfg.deadline)
    .then(
      [self = self, asked = now(), expected](const item& x) {
        self->state.cloud_answered(asked, expected, x);
      },
      [self = self, expected, link, key, in_slices](const caf::error& cause) {
        if (in_slices)
          self->request(link, patience, cancel_atom_v, key)
            .then([] {},
                  [](const caf::error&) {
                    // It is gone already.
                  });
        self->state.cloud_failed(expected, cause);
      });
}

void coordinator_state::cloud_answered(time_point asked,
                                       const numbers& expected, const item& x) {
  auto in = x.value.get<chunk_answer>();
  if (!in)
    return cloud_failed(
      expected, caf::make_error(ec::bad_input, "the cloud answered " + x.kind));
  failed_in_a_row = 0;
  cloud_time.record(now() - asked);
  detect_time.record(in->decoding + in->detecting);
  counts.bytes_from_cloud += answer_bytes(self->system(), x);
  counts.cloud_frames += in->frames.size();
  std::set<uint64_t> missing{expected.begin(), expected.end()};
  for (auto& y : in->frames) {
    auto asked_for = missing.erase(y.frame) > 0;
    if (!asked_for || !order.contains(y.frame)) {
      ++counts.late;
      continue;
    }
    auto& result = held.at(y.frame).result;
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
  for (auto n : missing)
    ask_backup(n, "cloud");
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

void coordinator_state::cloud_failed(const numbers& xs,
                                     const caf::error& cause) {
  ++counts.failures;
  ++failed_in_a_row;
  counts.last_error = describe(cause);
  for (auto n : xs)
    ask_backup(n, cause == ec::cloud_down ? "cloud_down"
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

void coordinator_state::ask_backup(uint64_t number, const std::string& reason) {
  auto i = held.find(number);
  auto backup = others.get<function_actor>(cfg.backup);
  if (i == held.end() || !i->second.picture || !backup)
    return drop({number}, reason);
  i->second.complete = now();
  asking
    .send(self, backup, patience, apply_atom_v,
          make_item(cfg.stream, number,
                    keyframes{cfg.stream, {i->second.picture}, {}, {}}))
    .then([self = self,
           number](const item& x) { self->state.backup_answered(number, x); },
          [self = self, number](const caf::error& cause) {
            self->state.counts.last_error = describe(cause);
            self->state.drop({number}, "backup");
          });
}

void coordinator_state::backup_answered(uint64_t number, const item& x) {
  auto in = x.value.get<detections>();
  if (!in || in->frames.size() != 1 || !order.contains(number))
    return drop({number}, "backup");
  auto& result = held.at(number).result;
  for (auto& y : in->frames.front().found)
    if (y.score >= in->thresholds.theta_cls)
      result.objects.push_back(
        {y.where, name_at(in->labels, y.label), y.score, named_by::backup});
  ++counts.backup_frames;
  finish(number, named_by::backup);
}

} // namespace vpaas
