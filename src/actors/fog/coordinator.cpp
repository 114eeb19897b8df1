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

/// A stream begins without spool and ledger where they do not answer.
constexpr auto store_patience = std::chrono::seconds{2};

/// Results that wait for the disk before a source that can wait does.
constexpr size_t most_unpublished = 1000;

/// A disk that is slower than this does not hold up the stream.
constexpr auto disk_patience = std::chrono::seconds{1};

double ms(caf::timespan x) {
  return std::chrono::duration<double, std::milli>(x).count();
}

} // namespace

coordinator_state::coordinator_state(
  coordinator_self::stateful_pointer<coordinator_state> self)
  : self(self) {
  // nop
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
  x.in_flight = book.in_flight();
  x.spooled = book.spooled();
  x.pixel_bytes = pictures.bytes();
  x.evicted = pictures.evicted();
  x.unpublished = outgoing->size();
  x.window = credit.window();
  x.away = away;
  x.improvable = book.improvable();
  auto& y = book.counts();
  x.received = y.received;
  x.answered = y.answered;
  x.recovered = y.recovered;
  x.repeated = y.repeated;
  x.revised = y.revised;
  x.unimproved = y.unimproved;
  x.unkept = y.unkept;
  x.dropped = y.dropped;
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
  owing.reset();
  watch.link_up(now_ns());
  proceed();
}

void coordinator_state::link_down() {
  cloud_up = false;
  watch.link_down(now_ns());
  proceed(); // who waits for the cloud asks the backup
}

void coordinator_state::forget(const caf::down_msg& x) {
  auto name = others->forget(x);
  if (name == cfg.cloud)
    link_down();
  if (name == cfg.camera)
    camera_known = false;
  if (name == cfg.encoder)
    encoder_lost();
  asking.forget(self, x);
  proceed();
}

// -- the graph, in the order of the path --------------------------------------

void coordinator_state::proceed() {
  others->look([self = self](const std::string& name, const caf::actor& x) {
    self->state.found(name, x);
  });
  find_place();
  auto ready_now = others->has(cfg.camera) && others->has(cfg.decoder)
                   && others->has(cfg.encoder) && others->has(cfg.results)
                   && numbered;
  if (!ready_now || !others->has(cfg.cloud) || before != recovery::done)
    wake_in(look_again);
  analyse_waiting();
  catch_up();
  if (ready_now && !pulling && !source_ended && decoding < segments_ahead
      && !full())
    pull();
}

// Where a store does not answer the stream begins without it.
void coordinator_state::find_place() {
  if (!others->has(cfg.results))
    return;
  if (started == time_point{})
    started = now();
  auto spooling = cfg.spool.empty() || others->has(cfg.spool);
  if (before == recovery::needed && spooling && now() >= recover_at)
    recover();
  if (numbered || now() < started + store_patience)
    return;
  if (away.empty())
    away[spooling ? "ledger" : "spool"] = "it does not answer";
  begin_anew();
}

bool coordinator_state::full() const {
  if (book.unfinished() >= cfg.in_flight)
    return true;
  return !live && (pictures.full() || outgoing->size() >= most_unpublished);
}

void coordinator_state::pull() {
  if (keeping && now() < kept_at + disk_patience)
    return wake_in(kept_at + disk_patience - now());
  if (!camera_known)
    begin_camera();
  pulling = true;
  asking
    .send(self, others->get<camera_actor>(cfg.camera), camera_patience,
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
    asking // it knows our segments, but not yet whose they are
      .send(self, caf::actor_cast<spool_actor>(x), patience, open_atom_v,
            cfg.stream, caf::actor_cast<caf::actor>(self))
      .then([](const spool_content&) {},
            [self = self](const caf::error& cause) {
              self->state.not_recovered("spool", cause);
            });
  publish();
}

decision coordinator_state::decide() {
  if (!cfg.policy)
    return cfg.usual;
  stream_state x;
  x.stream = cfg.stream;
  x.cloud_up = cloud_up;
  x.in_flight = book.in_flight();
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
  if (x.path == route::fog_only && current.path != route::fog_only)
    close_chunk();
  current = x;
  auto encoder = others->get<function_actor>(cfg.encoder);
  if (!encoder || (told && told->qp == x.qp && told->scale == x.scale))
    return;
  told = x;
  asking
    .send(self, encoder, patience, configure_atom_v,
          document{json{{"qp", x.qp}, {"scale", x.scale}}})
    .then([](const document&) {},
          [self = self](const caf::error& cause) {
            self->state.told.reset();
            self->state.counts.last_error = describe(cause);
          });
}

void coordinator_state::finish(uint64_t number, named_by located) {
  auto i = held.find(number);
  if (i == held.end())
    return;
  auto& x = i->second;
  auto turn = book.turn_of(number, x.answered);
  x.result.stream = cfg.stream;
  x.result.located = located;
  x.result.answered = caf::make_timestamp();
  x.result.processing = now() - x.complete;
  x.result.revision = turn == keyframe_book::turn::revision ? 1 : 0;
  if (turn == keyframe_book::turn::first) {
    last_processing = x.result.processing;
    last_freshness = x.result.answered - x.result.captured;
    processing.record(last_processing);
    freshness.record(last_freshness);
  }
  auto result = x.result;
  if (located == named_by::backup && x.in_cloud
      && cfg.correct != corrections::none) {
    x.answered = true;
    x.result.objects.clear();
  } else {
    let_go(number);
  }
  book.answer(std::move(result), turn);
  publish();
}

void coordinator_state::let_go(uint64_t number) {
  held.erase(number);
  pictures.drop(number);
}

// -- verbs of the above -------------------------------------------------------

void coordinator_state::wind_up() {
  if (!source_ended || closed || decoding > 0 || encoding > 0 || !ready.empty())
    return;
  numbers undecoded; // the decoder has said all that it will say
  for (auto n : book.waiting())
    if (auto i = held.find(n); i != held.end() && !i->second.decoded)
      undecoded.push_back(n);
  drop(undecoded, "undecodable");
  closed = true;
  close_chunk();
  book.complete_below(position.next_segment);
  forget_segments();
}

coordinator_state::time_point coordinator_state::now() const {
  return self->clock().now();
}

std::string coordinator_state::name_at(const std::vector<std::string>& names,
                                       int32_t i) {
  return i >= 0 && size_t(i) < names.size() ? names[size_t(i)]
                                            : std::to_string(i);
}

caf::timespan coordinator_state::now_ns() const {
  return std::chrono::duration_cast<caf::timespan>(now().time_since_epoch());
}

size_t coordinator_state::in_cloud() const {
  return size_t(std::count_if(held.begin(), held.end(),
                              [](auto& x) { return x.second.in_cloud; }));
}

void coordinator_state::wake_in(caf::timespan x) {
  clock.set(self, now() + x, [self = self] { self->state.publish(); });
}

// No stream's name holds a slash.
std::string coordinator_state::chunk_name(bool again) const {
  return again ? cfg.stream + "/again" : cfg.stream;
}

coordinator_self::behavior_type
coordinator(coordinator_self::stateful_pointer<coordinator_state> self,
            coordinator_config cfg) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.current = st.cfg.usual;
  st.watch = fallback{st.cfg.outage};
  st.credit = time_credit{st.cfg.outage.cap / 4};
  st.pictures = picture_shelf{st.cfg.pixel_bytes};
  st.book = keyframe_book{st.cfg.correct == corrections::catch_up};
  st.outgoing.emplace(st.make_outbox());
  st.sampler = even_sampler{st.cfg.backup_queue};
  st.others.emplace(self, st.cfg.node);
  for (auto* name : {&st.cfg.camera, &st.cfg.decoder, &st.cfg.encoder,
                     &st.cfg.results, &st.cfg.cloud, &st.cfg.classifier,
                     &st.cfg.backup, &st.cfg.spool, &st.cfg.revisit})
    st.others->want(*name);
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
