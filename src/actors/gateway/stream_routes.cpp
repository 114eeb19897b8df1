#include "actors/control/stream_orders.hpp"
#include "actors/gateway/api.hpp"
#include "actors/gateway/overview.hpp"
#include "runtime/error.hpp"
#include "runtime/media/fragmenter.hpp"
#include "runtime/media/newest_picture.hpp"
#include "runtime/name.hpp"

#include <algorithm>
#include <optional>

namespace vpaas {

namespace {

std::string text_in(const json& body, const char* key) {
  auto i = body.find(key);
  return i != body.end() && i->is_string() ? i->get<std::string>() : "";
}

/// The fog that is named, or the only one.
caf::expected<found_node> fog_of(const api_call& x, const std::string& name) {
  auto found = nodes_with(x, "streams");
  if (!found)
    return std::move(found.error());
  std::string names;
  for (auto& y : *found) {
    if (y.info.name == name || (name.empty() && found->size() == 1))
      return std::move(y);
    names += (names.empty() ? "" : ", ") + y.info.name;
  }
  return caf::make_error(
    ec::bad_config,
    (name.empty() ? "no fog is named" : "there is no fog \"" + name + "\"")
      + "; name one in \"node\": " + (names.empty() ? "none answers" : names));
}

/// The client that is to read the camera, if one is named.
caf::expected<std::optional<found_node>> client_of(const api_call& x) {
  auto name = text_in(x.body, "client");
  if (name.empty())
    return std::optional<found_node>{};
  auto found = node_of(x, name);
  if (!found)
    return std::move(found.error());
  return std::optional<found_node>{std::move(*found)};
}

/// On which client the camera runs that came with the stream, if on one.
std::optional<found_node> client_with(const api_call& x,
                                      const std::string& stream) {
  auto view = view_of(x);
  if (!view)
    return std::nullopt;
  for (auto& y : (*view)->nodes) {
    auto i = y.actors.find("cameras/" + stream);
    if (i != y.actors.end() && y.handle
        && i->second->details.value().value("with_stream", false))
      return found_node{y.info, y.handle, {}};
  }
  return std::nullopt;
}

caf::expected<window_actor> window_of(const api_call& x) {
  auto node = node_with_stream(x, x.at("stream"));
  if (!node)
    return std::move(node.error());
  return x.ask().actor<window_actor>(*node,
                                     "streams/" + x.at("stream") + "/window");
}

/// One record of the video's stream: a letter, the size, the bytes.
void put(std::string& to, char kind, const void* data, size_t size) {
  to += kind;
  for (int shift = 24; shift >= 0; shift -= 8)
    to += static_cast<char>(size >> shift & 255);
  to.append(static_cast<const char*>(data), size);
}

void put(std::string& to, char kind, const json& x) {
  auto text = x.dump();
  put(to, kind, text.data(), text.size());
}

json map_of(const video_fragment& x) {
  auto frames = json::array();
  for (auto& y : x.pictures)
    frames.push_back(
      {y.frame, y.time_us, y.captured.time_since_epoch().count() / 1000});
  return frames;
}

/// A viewer of a stream: asks for what comes, and writes it as
/// 'i' {type}, 'h' header, 'm' [[frame, media time us, captured us]], 's'
/// pictures, 'e' {code, message, remedy}.
class video_viewer {
public:
  video_viewer(const api_call& x, window_actor from)
    : ask_(x.ask()), from_(std::move(from)) {
    // nop
  }

  /// @returns whether it goes on
  bool show(const http_sink& sink) {
    auto parts = ask_.ask<std::vector<segment>>(from_, fetch_atom_v, at_);
    std::string out;
    auto goes_on = true;
    if (!parts) {
      put(out, 'e', json::parse(error_answer(parts.error()).body));
      goes_on = false;
    } else if (parts->empty()) {
      put(out, 'k', json::object()); // nothing new, and still here
    } else {
      for (auto& x : *parts)
        goes_on = goes_on && add(x, out);
    }
    return sink(out.data(), out.size()) && goes_on;
  }

private:
  bool add(const segment& x, std::string& out) {
    at_ = key_of(x);
    auto made = muxer_.add(x);
    if (!made) {
      put(out, 'e', json::parse(error_answer(made.error()).body));
      return false;
    }
    if (!made->header.empty()) {
      put(out, 'i', json{{"type", made->type}});
      put(out, 'h', made->header.data(), made->header.size());
    }
    put(out, 'm', map_of(*made));
    put(out, 's', made->bytes.data(), made->bytes.size());
    return true;
  }

  node_asker ask_;
  window_actor from_;
  segment_key at_;
  fragmenter muxer_;
};

} // namespace

http_answer list_streams(const api_call& x) {
  auto view = view_of(x);
  if (!view)
    return error_answer(view.error());
  return json_answer({{"streams", streams_of(**view, x.who)}});
}

http_answer show_stream(const api_call& x) {
  auto view = view_of(x);
  if (!view)
    return error_answer(view.error());
  for (auto& y : streams_of(**view, x.who))
    if (y["stream"] == x.at("stream"))
      return json_answer(y);
  return error_answer(404, "not_found",
                      "there is no stream \"" + x.at("stream") + "\"",
                      "see the list of streams");
}

http_answer add_stream(const api_call& x) {
  if (!is_name(x.at("stream")))
    return error_answer(400, "bad_input", "this is no name of a stream",
                        std::string{"write "} + name_rule);
  auto fog = fog_of(x, text_in(x.body, "node"));
  if (!fog)
    return error_answer(fog.error());
  auto client = client_of(x);
  if (!client)
    return error_answer(client.error());
  auto parameters = x.body.value("parameters", json::object());
  if (!parameters.is_object())
    return error_answer(400, "bad_input", "parameters is no object",
                        "write {\"source\": \"rtsp://...\"}");
  node_asker patient{x.world.sys, x.world.change_timeout};
  if (auto err = start_stream(patient, *fog, *client ? &**client : nullptr,
                              x.at("stream"), std::move(parameters)))
    return error_answer(err);
  return json_answer({{"stream", x.at("stream")}, {"node", fog->info.name}},
                     201);
}

http_answer remove_stream(const api_call& x) {
  auto node = node_with_stream(x, x.at("stream"));
  if (!node)
    return error_answer(node.error());
  auto client = client_with(x, x.at("stream"));
  node_asker patient{x.world.sys, x.world.change_timeout};
  if (auto err = end_stream(patient, *node, client ? &*client : nullptr,
                            x.at("stream")))
    return error_answer(err);
  return json_answer(json::object());
}

http_answer configure_stream(const api_call& x) {
  auto node = node_with_stream(x, x.at("stream"));
  if (!node)
    return error_answer(node.error());
  auto to = x.ask().actor<coordinator_actor>(*node, "streams/" + x.at("stream")
                                                      + "/coordinator");
  if (!to)
    return error_answer(to.error());
  auto changed = x.ask().ask<document>(*to, configure_atom_v, document{x.body});
  return changed ? json_answer(changed->value())
                 : error_answer(changed.error());
}

http_answer show_picture(const api_call& x) {
  auto from = window_of(x);
  if (!from)
    return error_answer(from.error());
  auto parts = x.ask().ask<std::vector<segment>>(*from, fetch_atom_v,
                                                 segment_key{});
  if (!parts)
    return error_answer(parts.error());
  auto made = newest_picture(*parts);
  if (!made)
    return error_answer(made.error());
  http_answer result;
  result.type = "image/jpeg";
  result.body.assign(reinterpret_cast<const char*>(made->jpeg.data()),
                     made->jpeg.size());
  result.headers = {{"Cache-Control", "no-store"},
                    {"X-Frame", std::to_string(made->frame)}};
  return result;
}

http_answer show_video(const api_call& x) {
  auto from = window_of(x);
  if (!from)
    return error_answer(from.error());
  http_answer result;
  result.type = "application/vnd.vpaas.video";
  result.headers.emplace_back("Cache-Control", "no-store");
  result.stream = [viewer = std::make_shared<video_viewer>(x, *from)](
                    const http_sink& sink) { return viewer->show(sink); };
  return result;
}

} // namespace vpaas
