#include "actors/client/camera.hpp"

#include "messages/report.hpp"
#include "runtime/node/log.hpp"
#include "runtime/policy/restart.hpp"

#include <algorithm>
#include <utility>

//            a part                      the last part
//          .--------.    .--------------------------------> ended
//          v        |    |
//  opening ---> streaming, no picture yet
//     ^  |          |  a failure, a stall, a reader that died or hung
//     |  v          v
//     '-- refused, missing, unreachable, stalled, waiting
//      back-off is over
//
// A file pauses in `streaming` while the queue is full.

namespace vpaas {

namespace {

caf::error at_its_end(const std::string& stream) {
  return caf::make_error(ec::not_found, "failed to read " + stream
                                          + ": the source is at its end; "
                                            "begin another stream");
}

const char* state_of(trouble x) {
  switch (x) {
    case trouble::refused:
      return "refused";
    case trouble::missing:
      return "missing";
    case trouble::unreachable:
      return "unreachable";
    case trouble::stalled:
      return "stalled";
    default:
      return "waiting";
  }
}

std::string no_picture(const std::string& stream, uint64_t discarded) {
  return "no intra picture of " + stream + " yet, " + std::to_string(discarded)
         + " others thrown away; set the camera's interval of intra pictures "
           "(GOP) to 2 s";
}

} // namespace

const parameter_table<camera_setup>& camera_parameters() {
  using self = camera_setup;
  static const parameter_table<self> result{
    parameter_for<self>(
      required(text("source", "", "file, rtsp:// or http:// address, device")),
      [](self & x) -> auto& { return x.reader.source.url; }),
    parameter_for<self>(
      text("stream", "", "name of the stream; empty: the camera's own"),
      [](self & x) -> auto& { return x.forwarding.stream; }),
    parameter_for<self>(
      flag("with_stream", false, "vpaas stream remove takes it off as well"),
      [](self & x) -> auto& { return x.forwarding.with_stream; }),
    parameter_for<self>(
      text("format", "", "FFmpeg's name of the input format; empty: guessed"),
      [](self & x) -> auto& { return x.reader.source.format; }),
    parameter_for<self>(
      choice("rtsp", {"tcp", "udp"}, "how RTSP carries packets"),
      [](self & x) -> auto& { return x.reader.source.transport; }),
    parameter_for<self>(
      flag("real_time", false, "read a file no faster than it plays"),
      [](self & x) -> auto& { return x.reader.source.real_time; }),
    parameter_for<self>(
      flag("loop", false, "begin a file again at its end"),
      [](self & x) -> auto& { return x.reader.source.loop; }),
    parameter_for<self>(
      duration("open_timeout", "10s", 0.1, 600, "for opening the source"),
      [](self & x) -> auto& { return x.reader.source.open_timeout; }),
    parameter_for<self>(
      duration("stall_timeout", "5s", 0.1, 600,
               "without a picture: opened again; more where the camera is "
               "slow"),
      [](self & x) -> auto& { return x.reader.source.stall_timeout; }),
    parameter_for<self>(
      duration("part_time", "100ms", 0, 60, "of a live segment's parts"),
      [](self & x) -> auto& { return x.reader.live_part_time; }),
    parameter_for<self>(
      size("queue", "32MiB", 1 << 16, 1e12, "for segments that wait"),
      [](self & x) -> auto& { return x.forwarding.limits.max_bytes; })};
  return result;
}

caf::error camera_config::validate() const {
  auto bad = [](const char* what) {
    return caf::make_error(ec::bad_config, std::string{"camera: "} + what);
  };
  if (stream.empty())
    return bad("stream must have a name");
  if (limits.max_bytes == 0 || limits.max_parts == 0)
    return bad("the queue must hold at least one part and one byte");
  if (first_delay.count() <= 0 || max_delay < first_delay
      || reader_timeout.count() <= 0)
    return bad("durations must be positive, and max_delay at least "
               "first_delay");
  return caf::none;
}

camera_state::camera_state(camera_self::stateful_pointer<camera_state> self)
  : self(self) {
  // nop
}

camera_state::~camera_state() {
  abandon();
  if (waiting.pending())
    waiting.deliver(caf::make_error(ec::cancelled, "the camera was stopped"));
}

caf::result<segment> camera_state::next(segment_key after) {
  queue->acknowledge(after);
  if (waiting.pending())
    waiting.deliver(caf::make_error(
      ec::cancelled, "failed to wait for " + cfg.stream
                       + ": another receiver asked; have one at a time"));
  auto promise = self->make_response_promise<segment>();
  waiting = promise;
  serve();
  if (!reading_now && reader && !backing_off && !ended && !queue->full())
    read();
  return promise;
}

status_report camera_state::status() const {
  auto x = counters;
  x.stream = cfg.stream;
  x.with_stream = cfg.with_stream;
  auto& q = queue->counters();
  x.before_intra = before_intra_earlier + before_intra_now;
  x.received = q.received + x.before_intra;
  x.forwarded = q.forwarded;
  x.overflowed = q.overflowed;
  x.incomplete = q.incomplete;
  x.waiting = q.waiting;
  x.waiting_bytes = q.waiting_bytes;
  return report(self, phase, x);
}

void camera_state::open() {
  if (!reader && hanging.size() > 1)
    return wait(caf::make_error(ec::io, "failed to open " + cfg.stream
                                          + ": two readers hang in the system; "
                                            "look at the source's disk or "
                                            "network"));
  backing_off = false;
  any_part = false;
  opening = true; // what was wrong with it is true until it is open
  if (!reader) {
    ++reader_id;
    cancel = std::make_shared<std::atomic<bool>>(false);
    reader = make_reader(cancel, position);
    self->monitor(reader);
  }
  read();
}

void camera_state::read() {
  reading_now = true;
  auto limit = std::max(cfg.reader_timeout, 2 * patience);
  self->request(reader, limit, read_atom_v)
    .then([this, id = reader_id](reading& x) { take(id, x); },
          [this, id = reader_id](caf::error& x) { fail(id, x); });
}

void camera_state::take(uint64_t id, reading& x) {
  if (id != reader_id)
    return;
  reading_now = false;
  live = x.live;
  patience = x.patience;
  ended = x.ended;
  counters.opened += std::exchange(opening, false);
  before_intra_now = x.before_intra;
  any_part = any_part || !x.parts.empty();
  for (auto& part : x.parts) {
    failures = 0;
    counters.bytes += part.bytes.size();
    counters.segments = part.number;
    part.live = live;
    position = {part.number, end_frame(part)};
    queue->push(std::move(part), live);
  }
  look_at(x);
  serve();
  if (x.failure && !ended)
    wait(x.failure);
  else if (!ended && (live || !queue->full()))
    read();
}

void camera_state::look_at(const reading& x) {
  auto nothing = !any_part && x.before_intra > 0;
  if (nothing)
    counters.last_error = no_picture(cfg.stream, x.before_intra);
  else if (x.failure)
    counters.last_error = describe(x.failure);
  if (ended)
    enter("ended", nothing || x.failure ? counters.last_error : "");
  else if (nothing)
    enter("no picture yet", counters.last_error);
  else if (any_part || x.pictures > 0)
    enter("streaming", "");
}

void camera_state::enter(const std::string& next, const std::string& why) {
  phase = next;
  if (std::exchange(told, next) == next)
    return;
  log_line(log_level::info, "camera " + cfg.stream,
           "camera " + cfg.stream + ": " + next + (why.empty() ? "" : ": ")
             + why);
}

void camera_state::fail(uint64_t id, const caf::error& reason) {
  if (id != reader_id)
    return;
  reading_now = false;
  if (reason == caf::sec::request_timeout) {
    ++counters.replaced;
    abandon();
  }
  wait(reason);
}

void camera_state::retry(uint64_t id) {
  if (id == reader_id && backing_off)
    open();
}

void camera_state::forget(const caf::down_msg& x) {
  hanging.erase(x.source);
  if (!reader || x.source != reader.address())
    return;
  ++counters.replaced;
  reading_now = false;
  abandon();
  hanging.erase(x.source);
  wait(x.reason);
}

void camera_state::abandon() {
  if (cancel)
    *cancel = true;
  if (!reader)
    return;
  hanging.insert(reader.address());
  caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
  reader = nullptr;
  before_intra_earlier += std::exchange(before_intra_now, 0);
  ++reader_id;
}

void camera_state::serve() {
  if (!waiting.pending())
    return;
  if (!queue->empty())
    std::exchange(waiting, {}).deliver(queue->send());
  else if (ended)
    std::exchange(waiting, {}).deliver(at_its_end(cfg.stream));
}

void camera_state::wait(const caf::error& reason) {
  backing_off = true;
  ++counters.failures;
  auto silent = !any_part && before_intra_now > 0;
  if (!silent)
    counters.last_error = describe(reason);
  enter(state_of(trouble_of(reason)), counters.last_error);
  std::uniform_real_distribution<> jitter;
  self->delayed_send(
    self,
    restart_delay(cfg.first_delay, cfg.max_delay, failures++, jitter(random)),
    due_atom_v, reader_id);
}

camera_self::behavior_type
camera(camera_self::stateful_pointer<camera_state> self, camera_config cfg,
       reader_factory make_reader) {
  auto& st = self->state;
  st.random.seed(static_cast<unsigned>(cfg.seed));
  st.queue.emplace(cfg.limits);
  st.cfg = std::move(cfg);
  st.make_reader = std::move(make_reader);
  self->set_down_handler([self](caf::down_msg& x) { self->state.forget(x); });
  st.open();
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // The source may come later: the camera itself is ready.
    },
    [self](next_atom, segment_key after) { return self->state.next(after); },
    [self](due_atom, uint64_t reader) { self->state.retry(reader); },
  };
}

} // namespace vpaas
