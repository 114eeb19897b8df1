// How old results are, and where the time goes: client, fog, cloud and backend
// as real processes, the cloud in a network namespace behind a slow link, a
// camera in real time. High and Low, streamed and whole, beside a cloud that
// gets everything at (26, 0.8). Needs root; run it from the project's folder.
//
//   bench_pipeline_latency [--mbit=10,15,20] [--delay-ms=20] [--seconds=60]
//     [--model=null] [--classifier=] [--heads=] [--zoo.path=DIR] [--every=15]
//     [--source=synthetic://street?size=1280x720] [--json]
//
// The delay is that of each direction. `beyond_networks` is the median of
// freshness less the medians of the detector's and the classifier's time, which
// include their queues. The first two seconds of a stream are left out of its
// latencies. `bytes_streamed_over_whole` is a keyframe's of High and Low.

#include "actors/pool.hpp"
#include "actors/stream/coordinator.hpp"
#include "certificates.hpp"
#include "measure.hpp"
#include "netns.hpp"
#include "one_node.hpp"
#include "runtime/node/tls.hpp"
#include "support/child_process.hpp"
#include "targets.hpp"

#include <filesystem>
#include <sstream>
#include <thread>

namespace fs = std::filesystem;

using namespace vpaas;
using namespace std::chrono_literals;
using bench::json;
using bench::must;

namespace {

struct plan {
  std::string model, classifier, heads, zoo_path, source;
  double seconds = 60;
  uint64_t every = 15;
};

/// A node binary beside this program.
class node_process {
public:
  node_process(tier where, std::vector<std::string> prefix,
               const overrides& changes)
    : process_(command(where, std::move(prefix), changes)) {
    auto name = to_string(where);
    for (int i = 0; i < 30 && address.empty(); ++i) { // networks take a while
      auto said = process_.line();
      if (said.find(" ready on ") != std::string::npos)
        address = said.substr(said.rfind(' ') + 1);
      else if (!said.empty())
        throw std::runtime_error("vpaas-" + name + ": " + said);
    }
    if (address.empty())
      throw std::runtime_error("vpaas-" + name + " did not become ready");
  }

  std::string address;

private:
  static std::vector<std::string> command(tier where,
                                          std::vector<std::string> words,
                                          const overrides& changes) {
    auto here = fs::read_symlink("/proc/self/exe").parent_path();
    words.push_back(here / ("vpaas-" + to_string(where)));
    words.push_back("--node.port=0");
    words.push_back("--log.level=error");
    for (auto& [key, value] : changes)
      words.push_back("--" + key + "=" + value);
    return words;
  }

  test::child_process process_;
};

/// Everything between a camera and its results, and who asks it.
class four_nodes {
public:
  four_nodes(const plan& x, const bench::network_namespace& far,
             const std::string& folder)
    : folder_(folder),
      backend_(tier::backend, {},
               with("backend-1", {{"node.host", far.near_address()}})),
      cloud_(tier::cloud, far.prefix(),
             with("cloud-1", {{"node.host", far.far_address()},
                              {"node.backend", backend_.address},
                              {"cloud.detector", x.model},
                              {"cloud.max_delay", "0s"},
                              {"zoo.path", x.zoo_path}})),
      fog_(tier::fog, {},
           with("fog-1", {{"node.cloud", cloud_.address},
                          {"node.backend", backend_.address},
                          {"fog.classifier", x.classifier},
                          {"fog.heads", x.heads},
                          {"fog.backup", ""},
                          {"store.folder", folder},
                          {"zoo.path", x.zoo_path}})),
      client_(tier::client, {}, with("client-1", {{"node.fog", fog_.address}})),
      setup_(bench::tool_with(with("operator", {{"tool.timeout", "60s"}}))),
      system_config_(setup_.config, setup_.own), sys(system_config_),
      tool(setup_, sys) {
    fog = must(tool.node(fog_.address, tier::fog));
    client = must(tool.node(client_.address, tier::client));
    cloud = must(tool.node(cloud_.address, tier::cloud));
    node_info who;
    who.name = client.info.name;
    for (int i = 0; i < 200; ++i) { // until the client's link has met the fog
      if (tool.ask<caf::actor>(fog.handle, resolve_atom_v, who))
        return;
      std::this_thread::sleep_for(100ms);
    }
    throw std::runtime_error("the client did not join the fog");
  }

private:
  overrides with(const std::string& name, overrides changes) const {
    for (auto& option : bench::tls_options(folder_, name))
      changes.push_back(option);
    return changes;
  }

  std::string folder_;
  node_process backend_, cloud_, fog_, client_;
  tool_setup setup_;
  node_system_config system_config_;

public:
  caf::actor_system sys;
  node_finder tool;
  found_node fog, client, cloud;
};

double ms(caf::timespan x) {
  return std::chrono::duration<double, std::milli>(x).count();
}

json in_ms(const latency& x) {
  return {{"p50", ms(x.p50)}, {"p99", ms(x.p99)}};
}

json in_ms(const std::vector<double>& xs) {
  return {{"p50", bench::quantile(xs, .5)}, {"p99", bench::quantile(xs, .99)}};
}

/// One camera from its beginning to its end.
json run(four_nodes& nodes, const plan& x, const std::string& name,
         json parameters) {
  caf::scoped_actor self{nodes.sys};
  auto from = must(nodes.tool.actor<results_actor>(nodes.fog, "results"));
  must(nodes.tool.tell(from, subscribe_atom_v, name,
                       caf::actor_cast<caf::actor>(self)));
  parameters.update(
    {{"source", x.source + "&seconds=" + std::to_string(int(x.seconds))},
     {"real_time", true},
     {"every", x.every},
     {"backup", ""}});
  if (x.classifier.empty())
    parameters["classifier"] = "";
  must(add_stream(nodes.tool, nodes.fog, &nodes.client, name, parameters));
  std::vector<frame_result> results;
  coordinator_status counts;
  auto end = bench::seconds() + x.seconds + 60;
  for (auto ended = false; !ended || results.size() < counts.answered;) {
    auto waiting = true;
    self->receive_while(waiting)(
      [&](result_atom, const std::vector<frame_result>& xs) {
        results.insert(results.end(), xs.begin(), xs.end());
      },
      caf::after(500ms) >> [&] { waiting = false; });
    auto report = must(look_at_stream(nodes.tool, nodes.fog, name));
    counts = must(from_json<coordinator_status>(report.details.value()));
    ended = report.state == "ended";
    if (bench::seconds() > end)
      throw std::runtime_error(
        name + " does not end: " + to_json_value(counts).dump());
  }
  must(remove_stream(nodes.tool, nodes.fog, &nodes.client, name));
  std::vector<double> fresh, processing;
  for (auto& y : results)
    if (y.captured - results.front().captured >= 2s) {
      fresh.push_back(ms(y.answered - y.captured));
      processing.push_back(ms(y.processing));
    }
  auto detectors = must(nodes.tool.ask<status_report>(
    nodes.cloud.handle, status_atom_v, std::string{"detectors"}));
  auto pool = must(from_json<pool_status>(detectors.details.value()));
  auto keyframes = double(std::max<uint64_t>(counts.answered, 1));
  auto own = ms(pool.service.p50) + ms(counts.name.p50);
  return {
    {"keyframes", counts.answered},
    {"dropped", to_json_value(counts.dropped)},
    {"bytes_to_cloud_per_keyframe", double(counts.bytes_to_cloud) / keyframes},
    {"mbit_per_s", double(counts.bytes_to_cloud) * 8e-6 / x.seconds},
    {"freshness_ms", in_ms(fresh)},
    {"processing_ms", in_ms(processing)},
    {"freshness_beyond_networks_p50_ms", bench::median(fresh) - own},
    {"stage_ms",
     {{"decode", in_ms(counts.decode)},
      {"encode", in_ms(counts.encode)},
      {"cloud", in_ms(counts.cloud)},
      {"of_it_decode_and_detect", in_ms(counts.detect)},
      {"of_it_detector", in_ms(pool.service)},
      {"name", in_ms(counts.name)},
      {"publish", in_ms(counts.publish)}}}};
}

json all(four_nodes& nodes, const plan& x, bench::network_namespace& far,
         const std::vector<double>& rates) {
  const std::vector<std::pair<std::string, json>> ways{
    {"high_low_streamed",
     {{"pipeline", "high_low"}, {"transport", "streamed"}}},
    {"high_low_whole", {{"pipeline", "high_low"}, {"transport", "whole"}}},
    {"cloud_only_26",
     {{"pipeline", "cloud_only"}, {"transport", "streamed"}, {"qp", 26}}},
    {"cloud_only_26_whole",
     {{"pipeline", "cloud_only"}, {"transport", "whole"}, {"qp", 26}}}};
  json result;
  for (auto mbit : rates) {
    auto& row = result["mbit_" + std::to_string(int(mbit))];
    if (!far.shape(mbit))
      throw std::runtime_error("tc cannot shape the link");
    for (auto& [name, parameters] : ways)
      row[name] = run(nodes, x, name + "-" + std::to_string(int(mbit)),
                      parameters);
    auto bytes = [&](const char* way) {
      return row[way]["bytes_to_cloud_per_keyframe"].get<double>();
    };
    row["bytes_streamed_over_whole"] = bytes("high_low_streamed")
                                       / bytes("high_low_whole");
  }
  return result;
}

std::vector<double> numbers(const std::string& text) {
  std::vector<double> result;
  std::istringstream in{text};
  for (std::string x; std::getline(in, x, ',');)
    result.push_back(std::stod(x));
  return result;
}

} // namespace

int main(int argc, char** argv) {
  auto option = [&](const char* name, const char* fallback) {
    return bench::option(argc, argv, name, fallback);
  };
  plan x;
  x.model = option("model", "null");
  x.classifier = option("classifier", "");
  x.heads = option("heads", "");
  x.zoo_path = option("zoo.path", "");
  x.source = option("source", "synthetic://street?size=1280x720");
  x.seconds = std::stod(option("seconds", "60"));
  x.every = std::stoull(option("every", "15"));
  auto delay = std::stoi(option("delay-ms", "20"));
  json report{{"model", x.model},
              {"classifier", x.classifier},
              {"source", x.source},
              {"delay_ms", delay},
              {"seconds", x.seconds}};
  auto folder = bench::make_certificates();
  try {
    if (folder.empty())
      throw std::runtime_error("no certificates could be made");
    bench::network_namespace far{std::chrono::milliseconds{delay}};
    if (!far.ok())
      throw std::runtime_error("needs root, network namespaces and TUN");
    must(start_log({"error", "text", "", "bench"}));
    four_nodes nodes{x, far, folder};
    report.update(all(nodes, x, far, numbers(option("mbit", "10,15,20"))));
  } catch (const std::exception& problem) {
    report["error"] = problem.what();
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return bench::finish(report, "pipeline_latency", argc, argv);
}
