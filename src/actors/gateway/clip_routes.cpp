#include "actors/gateway/api.hpp"
#include "messages/clips.hpp"
#include "runtime/error.hpp"
#include "runtime/media/fragmenter.hpp"

#include <cstdlib>

namespace vpaas {

namespace {

http_answer video_answer(const api_call& x, uint64_t frame) {
  http_answer result;
  result.type = "video/mp4";
  result.headers
    = {{"Cache-Control", "private, max-age=300"},
       {"Content-Disposition", "inline; filename=\"" + x.at("stream") + "-"
                                 + std::to_string(frame) + ".mp4\""}};
  return result;
}

/// A clip that was kept, piece by piece.
caf::expected<http_answer> kept_clip(const api_call& x, const found_node& node,
                                     uint64_t frame) {
  auto from = x.ask().actor<clip_actor>(node, clip_store_name);
  if (!from)
    return std::move(from.error());
  auto first = x.ask().ask<blob>(*from, fetch_atom_v, x.at("stream"), frame,
                                 uint64_t{0});
  if (!first)
    return std::move(first.error());
  auto result = video_answer(x, frame);
  result.stream = [ask = x.ask(), from = *from, stream = x.at("stream"), frame,
                   piece = *first,
                   at = uint64_t{0}](const http_sink& sink) mutable {
    if (piece.empty()
        || !sink(reinterpret_cast<const char*>(piece.data()), piece.size()))
      return false;
    at += piece.size();
    auto next = ask.ask<blob>(from, fetch_atom_v, stream, frame, at);
    piece = next ? *next : blob{};
    return !piece.empty();
  };
  return result;
}

/// What the window still has of the video around a frame.
caf::expected<http_answer> fresh_clip(const api_call& x, const found_node& node,
                                      uint64_t frame) {
  auto from = x.ask().actor<window_actor>(node, "streams/" + x.at("stream")
                                                  + "/window");
  if (!from)
    return std::move(from.error());
  auto parts = x.ask().ask<std::vector<segment>>(*from, find_atom_v, frame);
  if (!parts)
    return std::move(parts.error());
  auto result = video_answer(x, frame);
  fragmenter muxer;
  for (auto& y : *parts) {
    auto made = muxer.add(y);
    if (!made)
      return std::move(made.error());
    if (!made->header.empty() && !result.body.empty())
      break; // another video begins
    for (auto* z : {&made->header, &made->bytes})
      result.body.append(reinterpret_cast<const char*>(z->data()), z->size());
  }
  if (result.body.empty())
    return caf::make_error(ec::not_found,
                           "there is no video of frame " + std::to_string(frame)
                             + "; it is kept around events, and of all else "
                               "for about a minute");
  return result;
}

/// The functions of a stream's results.
caf::expected<function_actor> functions_of(const api_call& x,
                                           const found_node& node) {
  auto found = x.ask().actor<function_actor>(node, "streams/" + x.at("stream")
                                                     + "/result_functions");
  if (!found && found.error() == ec::not_found)
    return caf::make_error(ec::not_found,
                           "the stream \"" + x.at("stream")
                             + "\" has no tracker, which zones need; add it "
                               "with tracker=true");
  return found;
}

http_answer functions_in(const document& all) {
  return json_answer({{"functions", all.value().at("functions")}});
}

/// Lets the child begin with these parameters whenever it starts again.
caf::error replace(const api_call& x, const found_node& node,
                   const document& parameters) {
  auto tree = x.ask().actor<supervisor_actor>(node,
                                              "streams/" + x.at("stream"));
  if (!tree)
    return std::move(tree.error());
  child_spec spec;
  spec.name = spec.kind = "result_functions";
  spec.parameters = parameters;
  if (!parameters.value().at("functions").empty()) { // Lua may take its time
    spec.detached = true;
    spec.stall_after = usual_stall;
  }
  node_asker patient{x.world.sys, x.world.change_timeout};
  if (auto err = patient.tell(*tree, remove_atom_v, spec.name))
    return err;
  auto started = patient.ask<caf::actor>(*tree, start_atom_v, spec);
  return started ? caf::error{} : std::move(started.error());
}

} // namespace

http_answer show_clip(const api_call& x) {
  auto text = x.request.get("frame");
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos)
    return error_answer(400, "bad_input", "frame is no number",
                        "write ?frame=1234");
  auto frame = std::strtoull(text.c_str(), nullptr, 10);
  auto node = node_with_stream(x, x.at("stream"));
  if (!node)
    return error_answer(node.error());
  if (auto kept = kept_clip(x, *node, frame))
    return std::move(*kept);
  auto fresh = fresh_clip(x, *node, frame);
  return fresh ? std::move(*fresh) : error_answer(fresh.error());
}

http_answer list_result_functions(const api_call& x) {
  auto node = node_with_stream(x, x.at("stream"));
  if (!node)
    return error_answer(node.error());
  auto from = functions_of(x, *node);
  if (!from)
    return error_answer(from.error());
  auto now = x.ask().ask<document>(*from, configure_atom_v, document{});
  return now ? functions_in(*now) : error_answer(now.error());
}

http_answer set_result_functions(const api_call& x) {
  auto wanted = x.body.find("functions");
  if (wanted == x.body.end() || !wanted->is_array())
    return error_answer(400, "bad_input", "functions is no list",
                        "write {\"functions\": [\"zone_stay?name=...\"]}");
  auto node = node_with_stream(x, x.at("stream"));
  if (!node)
    return error_answer(node.error());
  auto to = functions_of(x, *node);
  if (!to)
    return error_answer(to.error());
  // What is wrong with them is said before anything changes.
  auto now = x.ask().ask<document>(*to, configure_atom_v,
                                   document{{{"functions", *wanted}}});
  if (!now)
    return error_answer(now.error());
  if (auto err = replace(x, *node, *now))
    return error_answer(err);
  return functions_in(*now);
}

} // namespace vpaas
