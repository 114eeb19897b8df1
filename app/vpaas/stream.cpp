#include "actors/fog/stream.hpp"
#include "actors/client/camera.hpp"
#include "actors/stream/coordinator.hpp"
#include "runtime/duration.hpp"
#include "runtime/name.hpp"
#include "runtime/printable.hpp"
#include "stream_control.hpp"
#include "system.hpp"
#include "table.hpp"
#include "verbs.hpp"
#include "written_value.hpp"

#include <cstdlib>
#include <fstream>
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
    "Adds a camera to a running fog, or takes one off; lists those of all "
    "fogs. With\n"
    "--client the camera itself runs on that client; it goes with the "
    "stream.\n\n"
    "  --node=NODE     the fog, HOST:PORT or name; must be given where there "
    "are\n"
    "                  several\n"
    "  --source=URL    file, rtsp:// or http:// address, device, synthetic://\n"
    "  --source-file=FILE  the source stands in a file (- is standard "
    "input), which\n"
    "                  keeps a password out of the list of processes; so does "
    "the\n"
    "                  variable VPAAS_SOURCE\n"
    "  --pipeline=FILE, --policy=FILE\n"
    "                  its text is sent; a name is that of a file in the "
    "fog's\n"
    "                  config/pipelines or config/policies\n"
    "  --functions='NAME?KEY=VALUE&KEY=VALUE;FILE.lua'\n"
    "                  what its results go through: functions of the fog's\n"
    "                  config/functions, and files, whose text is sent\n"
    "  --KEY=VALUE     any parameter of the stream:\n";

/// The first line of a file, or of standard input.
caf::expected<std::string> first_line(const std::string& path) {
  std::ifstream file;
  if (path != "-")
    file.open(path);
  std::string result;
  if (std::getline(path == "-" ? std::cin : file, result) && !result.empty())
    return result;
  return caf::make_error(ec::io, "failed to read a source from " + path
                                   + "; write it in the first line");
}

/// Puts the source of a new stream where a parameter would stand.
caf::error take_source(command_line& line, json& parameters) {
  auto path = line.take("source-file", "");
  if (parameters.contains("source") && !path.empty())
    return caf::make_error(ec::bad_config, "--source and --source-file "
                                           "exclude each other");
  if (!path.empty()) {
    auto source = first_line(path);
    if (!source)
      return std::move(source.error());
    parameters["source"] = *source;
  } else if (auto given = std::getenv("VPAAS_SOURCE");
             given && *given && !parameters.contains("source")
             && !parameters.contains("camera")) {
    parameters["source"] = given;
  }
  return caf::none;
}

/// Takes those options off the line that parameters of a stream are called.
caf::expected<json> take_parameters(command_line& line) {
  auto result = json::object();
  for (auto& spec : stream_parameters()) {
    auto text = line.take(spec.name, "");
    if (text.empty())
      continue;
    auto checked = check_value(spec, written_value(spec, text));
    if (!checked)
      return caf::make_error(ec::bad_config, "--" + spec.name + "=" + text
                                               + " is not allowed; write "
                                               + allowed(spec));
    result[spec.name] = *checked;
  }
  return result;
}

/// 0.511705 s is "512ms" for people.
std::string in_ms(const json& seconds) {
  auto x = from_json<caf::timespan>(seconds);
  return x ? format_duration(std::chrono::round<std::chrono::milliseconds>(*x))
           : "?";
}

/// What the actors of a kind on one node say of themselves, with their paths.
caf::error look_at(node_finder& tool, const found_node& node, const char* kind,
                   json& all) {
  auto tree = tool.ask<std::vector<tree_entry>>(node.handle, tree_atom_v);
  if (!tree)
    return std::move(tree.error());
  for (auto& x : *tree) {
    if (x.kind != kind)
      continue;
    auto report = tool.ask<status_report>(node.handle, status_atom_v, x.path);
    if (!report)
      return std::move(report.error());
    auto line = report->details.value();
    line["state"] = report->state;
    line["node"] = node.info.name;
    line["path"] = x.path;
    all.push_back(std::move(line));
  }
  return caf::none;
}

/// The camera of a stream stands beside its coordinator, or on a client under
/// the stream's name. @returns null where none is seen
json camera_of(const json& stream, const json& cameras) {
  auto path = stream["path"].get<std::string>();
  auto beside = path.substr(0, path.rfind('/') + 1) + camera_state::name;
  for (auto& x : cameras)
    if (x["node"] == stream["node"] && x["path"] == beside)
      return x;
  for (auto& x : cameras)
    if (x["node"] != stream["node"] && x["stream"] == stream["stream"])
      return x;
  return nullptr;
}

/// Gives each stream its camera, as far as its node answers.
void add_cameras(node_finder& tool, const std::vector<found_node>& fogs,
                 json& streams) {
  auto cameras = json::array();
  for (auto& fog : fogs)
    look_at(tool, fog, camera_state::name, cameras);
  auto elsewhere = std::any_of(streams.begin(), streams.end(), [&](auto& x) {
    return camera_of(x, cameras).is_null();
  });
  if (elsewhere)
    for (auto& x : tool.nodes())
      if (x.handle && x.info.tier == to_string(tier::client))
        look_at(tool, x, camera_state::name, cameras);
  for (auto& x : streams)
    x["camera"] = camera_of(x, cameras);
}

/// What its camera is doing, in one word or a few.
std::string camera_state_of(const json& stream) {
  auto& camera = stream["camera"];
  return camera.is_null() ? "not seen" : camera["state"].get<std::string>();
}

void print_streams(const json& all) {
  table rows{{"STREAM", "NODE", "STATE", "CAMERA", "PIPELINE", "BY", "RECEIVED",
              "ANSWERED", "IN FLIGHT", "SPOOLED", "FRESH P50"}};
  auto text = [](const json& x) {
    return x.is_string() ? x.get<std::string>() : x.dump();
  };
  for (auto& x : all)
    rows.push_back({text(x["stream"]), text(x["node"]), text(x["state"]),
                    camera_state_of(x), text(x["pipeline"]), text(x["outage"]),
                    text(x["received"]), text(x["answered"]),
                    text(x["in_flight"]), text(x["spooled"]),
                    in_ms(x["freshness"]["p50"])});
  print(rows);
  // What keeps a camera from streaming, in its own words.
  for (auto& x : all)
    if (auto state = camera_state_of(x);
        !x["camera"].is_null() && state != "streaming")
      if (auto why = text(x["camera"]["last_error"]); !why.empty())
        std::cout << printable(text(x["stream"]) + ": " + why) << '\n';
}

/// The streams of all fogs, or of one.
caf::error list(node_finder& tool, const std::string& name, bool as_json) {
  auto fogs = tool.nodes(name, tier::fog);
  if (!fogs)
    return std::move(fogs.error());
  auto all = json::array();
  caf::error problem;
  for (auto& fog : *fogs)
    if (auto err = look_at(tool, fog, coordinator_state::name, all))
      problem = caf::make_error(ec::io, "failed to list the streams of "
                                          + fog.info.name + ": "
                                          + describe(err));
  add_cameras(tool, *fogs, all);
  if (as_json)
    std::cout << as_text(all) << '\n';
  else
    print_streams(all);
  return problem;
}

/// What the words and options ask to be changed.
struct wish {
  std::string verb, stream, fog, client;
  json parameters;
};

/// The stream is gone; of its camera nothing is known.
caf::error may_stay(const std::string& stream, const caf::error& cause) {
  return caf::make_error(ec::io,
                         "a client may still run its camera: " + cause_of(cause)
                           + "; if so, write vpaas stream remove " + stream
                           + " --client=NODE");
}

caf::error change(node_finder& tool, const wish& x) {
  auto fog = tool.only_node(x.fog, tier::fog);
  if (!fog)
    return std::move(fog.error());
  auto adds = x.verb == "add";
  caf::expected<std::string> client = x.client;
  if (x.client.empty() && !adds)
    client = client_of_stream(tool, *fog, x.stream);
  std::optional<found_node> at;
  if (client && !client->empty()) {
    auto found = tool.node(*client);
    if (!found)
      return std::move(found.error());
    at = std::move(*found);
  }
  auto* camera = at ? &*at : nullptr;
  if (auto err = adds ? add_stream(tool, *fog, camera, x.stream, x.parameters)
                      : remove_stream(tool, *fog, camera, x.stream))
    return err;
  std::cout << (adds ? "added " : "removed ") << x.stream
            << (adds ? " on " : " from ") << printable(fog->info.name)
            << (at ? ", camera on " + printable(at->info.name) : "") << '\n';
  return client ? caf::error{} : may_stay(x.stream, client.error());
}

/// Refuses what the fog would refuse before anything is asked.
caf::error check(const wish& x) {
  if (!is_name(x.stream))
    return caf::make_error(ec::bad_config, "\"" + printable(x.stream)
                                             + "\" is no name of a stream; "
                                               "write "
                                             + name_rule);
  auto from = [&](const char* key) {
    return !x.parameters.value(key, std::string{}).empty();
  };
  if (x.verb == "add" && !from("source") && !from("camera"))
    return caf::make_error(ec::bad_config,
                           "no source is named; write --source=URL, "
                           "--source-file=FILE or --camera=NODE:NAME");
  return caf::none;
}

caf::error run(command_line& line) {
  auto as_json = line.take_flag("json");
  wish x;
  x.fog = line.take("node", "");
  x.client = line.take("client", "");
  auto parameters = take_parameters(line);
  if (!parameters)
    return parameters.error();
  x.parameters = std::move(*parameters);
  if (auto err = take_source(line, x.parameters))
    return err;
  auto setup = take_tool_setup(line);
  if (!setup)
    return setup.error();
  auto words = line.words();
  x.verb = words.empty() ? "" : words[0];
  if (words.size() != (x.verb == "list" ? 1u : 2u)
      || (x.verb != "add" && x.verb != "remove" && x.verb != "list"))
    return caf::make_error(ec::bad_config, "write add NAME, remove NAME or "
                                           "list; see --help");
  if (x.verb != "list") {
    x.stream = words[1];
    if (auto err = check(x))
      return err;
  }
  node_system_config cfg{setup->config, setup->own};
  caf::actor_system sys{cfg};
  node_finder tool{*setup, sys};
  return x.verb == "list" ? list(tool, x.fog, as_json) : change(tool, x);
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
