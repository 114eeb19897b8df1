#include "actors/fog/coordinator.hpp"

#include "messages/report.hpp"

#include <caf/detail/serialized_size.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace vpaas {

namespace {

constexpr auto look_again = std::chrono::milliseconds{100};

/// Local functions answer in much less; who hangs for so long is given up.
constexpr auto patience = std::chrono::seconds{30};

/// A camera without a picture answers nothing; it is asked again after this.
constexpr auto camera_patience = std::chrono::seconds{60};

constexpr size_t segments_ahead = 2; ///< that the decoder has at a time

/// CAF's header, the path of the function, and the atom of the call.
constexpr size_t envelope_bytes = 64;

uint64_t bytes_on_wire(caf::actor_system& sys, const item& x) {
  return caf::detail::serialized_size(sys, x) + envelope_bytes;
}

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

caf::error coordinator_config::validate() const {
  auto refuse = [this](const std::string& what) {
    return caf::make_error(ec::bad_config,
                           "coordinator of \"" + stream + "\": " + what);
  };
  if (stream.empty())
    return refuse("the stream needs a name");
  if (camera.empty() || decoder.empty() || encoder.empty() || results.empty())
    return refuse("camera, decoder, encoder and results are needed");
  if (every == 0 || in_flight == 0)
    return refuse("every and in_flight are at least 1");
  if (auto problem = usual.validate())
    return refuse(*problem);
  if (usual.path == route::fog_only && backup.empty())
    return refuse("fog_only needs a backup detector");
  return caf::none;
}

coordinator_state::coordinator_state(
  coordinator_self::stateful_pointer<coordinator_state> self)
  : self(self) {
  // nop
}

coordinator_state::~coordinator_state() {
  others.leave(self);
}

caf::result<document> coordinator_state::configure(const document& x) {
  auto wanted = to_json_value(cfg.usual);
  for (auto& [key, value] : x.value().items())
    wanted[key] = value;
  auto parsed = from_json<decision>(wanted);
  if (!parsed)
    return caf::make_error(ec::bad_config,
                           "coordinator: " + cause_of(parsed.error()));
  auto changed = cfg;
  changed.usual = *parsed;
  if (auto err = changed.validate())
    return err;
  cfg.usual = *parsed;
  return document{to_json_value(cfg.usual)};
}

status_report coordinator_state::status() const {
  auto x = counts;
  x.stream = cfg.stream;
  x.pipeline = to_string(current.path);
  x.in_flight = unanswered();
  x.freshness = freshness.summary();
  x.processing = processing.summary();
  x.decode = decode_time.summary();
  x.encode = encode_time.summary();
  x.cloud = cloud_time.summary();
  x.detect = detect_time.summary();
  x.name = name_time.summary();
  x.publish = publish_time.summary();
  auto done = closed && x.in_flight == 0;
  return report(self,
                done                   ? "ended"
                : counts.segments == 0 ? "waiting"
                                       : "ready",
                x);
}

void coordinator_state::link_up() {
  cloud_up = true;
  failed_in_a_row = 0;
}

void coordinator_state::link_down() {
  cloud_up = false;
}

void coordinator_state::forget(const caf::down_msg& x) {
  auto name = others.forget(x);
  if (name == cfg.cloud)
    link_down();
  proceed();
}

// -- the graph, in the order of the path --------------------------------------

void coordinator_state::proceed() {
  others.look(self, cfg.node,
              [self = self](const std::string& name, const caf::actor& x) {
                self->state.found(name, x);
              });
  auto ready = others.has(cfg.camera) && others.has(cfg.decoder)
               && others.has(cfg.encoder) && others.has(cfg.results);
  if (!ready || !others.has(cfg.cloud))
    clock.set(self, now() + look_again,
              [self = self] { self->state.proceed(); });
  if (!ready || pulling || source_ended || decoding >= segments_ahead
      || unanswered() >= cfg.in_flight)
    return;
  pulling = true;
  self
    ->request(others.get<camera_actor>(cfg.camera), camera_patience,
              next_atom_v, last)
    .then([self = self](segment& x) { self->state.take_segment(x); },
          [self = self](const caf::error& cause) {
            self->state.camera_failed(cause);
          });
}

void coordinator_state::found(const std::string& name, const caf::actor& x) {
  if (name == cfg.camera) { // it counts from its own beginning
    last = {};
    first_segment = next_segment;
    first_frame = (next_frame + cfg.every - 1) / cfg.every * cfg.every;
  }
  if (name == cfg.cloud)
    self->send(caf::actor_cast<link_actor>(x), watch_atom_v,
               caf::actor_cast<caf::actor>(self));
  if (name == cfg.results)
    publish();
  proceed();
}

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
  self
    ->request(decoder, patience, apply_atom_v,
              make_item(cfg.stream, number, std::move(x)))
    .then([self = self, asked = now(), expected](
            const item& x) { self->state.decoded(asked, expected, x); },
          [self = self, expected](const caf::error& cause) {
            --self->state.decoding;
            self->state.counts.last_error = describe(cause);
            self->state.drop(expected, "undecodable");
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
  clock.set(self, now() + look_again, [self = self] { self->state.proceed(); });
}

void coordinator_state::decoded(time_point asked, const numbers& expected,
                                const item& x) {
  --decoding;
  decode_time.record(now() - asked);
  auto in = x.value.get<keyframes>();
  if (!in) {
    drop(expected, "undecodable");
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

decision coordinator_state::decide() {
  if (!cfg.policy)
    return cfg.usual;
  auto ms = [](caf::timespan x) {
    return std::chrono::duration<double, std::milli>(x).count();
  };
  stream_state x;
  x.stream = cfg.stream;
  x.cloud_up = cloud_up;
  x.in_flight = unanswered();
  x.freshness_ms = ms(last_freshness);
  x.processing_ms = ms(last_processing);
  x.failures = failed_in_a_row;
  auto result = cfg.policy(x);
  if (result && !result->validate()
      && (result->path != route::fog_only || !cfg.backup.empty()))
    return *result;
  ++counts.policy_errors;
  counts.last_error = result ? "policy: "
                                 + result->validate().value_or(
                                   "fog_only needs a backup detector")
                             : describe(result.error());
  return cfg.usual;
}

// The encoder closes a chunk where an item without frames comes; a new quality
// holds from the next chunk on.
void coordinator_state::change(const decision& x) {
  if (x == current)
    return;
  auto encoder = others.get<function_actor>(cfg.encoder);
  if (encoder && x.path == route::fog_only)
    encode({});
  if (encoder && (x.qp != current.qp || x.scale != current.scale))
    self
      ->request(encoder, patience, configure_atom_v,
                document{json{{"qp", x.qp}, {"scale", x.scale}}})
      .then([](const document&) {},
            [self = self](const caf::error& cause) {
              self->state.counts.last_error = describe(cause);
            });
  current = x;
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
  self
    ->request(encoder, patience, apply_atom_v,
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
    counts.bytes_to_cloud += bytes.size();
    transfer_offer offer{key, cfg.function, 0, 0};
    self
      ->request(link, caf::infinite, transfer_atom_v, std::move(offer),
                std::move(bytes), cfg.deadline)
      .then([] {},
            [](const caf::error&) {
              // The call that waits for these bytes fails as well.
            });
  }
  auto x = make_item(cfg.stream, part.seq, std::move(part));
  counts.bytes_to_cloud += bytes_on_wire(self->system(), x);
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
  counts.bytes_from_cloud += bytes_on_wire(self->system(), x);
  counts.cloud_frames += in->frames.size();
  std::set<uint64_t> missing{expected.begin(), expected.end()};
  for (auto& y : in->frames) {
    missing.erase(y.frame);
    if (!order.contains(y.frame)) {
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
  self
    ->request(classifier, patience, apply_atom_v,
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
  self
    ->request(backup, patience, apply_atom_v,
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

void coordinator_state::finish(uint64_t number, named_by located) {
  auto i = held.find(number);
  if (i == held.end())
    return;
  auto& x = i->second.result;
  x.stream = cfg.stream;
  x.located = located;
  x.answered = caf::make_timestamp();
  last_processing = x.processing = now() - i->second.complete;
  last_freshness = x.answered - x.captured;
  processing.record(last_processing);
  freshness.record(last_freshness);
  order.finish(number, std::move(x));
  held.erase(i);
  publish();
}

void coordinator_state::drop(const numbers& xs, const std::string& reason) {
  for (auto n : xs) {
    held.erase(n);
    if (order.drop(n))
      ++counts.dropped[reason];
  }
  if (!xs.empty())
    publish();
}

void coordinator_state::publish() {
  for (auto& x : order.take())
    outgoing.push_back(std::move(x));
  auto results = others.get<results_actor>(cfg.results);
  if (publishing || outgoing.empty() || !results)
    return proceed();
  publishing = true;
  std::vector<frame_result> batch{outgoing.begin(), outgoing.end()};
  if (auto decoder = others.get<decoder_actor>(cfg.decoder))
    self->send(decoder, release_atom_v, batch.back().frame);
  auto n = batch.size();
  self->request(results, caf::infinite, publish_atom_v, std::move(batch))
    .then(
      [self = self, asked = now(), n] {
        self->state.publish_time.record(self->state.now() - asked);
        self->state.published(n, caf::none);
      },
      [self = self, n](const caf::error& cause) {
        self->state.published(n, cause);
      });
}

// Where the results' actor died, the batch goes to the next one: the ledger
// knows what it has.
void coordinator_state::published(size_t n, const caf::error& problem) {
  publishing = false;
  if (problem && problem.category() != caf::atom("vpaas"))
    return proceed();
  if (problem) {
    counts.last_error = describe(problem);
    counts.dropped["unpublished"] += n;
  } else {
    counts.answered += n;
  }
  outgoing.erase(outgoing.begin(), outgoing.begin() + ptrdiff_t(n));
  publish();
}

// -- verbs of the above -------------------------------------------------------

void coordinator_state::wind_up() {
  if (!source_ended || closed || decoding > 0 || encoding > 0)
    return;
  numbers undecoded; // the decoder has said all that it will say
  for (auto n : order.unsettled())
    if (auto i = held.find(n); i != held.end() && !i->second.picture)
      undecoded.push_back(n);
  drop(undecoded, "undecodable");
  closed = true;
  if (others.has(cfg.encoder))
    encode({});
}

coordinator_state::time_point coordinator_state::now() const {
  return self->clock().now();
}

uint64_t coordinator_state::unanswered() const {
  return order.size() + outgoing.size();
}

coordinator_self::behavior_type
coordinator(coordinator_self::stateful_pointer<coordinator_state> self,
            coordinator_config cfg) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.current = st.cfg.usual;
  for (auto* name :
       {&st.cfg.camera, &st.cfg.decoder, &st.cfg.encoder, &st.cfg.results,
        &st.cfg.cloud, &st.cfg.classifier, &st.cfg.backup})
    st.others.add(*name);
  self->set_down_handler(
    [self](const caf::down_msg& x) { self->state.forget(x); });
  st.proceed();
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // It waits for its neighbours by itself.
    },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [self](up_atom, const node_info&, uint64_t) { self->state.link_up(); },
    [self](down_atom, uint64_t) { self->state.link_down(); },
  };
}

} // namespace vpaas
