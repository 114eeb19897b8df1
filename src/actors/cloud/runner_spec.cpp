#include "actors/cloud/runner.hpp"

#include "messages/report.hpp"

namespace vpaas {

function_spec runner_spec() {
  function_spec result;
  result.name = "runner";
  result.input = "chunk|errand_call";
  result.output = chunk_answer::type_name;
  result.help = "runs the stages that pipelines put on this tier";
  result.parameters
    = {text("decoder", "chunk_decoder", "logical name, before -1, -2, ..."),
       integer("decoders", 1, 1, 1024, "how many there are"),
       text("detectors", "detectors", "logical name of their pool"),
       text("filter", "region_filter", "logical name"),
       integer("capacity", 1024, 1, 1e6, "parts that are not answered yet"),
       integer("kept", 128, 0, 1e6, "results that later errands may need"),
       integer("stream_capacity", 64, 1, 1e6, "parts that wait, of a stream"),
       size("memory", "256MiB", 1 << 16, 1e12, "for bytes that wait"),
       duration("patience", "10s", 0.01, 3600, "until a part's bytes come"),
       duration("deadline", "10s", 0, 3600,
                "longest wait of a live part for a detector, others six times "
                "that; 0: any"),
       duration("timeout", "1min", 0.01, 3600, "of each step of a part")};
  return result;
}

runner_config config_of(const document& x) {
  runner_config result;
  auto decoder = x.get<std::string>("decoder");
  for (int i = 1; i <= x.get<int>("decoders"); ++i)
    result.decoders.push_back(decoder + "-" + std::to_string(i));
  result.detectors = x.get<std::string>("detectors");
  result.filter = x.get<std::string>("filter");
  result.capacity = x.get<size_t>("capacity");
  result.kept = x.get<size_t>("kept");
  result.lines.stream_parts = x.get<size_t>("stream_capacity");
  result.lines.bytes = x.get<uint64_t>("memory");
  result.lines.patience = x.get<caf::timespan>("patience");
  result.deadline = x.get<caf::timespan>("deadline");
  result.timeout = x.get<caf::timespan>("timeout");
  return result;
}

status_report runner_state::status() const {
  auto x = counters;
  for (auto& [ticket, y] : visits) {
    x.waiting += y.phase == part_phase::waiting;
    x.decoding += y.phase == part_phase::decoding;
    x.detecting += y.phase == part_phase::detecting;
    x.filtering += y.phase == part_phase::filtering;
  }
  x.kept = book.kept();
  x.held_bytes = lines.bytes();
  x.deliveries = lines.came();
  x.claimed = lines.claimed();
  x.dropped = lines.dropped();
  x.unclaimed = lines.unclaimed();
  x.neighbours = around->size();
  x.wait = wait.summary();
  x.decoding_time = decoding.summary();
  x.detecting_time = detecting.summary();
  return report(self, "ready", x);
}

} // namespace vpaas
