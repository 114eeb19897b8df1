// Every route by every role with a camera of one's own and one of another.

#include "actors/gateway/api.hpp"

#include "actors/control/monitor.hpp"
#include "actors/gateway/feed.hpp"
#include "actors/gateway/gateway.hpp"
#include "actors/gateway/overview.hpp"
#include "support/gateway_system.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <thread>

using namespace vpaas;
using test::https_client;

namespace {

using shared = test::gateway_system;

/// One for all cases: hashing passwords takes its time.
std::unique_ptr<shared>& slot() {
  static std::unique_ptr<shared> result;
  return result;
}

/// It ends before main does: its threads must not outlive what they use.
struct end_of_all {
  ~end_of_all() {
    slot().reset();
  }
};

BOOST_TEST_GLOBAL_FIXTURE(end_of_all);

shared& all() {
  if (!slot())
    slot() = std::make_unique<shared>();
  return *slot();
}

std::string path_of(const api_route& row, const std::string& stream) {
  std::string result = row.path;
  for (auto& [name, value] :
       std::map<std::string, std::string>{{"{stream}", stream},
                                          {"{node}", "fog-1"},
                                          {"{user}", "nobody-1"},
                                          {"{id}", "token-1"}})
    if (auto at = result.find(name); at != std::string::npos)
      result.replace(at, name.size(), value);
  return result;
}

bool goes_on(const api_route& row) {
  std::string path = row.path;
  return path.find("/live") != std::string::npos
         || path.find("/video") != std::string::npos;
}

/// The status alone of what may never end.
https_client::answer first_of(https_client& x, const std::string& path) {
  https_client::answer result;
  x.client().Get(
    path, x.headers,
    [&](const httplib::Response& y) {
      result.status = y.status;
      return true;
    },
    [&](const char* data, size_t size) {
      result.text.append(data, size);
      return result.status >= 400; // the whole of what is wrong
    });
  return result;
}

https_client::answer ask(https_client& x, const api_route& row,
                         const std::string& stream) {
  auto path = path_of(row, stream);
  auto body = std::string{row.method} == "GET" ? "" : "{}";
  return goes_on(row) ? first_of(x, path) : x.ask(row.method, path, body);
}

/// What the table must give, said again: 401 to nobody, 403 where the role is
/// too small, "no stream" of a camera that he does not see, else neither.
std::string wanted(const api_route& row, const std::string& name,
                   const std::string& stream) {
  const std::vector<std::string> order{"viewer", "annotator", "operator",
                                       "admin"};
  if (!row.least)
    return "let in";
  if (name.empty())
    return "401";
  auto rank = std::find(order.begin(), order.end(), name) - order.begin();
  auto least = std::find(order.begin(), order.end(), to_string(*row.least))
               - order.begin();
  if (rank < least)
    return "403";
  auto is_his = name == "admin" || stream == "door";
  auto has_camera = std::string{row.path}.find("{stream}") != std::string::npos;
  return has_camera && !is_his ? "no stream" : "let in";
}

std::string found(const https_client::answer& x, const std::string& stream) {
  if (x.status == 401 || x.status == 403)
    return std::to_string(x.status);
  if (x.status == 404
      && x.text.find("there is no stream \\\"" + stream) != std::string::npos)
    return "no stream";
  return x.status == 0 || x.status == 500 ? "broken" : "let in";
}

bool skipped(const api_route& row) {
  return std::string{row.path} == "/api/v1/login"; // has cases of its own
}

} // namespace

BOOST_AUTO_TEST_SUITE(api_tests)

BOOST_AUTO_TEST_CASE(every_route_by_every_role_with_every_camera) {
  auto cells = 0;
  for (std::string name : {"", "viewer", "annotator", "operator", "admin"}) {
    auto x = name.empty() ? all().browser() : all().logged_in(name);
    for (auto& row : api_routes()) {
      // What is let in changes nothing that matters here.
      if (skipped(row)
          || (std::string{row.method} == "DELETE" && name == "admin"
              && row.scope == camera_scope::path))
        continue;
      for (std::string stream : {"door", "yard"}) {
        if (std::string{row.method} == "DELETE"
            && row.scope == camera_scope::path && stream == "door"
            && name == "operator")
          continue; // it would be gone
        auto cell = std::string{row.method} + " " + path_of(row, stream)
                    + " as " + name;
        auto got = ask(x, row, stream);
        BOOST_TEST(found(got, stream) == wanted(row, name, stream),
                   cell << ": " << got.status << " " << got.text);
        ++cells;
      }
    }
  }
  BOOST_TEST(cells > 300);
}

BOOST_AUTO_TEST_CASE(lists_leave_out_cameras_of_others) {
  auto x = all().logged_in("viewer");
  for (auto* path : {"/api/v1/streams", "/api/v1/overview",
                     "/api/v1/nodes/fog-1/tree", "/metrics"}) {
    auto got = x.ask("GET", path);
    BOOST_TEST(got.status == 200);
    BOOST_TEST(got.text.find("door") != std::string::npos, path);
    BOOST_TEST(got.text.find("yard") == std::string::npos, path);
  }
  BOOST_TEST(
    x.ask("GET", "/api/v1/nodes/fog-1/actor?path=streams/yard/coordinator")
      .status
    == 404);
  BOOST_TEST(x.ask("GET", "/api/v1/results?stream=yard").status == 404);
  BOOST_TEST(x.ask("GET", "/api/v1/events?stream=yard").status == 404);
  BOOST_TEST(first_of(x, "/api/v1/results/live?stream=yard").status == 404);
}

BOOST_AUTO_TEST_CASE(passwords_of_cameras_are_shown_nowhere) {
  auto x = all().logged_in("admin");
  for (auto* path :
       {"/api/v1/streams", "/api/v1/overview", "/api/v1/streams/door",
        "/api/v1/nodes/fog-1/actor?path=streams/door/coordinator", "/metrics",
        "/api/v1/audit", "/api/v1/users"}) {
    auto got = x.ask("GET", path);
    BOOST_TEST(got.status == 200, path << got.text);
    BOOST_TEST(got.text.find("hunter2") == std::string::npos, path);
    BOOST_TEST(got.text.find("argon2") == std::string::npos, path);
  }
}

BOOST_AUTO_TEST_CASE(another_page_changes_nothing) {
  auto x = all().logged_in("admin");
  auto path = "/api/v1/tokens";
  auto good = x.headers;
  auto body = R"({"id":"forged","lasts":"1h"})";
  x.headers.erase("X-CSRF-Token");
  BOOST_TEST(x.ask("POST", path, body).status == 403);
  x.headers = good;
  x.headers.erase("X-CSRF-Token");
  x.headers.emplace("X-CSRF-Token", "wrong");
  BOOST_TEST(x.ask("POST", path, body).status == 403);
  x.headers = good;
  x.headers.emplace("Origin", "https://evil.example");
  BOOST_TEST(x.ask("POST", path, body).status == 403);
  x.headers = good;
  x.headers.emplace("Sec-Fetch-Site", "cross-site");
  BOOST_TEST(x.ask("POST", path, body).status == 403);
  x.headers = good;
  x.headers.emplace("Origin",
                    "https://127.0.0.1:" + std::to_string(all().port));
  BOOST_TEST(x.ask("POST", path, body).status == 200);
}

BOOST_AUTO_TEST_CASE(a_token_of_a_program_needs_no_cookie) {
  auto x = all().logged_in("operator");
  auto made = x.ask("POST", "/api/v1/tokens",
                    R"({"id":"cron","role":"viewer","lasts":"1h"})");
  BOOST_TEST_REQUIRE(made.status == 200, made.text);
  auto program = all().browser();
  program.headers.emplace("Authorization",
                          "Bearer " + made.json()["token"].get<std::string>());
  BOOST_TEST(program.ask("GET", "/api/v1/streams").status == 200);
  BOOST_TEST(program.ask("DELETE", "/api/v1/streams/door").status == 403);
  BOOST_TEST(program.ask("POST", "/api/v1/tokens", "{}").status == 403);
  BOOST_TEST(x.ask("DELETE", "/api/v1/tokens/cron").status == 200);
  BOOST_TEST(program.ask("GET", "/api/v1/streams").status == 401);
}

BOOST_AUTO_TEST_CASE(a_cookie_is_for_this_page_alone) {
  auto x = all().browser();
  auto got = shared::log_in(x, "viewer", shared::password);
  auto cookie = got.headers.find("Set-Cookie")->second;
  for (auto* part :
       {"__Host-vpaas=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"})
    BOOST_TEST(cookie.find(part) != std::string::npos, cookie);
  BOOST_TEST(got.text.find(cookie.substr(13, 43)) == std::string::npos);
  for (auto* header : {"Content-Security-Policy", "Strict-Transport-Security",
                       "X-Content-Type-Options", "X-Frame-Options"})
    BOOST_TEST(got.headers.count(header) == 1u, header);
  BOOST_TEST(x.ask("DELETE", "/api/v1/login").status == 200);
  BOOST_TEST(x.ask("GET", "/api/v1/login").status == 401);
}

BOOST_AUTO_TEST_CASE(guesses_are_slowed_down) {
  auto x = all().browser();
  auto last = 0;
  size_t guesses = 0;
  // A slow machine takes longer to look at one than the first waits are.
  for (; last != 429 && guesses < 12; ++guesses)
    last = shared::log_in(x, "guessed", "wrong").status;
  BOOST_TEST(last == 429);
  BOOST_TEST(guesses > 5u);
}

BOOST_AUTO_TEST_CASE(errors_say_what_and_what_to_do) {
  auto x = all().logged_in("admin");
  struct {
    const char *method, *path, *body;
    int status;
  } cases[]{
    {"GET", "/api/v1/nothing", "", 404},
    {"PUT", "/api/v1/streams", "{}", 405},
    {"GET", "/api/v1/streams/none", "", 404},
    {"POST", "/api/v1/streams/a b", "{}", 400},
    {"POST", "/api/v1/streams/new", "[1]", 400},
    {"POST", "/api/v1/streams/new", "{", 400},
    {"POST", "/api/v1/streams/new", R"({"node":"fog-9"})", 400},
    {"POST", "/api/v1/streams/new", R"({"parameters":7})", 400},
    {"PUT", "/api/v1/users/eve", R"({"role":"god"})", 400},
    {"PUT", "/api/v1/users/eve", R"({"password":"short"})", 400},
    {"PUT", "/api/v1/users/admin", R"({"role":"viewer"})", 400},
    {"DELETE", "/api/v1/users/admin", "", 400},
    {"GET", "/api/v1/nodes/none/tree", "", 404},
  };
  for (auto& y : cases) {
    auto got = x.ask(y.method, y.path, y.body);
    BOOST_TEST(got.status == y.status,
               y.method << " " << y.path << ": " << got.status << got.text);
    for (auto* key : {"code", "message", "remedy"})
      BOOST_TEST(!got.json().value(key, "").empty(), y.path << got.text);
  }
}

BOOST_AUTO_TEST_CASE(changes_are_in_the_audit_log) {
  auto x = all().logged_in("admin");
  x.ask("DELETE", "/api/v1/users/nobody-2");
  auto entries = x.ask("GET", "/api/v1/audit").json()["entries"];
  auto seen = false;
  for (auto& y : entries)
    seen = seen
           || (y["what"] == "remove user" && y["subject"] == "nobody-2"
               && y["who"] == "admin" && y["outcome"] != "done"
               && y["origin"] == "127.0.0.1");
  BOOST_TEST(seen);
}

BOOST_AUTO_TEST_CASE(the_overview_says_what_is_wrong) {
  auto got = all().logged_in("admin").ask("GET", "/api/v1/overview").json();
  BOOST_TEST(got["streams"].size() == 2u);
  BOOST_TEST(got["streams"][0]["unaccounted"] == 0);
  auto alarms = got["alarms"].dump();
  BOOST_TEST(alarms.find("keyframes have no answer") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(whoever_looks_hears_of_changes) {
  auto x = all().logged_in("viewer");
  auto got = first_of(x, "/api/v1/overview/live");
  BOOST_TEST(got.status == 200);
  BOOST_TEST(got.text.rfind("event: overview\ndata: {", 0) == 0u);
}

BOOST_AUTO_TEST_CASE(health_needs_no_login) {
  auto x = all().browser();
  BOOST_TEST(x.ask("GET", "/healthz").status == 200);
  BOOST_TEST(x.ask("GET", "/readyz").status == 200);
}

BOOST_AUTO_TEST_CASE(every_route_is_described) {
  auto got
    = all().logged_in("viewer").ask("GET", "/api/v1/openapi.json").json();
  for (auto& row : api_routes()) {
    std::string method = row.method;
    for (auto& c : method)
      c = static_cast<char>(std::tolower(c));
    BOOST_TEST(got["paths"][row.path].contains(method), row.path);
  }
}

BOOST_AUTO_TEST_CASE(promtool_finds_nothing_wrong_with_the_metrics) {
  auto got = all().logged_in("admin").ask("GET", "/metrics");
  BOOST_TEST(got.status == 200);
  BOOST_TEST(got.text.find("vpaas_coordinator_received_total{actor=\"streams/"
                           "door/coordinator\",node=\"fog-1\"} 7")
               != std::string::npos,
             got.text);
}

BOOST_AUTO_TEST_SUITE_END()
