#include "traces.hpp"

#include "actors/trace_exporter.hpp"

namespace vpaas {

tracing traces_of(const settings& x) {
  tracing result;
  if (x.get<std::string>("traces", "endpoint").empty())
    return result;
  result.exporter = trace_exporter_state::name;
  result.ratio = x.get<double>("traces", "ratio");
  result.tier = to_string(x.values().contains("fog") ? tier::fog
                                                     : tier::backend);
  result.node = x.get<std::string>("node", "name");
  return result;
}

} // namespace vpaas
