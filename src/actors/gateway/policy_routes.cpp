#include "actors/control/dispatcher.hpp"
#include "actors/gateway/api.hpp"
#include "messages/deployment.hpp"
#include "runtime/error.hpp"

#include <algorithm>

namespace vpaas {

namespace {

std::string text_in(const json& body, const char* key) {
  auto i = body.find(key);
  return i != body.end() && i->is_string() ? i->get<std::string>() : "";
}

template <class T, class... Ts>
caf::expected<T> ask_registry(const api_call& x, const Ts&... xs) {
  auto whom = local_actor<registry_actor>(x, registry_name);
  if (!whom)
    return std::move(whom.error());
  return x.ask().ask<T>(*whom, xs...);
}

http_answer shown(const caf::expected<document>& x) {
  return x ? json_answer(x->value()) : error_answer(x.error());
}

/// Who sees only some cameras changes nothing of others.
std::optional<http_answer> refuse_others(const api_call& x,
                                         const std::string& streams) {
  if (sees(x.who, streams))
    return std::nullopt;
  return error_answer(404, "not_found",
                      "there is no stream \"" + streams + "\"",
                      "name streams of the list of streams");
}

/// What fogs say of their streams.
json running(const api_call& x) {
  auto result = json::array();
  auto said = x.ask().ask<status_report>(
    caf::actor_cast<node_actor>(x.world.node), status_atom_v,
    std::string{dispatcher_state::name});
  std::vector<dispatched_node> nodes;
  if (said)
    from_json_value(said->details.value().value("nodes", json::array()), nodes,
                    "nodes");
  for (auto& node : nodes)
    for (auto& y : node.streams)
      if (sees(x.who, y.stream)) {
        result.push_back(to_json_value(y));
        result.back()["node"] = node.name;
      }
  return result;
}

} // namespace

http_answer list_policies(const api_call& x) {
  auto all = ask_registry<document>(x, fetch_atom_v);
  auto now = all ? ask_registry<document>(x, read_atom_v) : all;
  if (!now)
    return error_answer(now.error());
  auto scripts = json::array();
  for (auto& y : all->value().at("artifacts"))
    if (y.at("kind") == "policy" || y.at("kind") == "pipeline")
      scripts.push_back(y);
  auto orders = json::array();
  for (auto& y : now->value().at("assignments"))
    if (sees(x.who, text_in(y, "streams")))
      orders.push_back(y);
  return json_answer({{"scripts", std::move(scripts)},
                      {"assignments", std::move(orders)},
                      {"streams", running(x)}});
}

http_answer register_policy(const api_call& x) {
  json what{{"name", x.at("policy")},
            {"kind", x.body.value("kind", json("policy"))},
            {"content", text_in(x.body, "script")},
            {"author", x.who.name}};
  if (what["kind"] != "policy" && what["kind"] != "pipeline")
    return error_answer(400, "bad_input", "kind is policy or pipeline",
                        "write {\"kind\": \"policy\", \"script\": ...}");
  return shown(ask_registry<document>(x, keep_atom_v, document{what}));
}

http_answer assign_policy(const api_call& x) {
  auto streams = text_in(x.body, "streams");
  if (auto refused = refuse_others(x, streams))
    return std::move(*refused);
  json wish{{"streams", streams},
            {"artifact", text_in(x.body, "policy")},
            {"at", text_in(x.body, "at")},
            {"profile", text_in(x.body, "profile")},
            {"author", x.who.name}};
  if (x.body.contains("kind"))
    wish["kind"] = x.body["kind"];
  return shown(ask_registry<document>(x, apply_atom_v, document{wish}));
}

http_answer end_assignment(const api_call& x) {
  auto streams = x.request.get("streams");
  if (auto refused = refuse_others(x, streams))
    return std::move(*refused);
  auto whom = local_actor<registry_actor>(x, registry_name);
  if (!whom)
    return error_answer(whom.error());
  auto err = x.ask().tell(*whom, cancel_atom_v, streams, x.request.get("at"),
                          x.request.get("profile"));
  return err ? error_answer(err) : json_answer(json::object());
}

http_answer list_profiles(const api_call& x) {
  auto now = ask_registry<document>(x, read_atom_v);
  if (!now)
    return error_answer(now.error());
  auto result = json::object();
  for (auto& y : now->value().at("assignments"))
    if (auto name = text_in(y, "profile"); !name.empty()) {
      auto& those = result[name];
      those = those.is_null() ? json::array() : std::move(those);
      if (sees(x.who, text_in(y, "streams")))
        those.push_back(y);
    }
  return json_answer(
    {{"profiles", std::move(result)}, {"on", now->value().at("profile")}});
}

// It is for all cameras.
http_answer use_profile(const api_call& x) {
  if (!sees_all(x.who))
    return error_answer(404, "not_found",
                        "a profile is for all cameras, and you see some",
                        "ask somebody who sees all of them");
  json wish{{"profile", text_in(x.body, "profile")}, {"author", x.who.name}};
  return shown(ask_registry<document>(x, configure_atom_v, document{wish}));
}

} // namespace vpaas
