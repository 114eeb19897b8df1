#include "actors/client/source_reader.hpp"

#include <utility>

namespace vpaas {

caf::result<reading> source_reader_state::read() {
  if (failure)
    return std::exchange(failure, {});
  if (ended) {
    reading done;
    done.ended = true;
    return done;
  }
  if (!in)
    if (auto err = open())
      return err;
  for (;;) {
    auto x = in->read();
    if (!x)
      return close(std::move(x.error()));
    if (!*x)
      return close({});
    if (auto part = cutter->push(**x, caf::make_timestamp())) {
      reading result;
      result.parts.push_back(std::move(*part));
      result.live = in->live();
      result.before_intra = cutter->discarded();
      return result;
    }
  }
}

caf::error source_reader_state::open() {
  auto opened = source::open(cfg.source, cancel);
  if (!opened)
    return opened.error();
  in = std::move(*opened);
  if (!cutter) {
    if (in->live())
      cfg.limits.part_time = cfg.live_part_time;
    cfg.limits.wait_for_time = in->live() && !in->finite();
    cutter.emplace(cfg.stream, cfg.limits, cfg.from);
  }
  cutter->restart(in->codec(), in->reorder_depth());
  return caf::none;
}

// A file that fails in the middle has ended: read again it would begin again.
caf::result<reading> source_reader_state::close(caf::error reason) {
  reading result;
  result.live = in->live();
  ended = in->finite() && reason != ec::cancelled;
  result.ended = ended;
  result.before_intra = cutter->discarded();
  in.reset();
  if (auto rest = cutter->finish()) {
    rest->last = ended;
    result.parts.push_back(std::move(*rest));
  }
  if (!ended && !reason)
    reason = caf::make_error(ec::io, "failed to read " + cfg.source.url
                                       + ": the sender closed the stream; it "
                                         "will be opened again");
  if (!result.parts.empty() || ended) {
    failure = ended ? caf::error{} : std::move(reason);
    return result;
  }
  return reason;
}

reader_actor::behavior_type
source_reader(reader_actor::stateful_pointer<source_reader_state> self,
              source_reader_config cfg, cancel_flag cancel) {
  self->state.cfg = std::move(cfg);
  self->state.cancel = std::move(cancel);
  return {[self](read_atom) { return self->state.read(); }};
}

} // namespace vpaas
