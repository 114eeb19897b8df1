#include "actors/stream/trace_desk.hpp"

#include "actors/stream/coordinator.hpp"
#include "messages/trace.hpp"

#include <memory>
#include <utility>

namespace vpaas {

namespace {

/// The node of "NODE:PATH"; `here` where it names none.
std::string node_of(const std::string& path, const std::string& here) {
  auto colon = path.find(':');
  return colon == std::string::npos ? here : path.substr(0, colon);
}

} // namespace

bool trace_desk::on() const {
  auto& cfg = all_.cfg.traces;
  return !cfg.exporter.empty() && cfg.ratio > 0;
}

void trace_desk::arrived(const numbers& xs, uint64_t bytes) {
  if (!on())
    return;
  trace_step x;
  x.what = trace_step::kind::camera;
  x.name = "camera";
  x.received = bytes;
  x.by.node = node_of(all_.cfg.camera, all_.cfg.traces.node);
  for (auto n : xs)
    records_[n] = {};
  note(xs, std::move(x), all_.now());
  while (records_.size() > most)
    records_.erase(records_.begin());
}

void trace_desk::begin(uint64_t frame, caf::timestamp captured) {
  if (!on())
    return;
  frame_result known;
  known.stream = all_.cfg.stream;
  known.frame = frame;
  known.captured = captured;
  if (sampled(trace_of(known), all_.cfg.traces.ratio))
    records_.try_emplace(frame);
  else
    records_.erase(frame);
}

void trace_desk::note(const numbers& xs, trace_step x, time_point begun) {
  if (records_.empty())
    return;
  x.begin = steady(begun);
  x.end = steady(all_.now());
  for (auto n : xs)
    if (auto i = records_.find(n); i != records_.end())
      i->second.steps.push_back(x);
}

void trace_desk::finished(uint64_t frame) {
  if (auto i = records_.find(frame); i != records_.end())
    i->second.finished = steady(all_.now());
}

void trace_desk::published(const frame_result& x, bool kept, bool open) {
  auto i = records_.find(x.frame);
  if (i == records_.end())
    return;
  trace_step step;
  step.name = "results";
  step.failed = !kept;
  step.begin = i->second.finished;
  step.end = steady(all_.now());
  i->second.steps.push_back(std::move(step));
  tell(i->second, x, kept, "");
  if (!open)
    records_.erase(i);
}

void trace_desk::gave_up(frame_result x, const std::string& reason) {
  auto i = records_.find(x.frame);
  if (i == records_.end())
    return;
  x.stream = all_.cfg.stream;
  if (x.captured.time_since_epoch().count() > 0)
    tell(i->second, x, false, reason);
  records_.erase(i);
}

caf::timespan trace_desk::steady(time_point x) const {
  return std::chrono::duration_cast<caf::timespan>(x.time_since_epoch());
}

void trace_desk::tell(record& from, const frame_result& x, bool kept,
                      const std::string& error) {
  keyframe_trace all;
  all.result = x;
  all.fog = all_.cfg.traces.node;
  all.steps = std::exchange(from.steps, {});
  if (x.revision > 0 && !all.steps.empty())
    all.began = all.steps.front().begin;
  all.now = steady(all_.now());
  all.wall = caf::make_timestamp();
  all.kept = kept;
  all.error = error;
  auto exporter = all_.others->get<trace_actor>(all_.cfg.traces.exporter);
  if (!exporter)
    return;
  auto spans = std::make_shared<const std::vector<span>>(spans_of(all));
  caf::anon_send(exporter, publish_atom_v, finished_spans{std::move(spans)});
}

} // namespace vpaas
