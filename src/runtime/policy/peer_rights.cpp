#include "runtime/policy/peer_rights.hpp"

#include <algorithm>
#include <cctype>

namespace vpaas {

namespace {

// A message is named by its verb, and by its types where the verb is not
// enough: "start child_spec" is also "start child_spec str actor".

/// What actors of a kind get from other nodes at all. The rest is said within
/// a node.
struct publication {
  std::string_view to;
  std::string_view what;
};

/// Of every function, and of whatever is not named below.
constexpr publication functions{"", "status, ready, describe, configure, "
                                    "apply"};

constexpr publication publications[] = {
  {"node", "hello, beat, nodes, resolve, call, tree, status, ready, "
           "start child_spec"},
  {"supervisor", "status, ready, tree, start child_spec, start str, stop str, "
                 "remove"},
  {"bulk_receiver", "status, ready, offer, slice, cancel"},
  {"camera", "status, ready, next"},
  {"coordinator", "status, ready, configure"},
  {"ledger", "status, ready, find, last"},
  {"results", "status, ready, find, last, subscribe"},
  {"chunk_spool", "status, ready, remove"},
  {"clip_store", "status, ready, fetch, remove"},
  {"window", "status, ready, find, fetch"},
  {"collector", "status, ready, fetch, read, configure"},
  {"data_collector", "status, ready, fetch, record, remove, find"},
  {"trainer", "status, ready, fetch"},
  {"registry", "status, ready, offer, keep, find, remove, fetch, read, start, "
               "release, record, stop, apply, cancel, configure"},
  {"model_cache", "status, ready, apply"},
  {"policy_cache", "status, ready, apply"},
  {"data_store", "status, ready"},
  {"monitor", "status, ready"},
  {"gateway", "status, ready"},
  {"feed", "status, ready"},
  {"outlet", "status, ready"},
  {"cloud_link", "status, ready"},
  {"here_link", "status, ready"},
  {"file_sender", "status, ready"},
  {"spawn_server", ""},
  {"config_server", ""},
};

/// `about` of what concerns the sender itself.
constexpr std::string_view own = "@own";

constexpr std::string_view all = "*";

/// What one role may send to another.
struct right {
  node_role who;
  node_role where;
  std::string_view to; ///< "*": every kind
  std::string_view what;
  std::string_view about = "";
};

constexpr right rights[] = {
  // A camera's node keeps a link to its fog, and answers it.
  {node_role::client, node_role::fog, "node", "hello, beat"},
  {node_role::client, node_role::fog, "node", "resolve str", "bulk_receiver"},

  // A fog reads cameras, and looks after those that it has on clients.
  {node_role::fog, node_role::client, "node",
   "hello, beat, nodes, resolve, tree, status"},
  {node_role::fog, node_role::client, "node", "start child_spec", "camera"},
  {node_role::fog, node_role::client, "camera", "status, ready, next, exit"},
  {node_role::fog, node_role::client, "supervisor",
   "status, ready, tree, start str, stop str, remove"},
  {node_role::fog, node_role::client, "supervisor", "start child_spec",
   "camera"},

  // It has clouds work for it.
  {node_role::fog, node_role::cloud, "node",
   "hello, beat, nodes, resolve, call, tree, status"},
  {node_role::fog, node_role::cloud, "bulk_receiver", "offer", "runner"},
  {node_role::fog, node_role::cloud, "bulk_receiver", "status, slice, cancel"},

  // It tells the backend of its own streams, and whoever follows its results.
  {node_role::fog, node_role::backend, "node",
   "hello, beat, nodes, resolve, tree, status"},
  {node_role::fog, node_role::backend, "registry", "record, stop", own},
  {node_role::fog, node_role::backend, all, "result"},
  {node_role::fog, node_role::operate, all, "result"},

  {node_role::cloud, node_role::backend, "node", "hello, beat"},
  {node_role::cloud, node_role::backend, "node", "resolve str",
   "bulk_receiver"},

  // A backend steers what runs, and ends what it had others start.
  {node_role::backend, node_role::client, all, all},
  {node_role::backend, node_role::fog, all, all},
  {node_role::backend, node_role::cloud, all, all},
  {node_role::backend, node_role::client, all, "exit"},
  {node_role::backend, node_role::fog, all, "exit"},
  {node_role::backend, node_role::cloud, all, "exit"},

  {node_role::operate, node_role::client, all, all},
  {node_role::operate, node_role::fog, all, all},
  {node_role::operate, node_role::cloud, all, all},
  {node_role::operate, node_role::backend, all, all},
};

/// CAF's own: what each broker asks of one that it meets, and the answer.
bool is_greeting(const letter& x) {
  return (x.to == "spawn_server" && x.what == "sys atom str")
         || x.what == "ok str strong_actor_ptr str";
}

/// Whether `what` is the message `pattern`, or begins with it.
bool is_message(std::string_view what, std::string_view pattern) {
  return what.substr(0, pattern.size()) == pattern
         && (what.size() == pattern.size() || what[pattern.size()] == ' ');
}

bool is_one_of(std::string_view what, std::string_view patterns) {
  while (!patterns.empty()) {
    auto end = std::min(patterns.find(", "), patterns.size());
    if (is_message(what, patterns.substr(0, end)))
      return true;
    patterns.remove_prefix(std::min(end + 2, patterns.size()));
  }
  return false;
}

bool is_published(const letter& x) {
  auto i = std::find_if(std::begin(publications), std::end(publications),
                        [&](const auto& y) { return y.to == x.to; });
  return is_one_of(x.what,
                   i == std::end(publications) ? functions.what : i->what);
}

bool gives(const right& row, const peer& who, node_role where,
           const letter& x) {
  auto to_there = where == node_role::any || row.where == where;
  auto about = row.about == own ? std::string_view{who.name} : row.about;
  return row.who == who.role && to_there && (row.to == all || row.to == x.to)
         && (row.what == all ? is_published(x) : is_one_of(x.what, row.what))
         && (about.empty() || x.about == about);
}

std::string with_article(node_role x) {
  return (x == node_role::operate ? "an " : "a ") + to_string(x);
}

} // namespace

std::optional<node_role> role_called(std::string_view name) {
  auto result = node_role::none;
  if (!from_string(name, result) || result == node_role::none
      || result == node_role::any)
    return std::nullopt;
  return result;
}

node_role role_in_name(const std::string& name) {
  auto end = name.find('-');
  auto rest = end == std::string::npos ? "" : name.substr(end + 1);
  auto is_digit = [](unsigned char x) { return std::isdigit(x) != 0; };
  if (end != std::string::npos
      && (rest.empty() || !std::all_of(rest.begin(), rest.end(), is_digit)))
    return node_role::none;
  return role_called(name.substr(0, end)).value_or(node_role::none);
}

bool may_send(const peer& who, node_role where, const letter& x) {
  return who.role == node_role::any || is_greeting(x)
         || std::any_of(
           std::begin(rights), std::end(rights),
           [&](const auto& row) { return gives(row, who, where, x); });
}

bool may_relay(node_role who) {
  return who == node_role::backend || who == node_role::operate
         || who == node_role::any;
}

std::string refusal_of(const peer& who, const letter& x) {
  auto verb = x.what.substr(0, x.what.find(' '));
  auto sent = ", which may not send \"" + verb + "\""
              + (x.about.empty() ? "" : " of \"" + x.about + "\"") + " to a "
              + x.to;
  return "role: \"" + who.name + "\" is " + with_article(who.role)
         + (x.to.empty() ? ", for which nobody hands messages on" : sent)
         + "; ask with a certificate of another role (vpaas certs issue NAME "
           "--role=ROLE)";
}

} // namespace vpaas
