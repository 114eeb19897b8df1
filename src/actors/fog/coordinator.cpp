#include "actors/fog/coordinator.hpp"

#include "messages/report.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

/// A camera without a picture answers nothing, and the question or the answer
/// to it may be lost with a connection; it is asked again after this.
constexpr auto camera_patience = std::chrono::seconds{5};

constexpr size_t segments_ahead = 2; ///< that the decoder has at a time

/// A stream begins without a spool that does not come.
constexpr auto spool_patience = std::chrono::seconds{2};

/// A disk that is slower than this does not hold up the stream.
constexpr auto disk_patience = std::chrono::seconds{1};

double ms(caf::timespan x) {
  return std::chrono::duration<double, std::milli>(x).count();
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
  if (backup_queue == 0 || correct_age.count() < 0)
    return refuse("backup_queue is at least 1, ages are not negative");
  if (auto problem = outage.validate())
    return refuse(cause_of(problem));
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
  x.spooled = disk.waiting();
  x.improvable = disk.improvable();
  x.outage = to_string(watch.phase());
  x.outages = watch.outages();
  x.deadline_ms = ms(watch.deadline());
  x.settling_ms = ms(watch.settling_time());
  x.freshness = freshness.summary();
  x.processing = processing.summary();
  x.decode = decode_time.summary();
  x.encode = encode_time.summary();
  x.cloud = cloud_time.summary();
  x.detect = detect_time.summary();
  x.name = name_time.summary();
  x.publish = publish_time.summary();
  auto done = closed && x.in_flight == 0 && x.spooled == 0;
  return report(self,
                done                   ? "ended"
                : counts.segments == 0 ? "waiting"
                                       : "ready",
                x);
}

void coordinator_state::link_up(uint64_t epoch) {
  cloud_up = true;
  cloud_epoch = epoch;
  failed_in_a_row = 0;
  watch.link_up(now_ns());
}

void coordinator_state::link_down() {
  cloud_up = false;
  watch.link_down(now_ns());
}

void coordinator_state::forget(const caf::down_msg& x) {
  auto name = others.forget(x);
  if (name == cfg.cloud)
    link_down();
  if (name == cfg.camera)
    camera_known = false;
  proceed();
}

// -- the graph, in the order of the path --------------------------------------

void coordinator_state::proceed() {
  others.look(self, cfg.node,
              [self = self](const std::string& name, const caf::actor& x) {
                self->state.found(name, x);
              });
  auto spooling = cfg.spool.empty() || others.has(cfg.spool);
  if (before == recovery::needed && others.has(cfg.results)
      && (spooling || now() >= started + spool_patience))
    recover();
  auto ready = others.has(cfg.camera) && others.has(cfg.decoder)
               && others.has(cfg.encoder) && others.has(cfg.results)
               && before == recovery::done;
  if (!ready || !others.has(cfg.cloud) || !spooling)
    clock.set(self, now() + look_again,
              [self = self] { self->state.publish(); });
  catch_up();
  if (!ready || pulling || source_ended || decoding >= segments_ahead
      || unanswered() >= cfg.in_flight)
    return;
  if (keeping && now() < kept_at + disk_patience)
    return clock.set(self, kept_at + disk_patience,
                     [self = self] { self->state.publish(); });
  if (!camera_known)
    begin_camera();
  pulling = true;
  asking
    .send(self, others.get<camera_actor>(cfg.camera), camera_patience,
          next_atom_v, position.camera_key)
    .then([self = self](segment& x) { self->state.take_segment(x); },
          [self = self](const caf::error& cause) {
            self->state.camera_failed(cause);
          });
}

void coordinator_state::found(const std::string& name, const caf::actor& x) {
  if (name == cfg.cloud)
    self->send(caf::actor_cast<link_actor>(x), watch_atom_v,
               caf::actor_cast<caf::actor>(self));
  if (name == cfg.spool && before == recovery::done)
    self // it knows our segments, but not yet whose they are
      ->request(caf::actor_cast<spool_actor>(x), patience, open_atom_v,
                cfg.stream, caf::actor_cast<caf::actor>(self))
      .then(
        [self = self](const spool_content& x) {
          auto& next = self->state.position.next_segment;
          next = std::max(next, x.position.next_segment);
        },
        [self = self](const caf::error& cause) {
          self->state.counts.last_error = describe(cause);
        });
  publish();
}

decision coordinator_state::decide() {
  if (!cfg.policy)
    return cfg.usual;
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
  if (x.path == route::fog_only)
    close_chunk();
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

void coordinator_state::finish(uint64_t number, named_by located) {
  auto i = held.find(number);
  if (i == held.end())
    return;
  auto& x = i->second;
  auto corrects = x.answered || (x.from_disk && improving);
  auto in_time = x.answered && order.holds(number); // it is not out yet
  x.result.stream = cfg.stream;
  x.result.located = located;
  x.result.answered = caf::make_timestamp();
  x.result.processing = now() - x.complete;
  x.result.revision = corrects && !in_time ? 1 : 0;
  if (!corrects && !x.from_disk) {
    last_processing = x.result.processing;
    last_freshness = x.result.answered - x.result.captured;
    processing.record(last_processing);
    freshness.record(last_freshness);
  }
  auto result = x.result;
  auto ordered = !x.from_disk && !corrects;
  if (located == named_by::backup && x.in_cloud
      && cfg.correct != corrections::none) {
    x.answered = true;
    x.result.objects.clear();
  } else {
    held.erase(i);
  }
  if (in_time)
    order.replace(number, std::move(result));
  else if (ordered)
    order.finish(number, std::move(result));
  else
    outgoing.push_back(std::move(result));
  publish();
}

void coordinator_state::publish() {
  for (auto& x : order.take()) {
    release = x.frame;
    outgoing.push_back(std::move(x));
  }
  auto results = others.get<results_actor>(cfg.results);
  if (publishing || outgoing.empty() || !results)
    return proceed();
  publishing = true;
  std::vector<frame_result> batch{outgoing.begin(), outgoing.end()};
  if (auto decoder = others.get<decoder_actor>(cfg.decoder); decoder && release)
    self->send(decoder, release_atom_v, *std::exchange(release, {}));
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

// Where the results' actor died or is broken, the batch is offered again: the
// ledger knows what it has.
void coordinator_state::published(size_t n, const caf::error& problem) {
  publishing = false;
  if (problem && problem.category() != caf::atom("vpaas"))
    return clock.set(self, now() + look_again,
                     [self = self] { self->state.publish(); });
  if (problem)
    counts.last_error = describe(problem);
  for (size_t i = 0; i < n; ++i)
    settle(outgoing[i], !problem);
  outgoing.erase(outgoing.begin(), outgoing.begin() + ptrdiff_t(n));
  forget_segments();
  publish();
}

void coordinator_state::settle(const frame_result& x, bool on_disk) {
  if (x.revision > 0) {
    counts.revised += on_disk;
    on_disk ? disk.close(x.frame) : improve_later(x.frame);
  } else if (on_disk) {
    ++counts.answered;
    if (auto i = held.find(x.frame); i != held.end())
      i->second.published = true; // the cloud may correct it yet
    else if (x.located == named_by::backup)
      improve_later(x.frame);
    else
      disk.close(x.frame);
  } else if (!disk.postpone(x.frame)) {
    ++counts.dropped["unpublished"];
  }
  if (!on_disk)
    rest_until = now() + rest;
  retried.erase(x.frame);
  working.erase(x.frame);
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
  close_chunk();
  disk.complete_below(position.next_segment);
  forget_segments();
}

coordinator_state::time_point coordinator_state::now() const {
  return self->clock().now();
}

void coordinator_state::improve_later(uint64_t number) {
  if (cfg.correct != corrections::catch_up || !disk.improve_later(number))
    disk.close(number);
}

std::string coordinator_state::name_at(const std::vector<std::string>& names,
                                       int32_t i) {
  return i >= 0 && size_t(i) < names.size() ? names[size_t(i)]
                                            : std::to_string(i);
}

caf::timespan coordinator_state::now_ns() const {
  return std::chrono::duration_cast<caf::timespan>(now().time_since_epoch());
}

uint64_t coordinator_state::unanswered() const {
  auto first = [this](const frame_result& x) {
    return x.revision == 0 && working.count(x.frame) == 0;
  };
  return order.size() + (improving ? 0 : working.size())
         + uint64_t(std::count_if(outgoing.begin(), outgoing.end(), first));
}

coordinator_self::behavior_type
coordinator(coordinator_self::stateful_pointer<coordinator_state> self,
            coordinator_config cfg) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.current = st.cfg.usual;
  st.started = st.now();
  st.watch = fallback{st.cfg.outage};
  st.sampler = even_sampler{st.cfg.backup_queue};
  for (auto* name :
       {&st.cfg.camera, &st.cfg.decoder, &st.cfg.encoder, &st.cfg.results,
        &st.cfg.cloud, &st.cfg.classifier, &st.cfg.backup, &st.cfg.spool})
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
    [self](up_atom, const node_info&, uint64_t epoch) {
      self->state.link_up(epoch);
    },
    [self](down_atom, uint64_t) { self->state.link_down(); },
    [self](lost_atom, uint64_t segment, const std::string& reason) {
      self->state.lost(segment, reason);
    },
  };
}

} // namespace vpaas
