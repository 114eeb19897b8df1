#include "actors/trace_exporter.hpp"

#include "messages/report.hpp"
#include "runtime/node/log.hpp"
#include "runtime/pulse.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace vpaas {

trace_exporter_state::trace_exporter_state(
  trace_actor::stateful_pointer<trace_exporter_state> self)
  : self(self) {
  // nop
}

void trace_exporter_state::begin(trace_exporter_config x) {
  cfg = std::move(x);
}

void trace_exporter_state::take(const std::vector<span>& xs) {
  waiting.insert(waiting.end(), xs.begin(), xs.end());
  while (waiting.size() > cfg.max_waiting) {
    waiting.pop_front();
    ++counts.dropped;
  }
  send_in(cfg.period);
}

void trace_exporter_state::send_in(caf::timespan x) {
  auto when = std::max(self->clock().now() + x, not_before);
  clock.set(self, when, [this] { send(); });
}

void trace_exporter_state::send() {
  if (waiting.empty())
    return;
  auto n = std::min(waiting.size(), cfg.max_batch);
  auto end = waiting.begin() + static_cast<ptrdiff_t>(n);
  auto answer = cfg.send(std::vector<span>(waiting.begin(), end));
  beat();
  ++counts.requests;
  if (!answer.problem.empty())
    counts.last_error = answer.problem;
  if (answer.what == export_answer::verdict::later)
    return failed(answer);
  auto lost = answer.what == export_answer::verdict::refused
                ? n
                : std::min<uint64_t>(answer.rejected, n);
  if (lost > 0 && counts.refused == 0)
    log_line(log_level::warning, trace_exporter_state::name,
             "traces are refused: " + answer.problem);
  counts.refused += lost;
  counts.exported += n - lost;
  waiting.erase(waiting.begin(), end);
  if (std::exchange(delay, caf::timespan{0}).count() > 0)
    log_line(log_level::info, trace_exporter_state::name,
             "traces are taken again");
  if (!waiting.empty())
    send_in(waiting.size() < cfg.max_batch ? cfg.period : caf::timespan{0});
}

// Nodes that failed together do not come back together.
void trace_exporter_state::failed(const export_answer& x) {
  ++counts.failures;
  if (delay.count() == 0)
    log_line(log_level::warning, trace_exporter_state::name,
             "traces wait: " + x.problem);
  delay = std::min(std::max(delay * 2, cfg.first_delay), cfg.max_delay);
  std::uniform_int_distribution<int64_t> part{delay.count() / 2, delay.count()};
  auto rest = x.retry_after ? std::min(*x.retry_after, cfg.max_retry_after)
                            : caf::timespan{part(chance)};
  not_before = self->clock().now() + rest;
  send_in(caf::timespan{0});
}

status_report trace_exporter_state::status() const {
  auto x = counts;
  x.waiting = waiting.size();
  return report(self, delay.count() > 0 ? "retrying" : "ready", x);
}

trace_actor::behavior_type
trace_exporter(trace_actor::stateful_pointer<trace_exporter_state> self,
               trace_exporter_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // The collector may come later.
    },
    [self](publish_atom, const finished_spans& x) { self->state.take(*x.all); },
  };
}

} // namespace vpaas
