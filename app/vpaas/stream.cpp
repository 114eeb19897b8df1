#include "actors/fog/stream.hpp"
#include "actors/fog/coordinator.hpp"
#include "runtime/duration.hpp"
#include "stream_control.hpp"
#include "system.hpp"
#include "verbs.hpp"

#include <iomanip>
#include <iostream>
#include <optional>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas stream add NAME --source=SOURCE [--client=NODE] "
    "[--KEY=VALUE]\n"
    "       vpaas stream remove NAME [--client=NODE]\n"
    "       vpaas stream list [--json]\n\n"
    "Adds a camera to a running fog, or takes one off. With --client the "
    "camera\n"
    "itself runs on that client.\n\n"
    "  --node=NODE     the fog, HOST:PORT or name; default: the first that "
    "answers\n"
    "  --source=URL    file, rtsp:// or http:// address, device, synthetic://\n"
    "  --KEY=VALUE     any parameter of the stream:\n";

/// Takes those options off the line that parameters of a stream are called.
caf::expected<json> take_parameters(command_line& line) {
  auto result = json::object();
  for (auto& spec : stream_parameters()) {
    auto text = line.take(spec.name, "");
    if (text.empty())
      continue;
    auto value = parse_json(text); // true, 15, else text
    auto checked = check_value(spec, value ? *value : json(text));
    if (!checked)
      return caf::make_error(ec::bad_config, "--" + spec.name + "=" + text
                                               + " is not allowed; write "
                                               + allowed(spec));
    result[spec.name] = *checked;
  }
  return result;
}

/// "511705us" is "512ms" for people.
std::string in_ms(const std::string& duration) {
  auto x = parse_duration(duration);
  return x ? format_duration(std::chrono::round<std::chrono::milliseconds>(*x))
           : duration;
}

caf::error list(node_finder& tool, const found_node& fog, bool as_json) {
  auto tree = tool.ask<std::vector<tree_entry>>(fog.handle, tree_atom_v);
  if (!tree)
    return tree.error();
  auto all = json::array();
  for (auto& x : *tree) {
    if (x.kind != coordinator_state::name)
      continue;
    auto report = tool.ask<status_report>(fog.handle, status_atom_v, x.path);
    if (!report)
      return report.error();
    auto line = report->details.value();
    line["state"] = report->state;
    all.push_back(std::move(line));
  }
  if (as_json) {
    std::cout << all.dump(2) << '\n';
    return caf::none;
  }
  std::cout << std::left << std::setw(20) << "STREAM" << std::setw(9) << "STATE"
            << std::setw(12) << "PIPELINE" << std::setw(9) << "BY" << std::right
            << std::setw(10) << "RECEIVED" << std::setw(10) << "ANSWERED"
            << std::setw(10) << "IN FLIGHT" << std::setw(10) << "SPOOLED"
            << std::setw(12) << "FRESH P50" << '\n';
  for (auto& x : all)
    std::cout << std::left << std::setw(20) << x["stream"].get<std::string>()
              << std::setw(9) << x["state"].get<std::string>() << std::setw(12)
              << x["pipeline"].get<std::string>() << std::setw(9)
              << x["outage"].get<std::string>() << std::right << std::setw(10)
              << x["received"].get<uint64_t>() << std::setw(10)
              << x["answered"].get<uint64_t>() << std::setw(10)
              << x["in_flight"].get<uint64_t>() << std::setw(10)
              << x["spooled"].get<uint64_t>() << std::setw(12)
              << in_ms(x["freshness"]["p50"].get<std::string>()) << '\n';
  return caf::none;
}

caf::error run(command_line& line) {
  auto as_json = line.take_flag("json");
  auto name_of_fog = line.take("node", "");
  auto client = line.take("client", "");
  auto parameters = take_parameters(line);
  if (!parameters)
    return parameters.error();
  auto setup = take_tool_setup(line);
  if (!setup)
    return setup.error();
  auto words = line.words();
  auto verb = words.empty() ? "" : words[0];
  if (words.size() != (verb == "list" ? 1u : 2u)
      || (verb != "add" && verb != "remove" && verb != "list"))
    return caf::make_error(ec::bad_config, "write add NAME, remove NAME or "
                                           "list; see --help");
  node_system_config cfg{setup->config, setup->tls};
  caf::actor_system sys{cfg};
  node_finder tool{*setup, sys};
  auto fog = tool.node(name_of_fog, tier::fog);
  if (!fog)
    return fog.error();
  if (verb == "list")
    return list(tool, *fog, as_json);
  std::optional<found_node> at;
  if (!client.empty()) {
    auto found = tool.node(client);
    if (!found)
      return std::move(found.error());
    at = std::move(*found);
  }
  auto* camera = at ? &*at : nullptr;
  return verb == "add"
           ? add_stream(tool, *fog, camera, words[1], std::move(*parameters))
           : remove_stream(tool, *fog, camera, words[1]);
}

} // namespace

int stream_verb(command_line line) {
  if (line.take_flag("help")) {
    std::cout << help;
    for (auto& x : stream_parameters())
      std::cout << "      " << std::left << std::setw(15) << x.name << x.help
                << " (" << default_value(x).dump() << ")\n";
    return 0;
  }
  auto err = run(line);
  return err ? complain("vpaas stream", err) : 0;
}

} // namespace vpaas
