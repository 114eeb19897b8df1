#include "actors/gateway/api.hpp"

#include "runtime/error.hpp"
#include "runtime/http/path_pattern.hpp"
#include "runtime/source_address.hpp"
#include "runtime/store/password.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace vpaas {

namespace {

constexpr const char* bearer = "Bearer ";

bool changes_something(const http_request& x) {
  return x.method != "GET" && x.method != "HEAD";
}

http_answer unauthorized() {
  return error_answer(401, "not_found", "nobody is logged in",
                      "log in, or send a token");
}

/// A page of somebody else must not change anything through who looks at it.
std::optional<http_answer> check_origin(const http_request& x,
                                        const visitor& who) {
  auto origin = x.header("origin");
  auto refuse = [](const std::string& cause) {
    return error_answer(403, "bad_input", cause,
                        "load the page anew and log in");
  };
  if (!origin.empty() && origin != "https://" + x.header("host"))
    return refuse("the request comes from another page");
  auto site = x.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none")
    return refuse("the request comes from another page");
  if (!same_secret(x.header("x-csrf-token"), who.csrf))
    return refuse("the request has no X-CSRF-Token of this login");
  return std::nullopt;
}

/// The body as an object. @returns what is wrong with it
std::optional<http_answer> read_body(const http_request& x, json& to) {
  to = json::object();
  if (x.body.empty())
    return std::nullopt;
  if (x.header("content-type").rfind("application/json", 0) != 0)
    return error_answer(415, "bad_input", "the body is no JSON",
                        "send Content-Type: application/json");
  auto found = parse_json(x.body);
  if (!found)
    return error_answer(found.error());
  if (!found->is_object())
    return error_answer(400, "bad_input", "the body is no object",
                        "write {\"key\": value}");
  to = std::move(*found);
  return std::nullopt;
}

/// Of what this is about, for the audit log.
std::string subject_of(const std::map<std::string, std::string>& path,
                       const json& body) {
  for (auto* key : {"stream", "user", "id"}) {
    if (auto i = path.find(key); i != path.end())
      return i->second;
    if (auto i = body.find(key); i != body.end() && i->is_string())
      return i->get<std::string>();
  }
  return {};
}

std::string outcome_of(const http_answer& x) {
  if (x.status < 400)
    return "done";
  auto said = json::parse(x.body, nullptr, false);
  return said.is_object() ? said.value("message", "failed") : "failed";
}

void note(const api_call& call, const char* what, const http_answer& result) {
  auto keeper = local_actor<accounts_actor>(call, call.world.accounts);
  if (!keeper)
    return;
  call.ask().tell(*keeper, record_atom_v,
                  audit_entry{0,
                              {},
                              call.who.name,
                              what,
                              subject_of(call.path, call.body),
                              outcome_of(result),
                              call.request.from});
}

caf::timespan now() {
  return std::chrono::duration_cast<caf::timespan>(
    std::chrono::steady_clock::now().time_since_epoch());
}

} // namespace

api::api(api_world world)
  : world_(std::move(world)),
    limit_(world_.requests_per_second, world_.requests_at_once) {
  // nop
}

http_answer api::answer(const http_request& x) {
  auto head = x.method == "HEAD" ? std::string{"GET"} : x.method;
  auto known = false;
  for (auto& row : api_routes()) {
    auto path = match_path(row.path, x.path);
    known = known || path;
    if (path && head == row.method)
      return serve(row, x, *path);
  }
  if (known)
    return error_answer(405, "bad_input", x.path + " does not take " + x.method,
                        "see /api/v1/openapi.json");
  if (x.path.rfind("/api/", 0) == 0 || head != "GET")
    return error_answer(404, "not_found", "there is no " + x.path,
                        "see /api/v1/openapi.json");
  return page_answer(world_.page, x);
}

http_answer api::serve(const api_route& row, const http_request& x,
                       const std::map<std::string, std::string>& path) {
  api_call call{world_, x, path, {}, {}, json::object()};
  if (too_fast(x.from))
    return error_answer(429, "overload", "too many requests", "wait a second");
  auto by_cookie = false;
  if (row.least)
    if (auto refused = identify(x, call, by_cookie))
      return std::move(*refused);
  if (call.who.must_change && !row.before_change)
    return error_answer(403, "bad_config", "the password must be changed first",
                        "send {old, new} to /api/v1/password");
  if (row.least && call.who.may < *row.least)
    return error_answer(403, "bad_config",
                        call.who.name + " is " + to_string(call.who.may)
                          + ", and this needs " + to_string(*row.least),
                        "ask an admin");
  if (row.scope == camera_scope::path && !sees(call.who, path.at("stream")))
    return error_answer(404, "not_found",
                        "there is no stream \"" + path.at("stream") + "\"",
                        "see the list of streams");
  if (changes_something(x) && by_cookie)
    if (auto refused = check_origin(x, call.who))
      return std::move(*refused);
  if (auto refused = read_body(x, call.body))
    return std::move(*refused);
  auto result = row.handler(call);
  if (row.change)
    note(call, row.change, result);
  return result;
}

std::optional<http_answer> api::identify(const http_request& x, api_call& call,
                                         bool& by_cookie) {
  auto given = x.header("authorization");
  call.token = given.rfind(bearer, 0) == 0 ? given.substr(7)
                                           : cookie_of(x, login_cookie);
  if (call.token.empty() || call.token.size() > 200)
    return unauthorized();
  auto keeper = local_actor<accounts_actor>(call, world_.accounts);
  if (!keeper)
    return error_answer(503, "io", "the data store is away",
                        "try again in a moment");
  auto who = call.ask().ask<visitor>(*keeper, find_atom_v, call.token);
  if (!who)
    return who.error() == ec::not_found ? unauthorized()
                                        : error_answer(who.error());
  call.who = std::move(*who);
  by_cookie = !call.who.csrf.empty();
  return std::nullopt;
}

bool api::too_fast(const std::string& who) {
  std::lock_guard guard{mutex_};
  return !limit_.take(who, now());
}

// -- answers
// --------------------------------------------------------------------

http_answer json_answer(const json& x, int status) {
  http_answer result;
  result.status = status;
  result.body = x.dump(-1, ' ', false, json::error_handler_t::replace);
  result.headers.emplace_back("Cache-Control", "no-store");
  return result;
}

http_answer error_answer(int status, const std::string& code,
                         const std::string& message,
                         const std::string& remedy) {
  return json_answer({{"code", code}, {"message", message}, {"remedy", remedy}},
                     status);
}

namespace {

int status_of(const caf::error& x) {
  if (x == ec::not_found)
    return 404;
  if (x == ec::overload)
    return 503;
  if (x == ec::deadline || x == caf::sec::request_timeout)
    return 504;
  if (x == ec::io || x == ec::cloud_down || x.category() == caf::atom("system")
      || x.category() == caf::atom("exit"))
    return 502;
  return 400;
}

} // namespace

http_answer error_answer(const caf::error& x) {
  auto text = without_secrets(cause_of(x));
  auto split = text.rfind("; ");
  auto ours = x.category() == caf::atom("vpaas");
  auto code = ours ? to_string(static_cast<ec>(x.code()))
              : x == caf::sec::request_timeout ? std::string{"deadline"}
                                               : std::string{"io"};
  return error_answer(status_of(x), code, text.substr(0, split),
                      split == std::string::npos ? "try again, or see the log"
                                                 : text.substr(split + 2));
}

std::vector<std::pair<std::string, std::string>> security_headers() {
  return {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
     "blob: data:; media-src 'self' blob:; connect-src 'self'; font-src "
     "'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
     "frame-ancestors 'none'"},
    {"Strict-Transport-Security", "max-age=31536000"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
  };
}

// -- what handlers share
// ----------------------------------------------------------

caf::expected<std::shared_ptr<const system_view>> view_of(const api_call& x) {
  auto who = local_actor<monitor_actor>(x, x.world.monitor);
  if (!who)
    return std::move(who.error());
  auto found = x.ask().ask<system_snapshot>(*who, read_atom_v);
  if (!found)
    return std::move(found.error());
  return found->all;
}

caf::expected<std::vector<found_node>> nodes_with(const api_call& x,
                                                  const std::string& actor) {
  auto view = view_of(x);
  if (!view)
    return std::move(view.error());
  std::vector<found_node> result;
  for (auto& y : (*view)->nodes)
    if (y.handle && y.tree
        && std::any_of(y.tree->begin(), y.tree->end(),
                       [&](auto& z) { return z.path == actor; }))
      result.push_back({y.info, y.handle, {}});
  return result;
}

caf::expected<found_node> node_of(const api_call& x, const std::string& name) {
  auto view = view_of(x);
  if (!view)
    return std::move(view.error());
  for (auto& y : (*view)->nodes)
    if (y.info.name == name && y.handle)
      return found_node{y.info, y.handle, {}};
  return caf::make_error(ec::not_found, "no node \"" + name
                                          + "\" answers; see the list of "
                                            "nodes");
}

caf::expected<found_node> node_with_stream(const api_call& x,
                                           const std::string& stream) {
  auto found = nodes_with(x, "streams/" + stream);
  if (!found)
    return std::move(found.error());
  if (!found->empty())
    return std::move(found->front());
  return caf::make_error(ec::not_found, "there is no stream \"" + stream
                                          + "\"; see the list of streams");
}

} // namespace vpaas
