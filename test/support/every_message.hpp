#pragma once

// Every message of every published actor, made of the interfaces themselves.

#include "messages/accounts.hpp"
#include "messages/clips.hpp"
#include "messages/control.hpp"
#include "messages/deployment.hpp"
#include "messages/learning.hpp"
#include "messages/protocol.hpp"

#include <caf/all.hpp>

#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace vpaas::test {

/// A message as `letter::what` names it.
struct known_message {
  std::string what;
  caf::message content; ///< with empty values; empty: it stays in its process
};

namespace detail {

template <class T, class = void>
struct name_of {
  static std::string get() {
    return T::type_name;
  }
};

template <caf::atom_value V>
struct name_of<caf::atom_constant<V>> {
  static std::string get() {
    return to_string(V);
  }
};

template <class T>
struct name_of<std::vector<T>> {
  static std::string get() {
    return "std::vector<" + name_of<T>::get() + ">";
  }
};

#define VPAAS_NAME_OF(T, text)                                                 \
  template <>                                                                  \
  struct name_of<T> {                                                          \
    static std::string get() {                                                 \
      return text;                                                             \
    }                                                                          \
  };

VPAAS_NAME_OF(std::string, "str")
VPAAS_NAME_OF(uint64_t, "u64")
VPAAS_NAME_OF(uint16_t, "u16")
VPAAS_NAME_OF(caf::timespan, "timespan")
VPAAS_NAME_OF(caf::actor, "actor")
VPAAS_NAME_OF(blob, "blob")
VPAAS_NAME_OF(document, "document")
VPAAS_NAME_OF(item, "item")
VPAAS_NAME_OF(one_vs_all, "one_vs_all")

#undef VPAAS_NAME_OF

/// Types that no other node may send.
template <class T>
struct stays : std::false_type {};

template <>
struct stays<login_wish> : std::true_type {};

template <>
struct stays<password_change> : std::true_type {};

template <>
struct stays<token_wish> : std::true_type {};

template <>
struct stays<user> : std::true_type {};

template <>
struct stays<audit_entry> : std::true_type {};

template <class... Ins, class Outs>
known_message message_of(caf::typed_mpi<caf::detail::type_list<Ins...>, Outs>) {
  known_message result;
  ((result.what += (result.what.empty() ? "" : " ") + name_of<Ins>::get()),
   ...);
  if constexpr (!(stays<Ins>::value || ...))
    result.content = caf::make_message(Ins{}...);
  return result;
}

template <class... Sigs>
std::vector<known_message> messages_of(caf::detail::type_list<Sigs...>) {
  return {message_of(Sigs{})...};
}

template <class Handle>
std::vector<known_message> of() {
  return messages_of(typename Handle::signatures{});
}

} // namespace detail

/// By the kind of actor, as its state is called.
inline std::map<std::string, std::vector<known_message>> every_message() {
  using detail::of;
  std::map<std::string, std::vector<known_message>> result{
    {"node", of<node_actor>()},
    {"supervisor", of<supervisor_actor>()},
    {"bulk_receiver", of<receiver_actor>()},
    {"camera", of<camera_actor>()},
    {"cloud_link", of<link_actor>()},
    {"here_link", of<link_actor>()},
    {"pool", of<pool_actor>()},
    {"decoder", of<decoder_actor>()},
    {"runner", of<runner_actor>()},
    {"coordinator", of<coordinator_actor>()},
    {"ledger", of<ledger_actor>()},
    {"results", of<results_actor>()},
    {"chunk_spool", of<spool_actor>()},
    {"clip_store", of<clip_actor>()},
    {"window", of<window_actor>()},
    {"collector", of<collector_actor>()},
    {"data_collector", of<data_collector_actor>()},
    {"trainer", of<trainer_actor>()},
    {"registry", of<registry_actor>()},
    {"model_cache", of<model_cache_actor>()},
    {"policy_cache", of<policy_cache_actor>()},
    {"file_sender", of<file_sender_actor>()},
    {"data_store", of<accounts_actor>()},
    {"monitor", of<monitor_actor>()},
  };
  for (auto x : {"encoder", "forwarder", "trigger", "box_follower", "renderer",
                 "result_functions", "region_filter", "paster",
                 "batched_function", "null_detector", "user_function"})
    result[x] = of<function_actor>();
  for (auto x : {"gateway", "feed", "outlet", "dispatcher", "stream_keeper",
                 "result_file"})
    result[x] = of<observable_actor>();
  for (auto& x : of<events_actor>())
    result["ledger"].push_back(x);
  // What CAF lets anybody say to any actor, and what followers hear.
  auto nobody = caf::strong_actor_ptr{};
  for (auto& x : result) {
    x.second.push_back({"exit", caf::make_message(caf::exit_msg{
                                  nullptr, caf::exit_reason::kill})});
    x.second.push_back({"down", caf::make_message(caf::down_msg{
                                  nullptr, caf::exit_reason::kill})});
    x.second.push_back({"link strong_actor_ptr",
                        caf::make_message(caf::link_atom::value, nobody)});
    x.second.push_back(
      {"result std::vector<frame_result>",
       caf::make_message(result_atom_v, std::vector<frame_result>{})});
    x.second.push_back({"str", caf::make_message(std::string{"hello"})});
  }
  return result;
}

} // namespace vpaas::test
