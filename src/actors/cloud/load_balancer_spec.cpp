#include "actors/cloud/load_balancer.hpp"

namespace vpaas {

function_spec load_balancer_spec() {
  function_spec result;
  result.name = "load_balancer";
  result.input = chunk::type_name;
  result.output = chunk_answer::type_name;
  result.help = "takes chunks to decoders, detectors and the region filter";
  result.parameters
    = {text("decoder", "chunk_decoder", "logical name, before -1, -2, ..."),
       integer("decoders", 1, 1, 1024, "how many there are"),
       text("detectors", "detectors", "logical name of their pool"),
       text("filter", "region_filter", "logical name"),
       integer("capacity", 1024, 1, 1e6, "parts that are not answered yet"),
       integer("stream_capacity", 64, 1, 1e6, "parts that wait, of a stream"),
       size("memory", "256MiB", 1 << 16, 1e12, "for bytes that wait"),
       duration("patience", "10s", 0.01, 3600, "until a part's bytes come"),
       duration("deadline", "10s", 0, 3600,
                "longest wait of a part for a detector; 0: any"),
       duration("timeout", "1min", 0.01, 3600, "of each step of a part")};
  return result;
}

load_balancer_config config_of(const document& x) {
  load_balancer_config result;
  auto decoder = x.get<std::string>("decoder");
  for (int i = 1; i <= x.get<int>("decoders"); ++i)
    result.decoders.push_back(decoder + "-" + std::to_string(i));
  result.detectors = x.get<std::string>("detectors");
  result.filter = x.get<std::string>("filter");
  result.capacity = x.get<size_t>("capacity");
  result.lines.stream_parts = x.get<size_t>("stream_capacity");
  result.lines.bytes = x.get<uint64_t>("memory");
  result.lines.patience = x.get<caf::timespan>("patience");
  result.deadline = x.get<caf::timespan>("deadline");
  result.timeout = x.get<caf::timespan>("timeout");
  return result;
}

} // namespace vpaas
