#pragma once

#include "actors/node_asker.hpp"
#include "messages/accounts.hpp"
#include "messages/control.hpp"
#include "runtime/http/broadcast.hpp"
#include "runtime/http/message.hpp"
#include "runtime/http/server.hpp"
#include "runtime/json.hpp"
#include "runtime/policy/rate_limit.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What is known of this version without asking anybody.
struct catalogue {
  std::function<json()> pipelines; ///< an array
  std::function<json()> functions; ///< an array
  std::function<json()> models;    ///< an array
  std::string version;
};

/// What the threads of the gateway's server work with. They own no state of an
/// actor: they ask, with a limit, or hear what was said to all.
struct api_world {
  caf::actor_system& sys;
  caf::actor node; ///< the directory, `node_actor`
  std::string monitor = "monitor";
  std::string accounts = "data_store";
  caf::timespan timeout = std::chrono::seconds(3);
  /// Starting or stopping something, hashing a password.
  caf::timespan change_timeout = std::chrono::seconds(40);
  broadcast& results;
  broadcast& events;
  broadcast& statuses;
  std::function<http_server_counts()> counts;
  catalogue known;
  std::string page; ///< folder of the built page; empty: there is none
  double requests_per_second = 100; ///< of one visitor
  double requests_at_once = 300;
};

/// Which cameras a request is about.
enum class camera_scope {
  none, ///< no camera
  path, ///< the one that the path names
  some, ///< those that the visitor sees: the handler leaves out the others
};

struct api_call;

/// One row of the table of all that the gateway answers.
struct api_route {
  const char* method;
  const char* path;
  const char* help;
  std::optional<role> least; ///< nothing: anybody, without a login
  camera_scope scope = camera_scope::none;
  const char* change = nullptr; ///< what the audit log calls it; null: reads
  http_answer (*handler)(const api_call&) = nullptr;
  bool before_change = false; ///< also while the password must be changed
};

/// The table, in the order of its documentation.
const std::vector<api_route>& api_routes();

/// A request that was let in.
struct api_call {
  const api_world& world;
  const http_request& request;
  const std::map<std::string, std::string>& path;
  visitor who;
  std::string token; ///< that let it in; empty: none
  json body;         ///< an object

  node_asker ask() const {
    return {world.sys, world.timeout};
  }

  /// A parameter of the path.
  const std::string& at(const std::string& key) const {
    return path.at(key);
  }
};

/// Answers requests: finds the row, lets the visitor in, calls the handler, and
/// notes changes. Called by many threads.
class api {
public:
  explicit api(api_world world);

  http_answer answer(const http_request& x);

private:
  http_answer serve(const api_route& row, const http_request& x,
                    const std::map<std::string, std::string>& path);

  /// Who asks, if he proves it. @returns why he is not let in
  std::optional<http_answer> identify(const http_request& x, api_call& call,
                                      bool& by_cookie);

  bool too_fast(const std::string& who);

  api_world world_;
  std::mutex mutex_;
  rate_limit limit_;
};

// -- answers
// --------------------------------------------------------------------

http_answer json_answer(const json& x, int status = 200);

/// `{code, message, remedy}` with the status that belongs to the code.
http_answer error_answer(const caf::error& x);

http_answer error_answer(int status, const std::string& code,
                         const std::string& message, const std::string& remedy);

/// The cookie that carries a login.
constexpr const char* login_cookie = "__Host-vpaas";

/// What every answer carries.
std::vector<std::pair<std::string, std::string>> security_headers();

/// Files of the page; `index.html` for every path that is none.
http_answer page_answer(const std::string& folder, const http_request& x);

// -- what handlers share
// --------------------------------------------------------

/// The actor of this node with this name.
template <class Handle>
caf::expected<Handle> local_actor(const api_call& x, const std::string& name) {
  found_node here;
  here.handle = caf::actor_cast<node_actor>(x.world.node);
  return x.ask().actor<Handle>(here, name);
}

/// What the monitor saw last.
caf::expected<std::shared_ptr<const system_view>> view_of(const api_call& x);

/// The node of this name, where it is up.
caf::expected<found_node> node_of(const api_call& x, const std::string& name);

/// The nodes whose tree has an actor of this name.
caf::expected<std::vector<found_node>> nodes_with(const api_call& x,
                                                  const std::string& actor);

/// The node on which this stream runs.
caf::expected<found_node> node_with_stream(const api_call& x,
                                           const std::string& stream);

/// What is said to all, to one: as server-sent events, those of cameras that he
/// sees, under this name.
http_answer event_stream(const api_call& x, broadcast& from,
                         const std::string& event, const std::string& camera);

// -- the handlers, by what they are about
// ----------------------------------------

http_answer show_login(const api_call& x);
http_answer log_in(const api_call& x);
http_answer log_out(const api_call& x);
http_answer change_password(const api_call& x);
http_answer list_users(const api_call& x);
http_answer keep_user(const api_call& x);
http_answer remove_user(const api_call& x);
http_answer list_tokens(const api_call& x);
http_answer make_token(const api_call& x);
http_answer end_token(const api_call& x);
http_answer show_audit(const api_call& x);

http_answer show_health(const api_call& x);
http_answer show_readiness(const api_call& x);
http_answer show_metrics(const api_call& x);
http_answer show_openapi(const api_call& x);
http_answer show_overview(const api_call& x);
http_answer follow_overview(const api_call& x);
http_answer list_nodes(const api_call& x);
http_answer show_tree(const api_call& x);
http_answer show_actor(const api_call& x);
http_answer list_pipelines(const api_call& x);
http_answer list_functions(const api_call& x);
http_answer list_models(const api_call& x);

http_answer list_streams(const api_call& x);
http_answer show_stream(const api_call& x);
http_answer add_stream(const api_call& x);
http_answer remove_stream(const api_call& x);
http_answer configure_stream(const api_call& x);
http_answer show_picture(const api_call& x);
http_answer show_video(const api_call& x);
http_answer show_clip(const api_call& x);
http_answer list_result_functions(const api_call& x);
http_answer set_result_functions(const api_call& x);
http_answer find_results(const api_call& x);
http_answer follow_results(const api_call& x);
http_answer find_events(const api_call& x);
http_answer follow_events(const api_call& x);

http_answer list_policies(const api_call& x);
http_answer register_policy(const api_call& x);
http_answer assign_policy(const api_call& x);
http_answer end_assignment(const api_call& x);
http_answer list_profiles(const api_call& x);
http_answer use_profile(const api_call& x);

http_answer list_crops(const api_call& x);
http_answer show_crop(const api_call& x);
http_answer list_labels(const api_call& x);
http_answer add_label(const api_call& x);
http_answer undo_label(const api_call& x);
http_answer withdraw_labels(const api_call& x);
http_answer show_learning(const api_call& x);

} // namespace vpaas
