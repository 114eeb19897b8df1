#include "actors/gateway/api.hpp"
#include "actors/gateway/overview.hpp"
#include "runtime/http/metrics_text.hpp"
#include "runtime/source_address.hpp"

#include <algorithm>

namespace vpaas {

namespace {

constexpr auto look_every = std::chrono::seconds(1);

/// The answer of a handler that needs the view.
template <class F>
http_answer with_view(const api_call& x, F f) {
  auto view = view_of(x);
  return view ? f(**view) : error_answer(view.error());
}

json list_or_empty(const std::function<json()>& f) {
  return f ? f() : json::array();
}

/// What an operation of OpenAPI says.
json operation(const api_route& row) {
  json result{{"summary", row.help},
              {"responses",
               {{"200", {{"description", "done"}}},
                {"default", {{"$ref", "#/components/responses/error"}}}}}};
  if (!row.least)
    result["security"] = json::array();
  else
    result["x-role"] = to_string(*row.least);
  std::string path = row.path;
  for (auto from = path.find('{'); from != std::string::npos;
       from = path.find('{', from + 1))
    result["parameters"].push_back(
      {{"name", path.substr(from + 1, path.find('}', from) - from - 1)},
       {"in", "path"},
       {"required", true},
       {"schema", {{"type", "string"}}}});
  return result;
}

} // namespace

http_answer show_health(const api_call& x) {
  return json_answer({{"state", "up"}, {"version", x.world.known.version}});
}

http_answer show_readiness(const api_call& x) {
  auto keeper = local_actor<accounts_actor>(x, x.world.accounts);
  auto found = keeper ? x.ask().ask<status_report>(*keeper, status_atom_v)
                      : caf::expected<status_report>{keeper.error()};
  auto view = view_of(x);
  auto ready = found && found->state == "ready" && view
               && !(*view)->nodes.empty();
  return json_answer({{"ready", ready}}, ready ? 200 : 503);
}

http_answer show_overview(const api_call& x) {
  return with_view(x, [&](const system_view& view) {
    return json_answer(overview_of(view, x.who));
  });
}

http_answer follow_overview(const api_call& x) {
  http_answer result;
  result.type = "text/event-stream";
  result.headers.emplace_back("Cache-Control", "no-store");
  // The call ends before the stream does.
  result.stream
    = [&world = x.world, who = x.who, position = x.world.statuses.position(),
       heard = std::make_shared<broadcast::listener>(x.world.statuses),
       first = true](const http_sink& sink) mutable {
        if (!std::exchange(first, false)
            && world.statuses.wait(position, look_every).entries.empty())
          return sink(":\n\n", 3);
        static const http_request nothing;
        static const std::map<std::string, std::string> nowhere;
        api_call again{world, nothing, nowhere, who, {}, {}};
        auto view = view_of(again);
        if (!view)
          return sink(":\n\n", 3);
        auto text = "event: overview\ndata: "
                    + overview_of(**view, who)
                        .dump(-1, ' ', false, json::error_handler_t::replace)
                    + "\n\n";
        return sink(text.data(), text.size());
      };
  return result;
}

http_answer list_nodes(const api_call& x) {
  return with_view(x, [](const system_view& view) {
    return json_answer({{"nodes", nodes_of(view)}});
  });
}

http_answer show_tree(const api_call& x) {
  return with_view(x, [&](const system_view& view) {
    for (auto& node : view.nodes) {
      if (node.info.name != x.at("node"))
        continue;
      auto all = json::array();
      if (node.tree)
        for (auto& y : *node.tree)
          if (sees_actor(x.who, y.path))
            all.push_back(to_json_value(y));
      return json_answer({{"node", node.info.name},
                          {"state", node.state},
                          {"problem", node.problem},
                          {"tree", std::move(all)}});
    }
    return error_answer(404, "not_found",
                        "there is no node \"" + x.at("node") + "\"",
                        "see the list of nodes");
  });
}

http_answer show_actor(const api_call& x) {
  auto path = x.request.get("path");
  if (!sees_actor(x.who, path))
    return error_answer(404, "not_found", "no actor \"" + path + "\" here",
                        "see the tree of the node");
  auto node = node_of(x, x.at("node"));
  if (!node)
    return error_answer(node.error());
  auto found = x.ask().ask<status_report>(node->handle, status_atom_v, path);
  if (!found)
    return error_answer(found.error());
  auto text = to_json_value(*found).dump(-1, ' ', false,
                                         json::error_handler_t::replace);
  auto result = json_answer(nullptr);
  result.body = without_secrets(text);
  return result;
}

http_answer list_pipelines(const api_call& x) {
  return json_answer({{"pipelines", list_or_empty(x.world.known.pipelines)}});
}

http_answer list_functions(const api_call& x) {
  return json_answer({{"functions", list_or_empty(x.world.known.functions)}});
}

http_answer list_models(const api_call& x) {
  return json_answer({{"models", list_or_empty(x.world.known.models)}});
}

http_answer show_metrics(const api_call& x) {
  return with_view(x, [&](const system_view& view) {
    metrics_text all;
    for (auto& node : view.nodes) {
      all.gauge("vpaas_node_up",
                {{"node", node.info.name}, {"tier", node.info.tier}},
                node.state == "up" ? 1 : 0);
      if (node.tree)
        for (auto& y : *node.tree)
          if (y.kind != supervisor_kind && sees_actor(x.who, y.path)) {
            metrics_text::labels of{{"node", node.info.name},
                                    {"actor", y.path}};
            all.counter("vpaas_actor_restarts_total", of, double(y.restarts));
            all.gauge("vpaas_actor_ready", of, y.state == "ready" ? 1 : 0);
            all.gauge("vpaas_actor_mailbox", of, double(y.mailbox));
          }
      for (auto& [path, report] : node.actors)
        if (sees_actor(x.who, path))
          all.add(report->kind, {{"node", node.info.name}, {"actor", path}},
                  report->details.value());
    }
    auto counts = x.world.counts();
    all.counter("vpaas_gateway_requests_total", {}, double(counts.requests));
    all.counter("vpaas_gateway_refused_total", {}, double(counts.refused));
    all.counter("vpaas_gateway_failed_total", {}, double(counts.failed));
    all.gauge("vpaas_gateway_streams", {}, double(counts.streams));
    http_answer result;
    result.type = "text/plain; version=0.0.4; charset=utf-8";
    result.body = all.text();
    return result;
  });
}

http_answer show_openapi(const api_call& x) {
  json paths = json::object();
  for (auto& row : api_routes()) {
    std::string method = row.method;
    std::transform(method.begin(), method.end(), method.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    paths[row.path][method] = operation(row);
  }
  json error{{"description", "what is wrong, and what to do"},
             {"content",
              {{"application/json",
                {{"schema",
                  {{"type", "object"},
                   {"required", {"code", "message", "remedy"}},
                   {"properties",
                    {{"code", {{"type", "string"}}},
                     {"message", {{"type", "string"}}},
                     {"remedy", {{"type", "string"}}}}}}}}}}}};
  return json_answer(
    {{"openapi", "3.0.3"},
     {"info", {{"title", "VPaaS"}, {"version", x.world.known.version}}},
     {"security", {{{"token", json::array()}}, {{"login", json::array()}}}},
     {"paths", std::move(paths)},
     {"components",
      {{"responses", {{"error", std::move(error)}}},
       {"securitySchemes",
        {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
         {"login",
          {{"type", "apiKey"}, {"in", "cookie"}, {"name", login_cookie}}}}}}}});
}

} // namespace vpaas
