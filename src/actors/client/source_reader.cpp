#include "actors/client/source_reader.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

caf::result<reading> source_reader_state::read() {
  if (ended) {
    reading done;
    done.ended = true;
    return done;
  }
  if (!in)
    if (auto err = open())
      return err;
  using clock = std::chrono::steady_clock;
  auto end = clock::now() + cfg.report_every;
  for (auto now = clock::now(); now < end; now = clock::now()) {
    auto x = in->read_for(end - now);
    if (!x)
      return close(std::move(x.error()));
    if (x->ended)
      return close({});
    if (!x->picture)
      break;
    ++pictures;
    auto part = cutter->push(*x->picture, caf::make_timestamp());
    if (!part || seen_before(*part))
      continue;
    auto result = progress();
    result.parts.push_back(std::move(*part));
    return result;
  }
  return progress();
}

reading source_reader_state::progress() const {
  reading result;
  result.live = in->live();
  result.before_intra = cutter->discarded();
  result.pictures = pictures;
  result.patience = cfg.report_every + in->patience();
  return result;
}

// A file that a reader before this one began is read again from its start: it
// goes on with the first segment that is new.
bool source_reader_state::seen_before(const segment& x) {
  return in->finite() && end_frame(x) <= seen;
}

caf::error source_reader_state::open() {
  auto opened = source::open(cfg.source, cancel);
  if (!opened) {
    // It may send too seldom for the time of opening.
    if (trouble_of(opened.error()) == trouble::stalled)
      cfg.source.usual_wait = std::max(cfg.source.usual_wait,
                                       cfg.source.open_timeout / 2);
    return opened.error();
  }
  in = std::move(*opened);
  pictures = 0;
  if (!cutter) {
    auto from = cfg.from;
    if (in->live())
      cfg.limits.part_time = cfg.live_part_time;
    cfg.limits.live = in->live() && !in->finite();
    if (in->finite()) {
      seen = from.frame;
      from = {};
    }
    cutter.emplace(cfg.stream, cfg.limits, from);
  }
  cutter->restart(in->codec(), in->reorder_depth());
  return caf::none;
}

// A file that fails in the middle has ended: read again it would begin again.
caf::result<reading> source_reader_state::close(caf::error reason) {
  auto result = progress();
  ended = in->finite() && reason != ec::cancelled;
  result.ended = ended;
  // A source that was only slower than was known gets more time.
  if (trouble_of(reason) == trouble::stalled && pictures > 0)
    cfg.source.usual_wait = in->patience() / 2;
  in.reset();
  if (auto rest = cutter->finish();
      rest && !(ended && end_frame(*rest) <= seen)) {
    rest->last = ended;
    result.parts.push_back(std::move(*rest));
  }
  if (!ended && !reason)
    reason = caf::make_error(ec::io,
                             "failed to read " + to_string(cfg.source.url)
                               + ": the sender closed the stream; it will be "
                                 "opened again");
  result.failure = std::move(reason);
  return result;
}

reader_actor::behavior_type
source_reader(reader_actor::stateful_pointer<source_reader_state> self,
              source_reader_config cfg, cancel_flag cancel) {
  self->state.cfg = std::move(cfg);
  self->state.cancel = std::move(cancel);
  return {[self](read_atom) { return self->state.read(); }};
}

} // namespace vpaas
