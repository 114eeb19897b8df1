#include "stream_control.hpp"

#include "actors/control/stream_orders.hpp"
#include "runtime/error.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace vpaas {

namespace {

constexpr const char* streams = "streams";

/// The text of a file that lies here: the fog opens no file of ours. Empty
/// where there is none of this name.
caf::expected<std::string> text_of(const std::string& path,
                                   const std::string& what) {
  std::error_code failed;
  if (path.empty() || !std::filesystem::is_regular_file(path, failed))
    return std::string{};
  std::ifstream in{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in)
    return caf::make_error(ec::io, "failed to read " + what + " " + path);
  return text + "\n";
}

caf::error read_script(json& parameters, const char* key) {
  if (!parameters.contains(key))
    return caf::none;
  auto text = text_of(parameters[key].get<std::string>(), key);
  if (!text)
    return std::move(text.error());
  if (!text->empty())
    parameters[key] = *text;
  return caf::none;
}

/// Behind their names and parameters.
caf::error read_functions(json& parameters) {
  if (!parameters.contains("functions"))
    return caf::none;
  for (auto& x : parameters["functions"]) {
    auto& written = x.get_ref<std::string&>();
    if (written.find('\n') != std::string::npos)
      continue; // it was read before
    auto text = text_of(written.substr(0, written.find('?')), "function");
    if (!text)
      return std::move(text.error());
    if (!text->empty())
      written += "\n" + *text;
  }
  return caf::none;
}

} // namespace

caf::error read_scripts(json& parameters) {
  for (auto* key : {"policy", "pipeline"})
    if (auto err = read_script(parameters, key))
      return err;
  return read_functions(parameters);
}

caf::error add_stream(node_finder& tool, const found_node& fog,
                      const found_node* client, const std::string& name,
                      json parameters) {
  if (auto err = read_scripts(parameters))
    return err;
  return start_stream(tool, fog, client, name, std::move(parameters));
}

caf::expected<std::string> client_of_stream(node_finder& tool,
                                            const found_node& fog,
                                            const std::string& name) {
  auto stream = look_at_stream(tool, fog, name);
  if (!stream)
    return std::move(stream.error());
  auto camera = stream->details.get<std::string>("camera");
  auto colon = camera.find(':');
  if (colon == std::string::npos)
    return std::string{};
  auto client = tool.node(camera.substr(0, colon));
  if (!client)
    return std::move(client.error());
  auto status = tool.ask<status_report>(client->handle, status_atom_v,
                                        camera.substr(colon + 1));
  if (!status)
    return std::move(status.error());
  return status->details.get<bool>("with_stream") ? client->info.name
                                                  : std::string{};
}

caf::error remove_stream(node_finder& tool, const found_node& fog,
                         const found_node* client, const std::string& name) {
  return end_stream(tool, fog, client, name);
}

caf::expected<status_report> look_at_stream(node_finder& tool,
                                            const found_node& fog,
                                            const std::string& name) {
  return tool.ask<status_report>(fog.handle, status_atom_v,
                                 std::string{streams} + "/" + name
                                   + "/coordinator");
}

} // namespace vpaas
