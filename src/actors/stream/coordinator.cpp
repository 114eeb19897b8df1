#include "actors/stream/coordinator.hpp"

#include "messages/report.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

double ms(caf::timespan x) {
  return std::chrono::duration<double, std::milli>(x).count();
}

outbox outbox_of(coordinator_state& all) {
  auto offer = [&all](const outbox::results& xs, const outbox::answer& done) {
    all.asking
      .send(all.self, all.others->get<results_actor>(all.cfg.results),
            requests::no_limit, publish_atom_v, xs)
      .then(
        [&all, done, asked = all.now()] {
          all.publish_time.record(all.now() - asked);
          done(caf::none);
        },
        [&all, done](const caf::error& cause) {
          all.counts.last_error = describe(cause);
          done(cause);
        });
  };
  return {
    [&all, offer](const outbox::results& xs, const outbox::answer& done) {
      all.last_look.pass(
        xs, [offer, done](const outbox::results& ys) { offer(ys, done); });
    },
    [&all](const frame_result& x, bool on_disk) { all.settle(x, on_disk); },
    [&all](bool again) {
      if (again)
        return all.wake_in(all.look_again);
      all.stores.forget_segments();
      all.publish();
    }};
}

} // namespace

coordinator_state::coordinator_state(
  coordinator_self::stateful_pointer<coordinator_state> self)
  : self(self), pictures(*this), stores(*this), source(*this), mail(*this),
    work(*this), old(*this), last_look(*this), choice(*this), traces(*this) {
  // nop
}

// -- what it is told ----------------------------------------------------------

void coordinator_state::begin(coordinator_config x) {
  cfg = std::move(x);
  cloud = cloud_book{cfg.outage};
  book = keyframe_book{cfg.correct == corrections::catch_up};
  sampler = even_sampler{cfg.backup_queue};
  pictures.limit(cfg.pixel_bytes);
  outgoing.emplace(outbox_of(*this));
  others.emplace(self, cfg.node);
  for (auto* name : {&cfg.camera, &cfg.decoder, &cfg.encoder, &cfg.results,
                     &cfg.cloud, &cfg.spool, &cfg.revisit, &cfg.functions,
                     &cfg.events, &cfg.window, &cfg.traces.exporter})
    others->want(*name);
  choice.begin();
  began = now();
  work.choose(choice.usual());
  proceed();
}

caf::result<document> coordinator_state::configure(const document& x) {
  return choice.configure(x);
}

status_report coordinator_state::status() const {
  auto x = counts;
  x.stream = cfg.stream;
  x.camera = cfg.camera;
  x.pipeline = work.plan().name;
  x.assigned = choice.assigned();
  x.in_flight = book.in_flight();
  x.spooled = book.disk().waiting();
  x.pixel_bytes = pictures.shelf().bytes();
  x.evicted = pictures.shelf().evicted();
  x.unpublished = outgoing->size();
  x.events_waiting = last_look.waiting();
  x.window = cloud.window();
  x.away = stores.away();
  x.improvable = book.disk().improvable();
  auto& y = book.counts();
  x.received = y.received;
  x.answered = y.answered;
  x.recovered = y.recovered;
  x.repeated = y.repeated;
  x.revised = y.revised;
  x.unimproved = y.unimproved;
  x.unkept = y.unkept;
  x.dropped = y.dropped;
  auto& watch = cloud.watch();
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
  auto done = closed && x.in_flight + x.spooled + x.events_waiting == 0;
  return report(self,
                done                   ? "ended"
                : counts.segments == 0 ? "waiting"
                                       : "ready",
                x);
}

void coordinator_state::link_up(uint64_t epoch) {
  cloud_epoch = epoch;
  cloud_told = true;
  cloud.link_up(now_ns());
  proceed();
}

void coordinator_state::link_down() {
  cloud_told = true;
  cloud.link_down(now_ns());
  proceed(); // who waits for the cloud is answered here
}

void coordinator_state::forget(const caf::down_msg& x) {
  auto name = others->forget(x);
  look_at = now();
  if (name == cfg.cloud)
    link_down();
  if (name == cfg.camera)
    source.camera_lost();
  if (name == cfg.encoder)
    work.encoder_lost();
  asking.forget(self, x);
  proceed();
}

void coordinator_state::found(const std::string& name, const caf::actor& x) {
  if (name == cfg.cloud)
    caf::anon_send(caf::actor_cast<link_actor>(x), watch_atom_v,
                   caf::actor_cast<caf::actor>(self));
  if (name == cfg.functions)
    last_look.found();
  if (name == cfg.spool)
    stores.found(caf::actor_cast<spool_actor>(x));
  publish();
}

// -- time ---------------------------------------------------------------------

coordinator_state::time_point coordinator_state::now() const {
  return self->clock().now();
}

caf::timespan coordinator_state::now_ns() const {
  return std::chrono::duration_cast<caf::timespan>(now().time_since_epoch());
}

void coordinator_state::wake_in(caf::timespan x) {
  clock.set(self, now() + x, [this] { publish(); });
}

coordinator_self::behavior_type
coordinator(coordinator_self::stateful_pointer<coordinator_state> self,
            coordinator_config cfg) {
  self->set_down_handler(
    [self](const caf::down_msg& x) { self->state.forget(x); });
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // It waits for its neighbours by itself.
    },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [self](up_atom, const node_info& cloud, uint64_t epoch) {
      self->state.traces.cloud_is(cloud.name);
      self->state.link_up(epoch);
    },
    [self](down_atom, uint64_t) { self->state.link_down(); },
    [self](lost_atom, uint64_t segment, const std::string& reason) {
      self->state.old.lost(segment, reason);
    },
  };
}

} // namespace vpaas
