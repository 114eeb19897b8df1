#pragma once

// What a node may send by its role, as it is meant to be: written down once
// more, beside the rules.

#include "runtime/policy/peer_rights.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace vpaas::test {

constexpr node_role roles[] = {node_role::client, node_role::fog,
                               node_role::cloud, node_role::backend,
                               node_role::operate};

/// In the order of `roles`.
constexpr const char* names[] = {"client-1", "fog-1", "cloud-1", "backend-1",
                                 "operator"};

inline const char* name_of(node_role x) {
  return names[static_cast<size_t>(x) - 1];
}

/// What actors say only to those of their own node: "ACTOR MESSAGE".
inline const std::set<std::string> within_a_node{
  "node start node_info",
  "node enter str actor",
  "node remove str actor",
  "node stop",
  "supervisor stop",
  "cloud_link call str item timespan",
  "cloud_link transfer transfer_offer blob timespan",
  "cloud_link cancel transfer_key",
  "cloud_link watch actor",
  "here_link call str item timespan",
  "here_link transfer transfer_offer blob timespan",
  "here_link cancel transfer_key",
  "here_link watch actor",
  "file_sender transfer transfer_offer blob timespan",
  "pool submit job",
  "pool cancel str",
  "decoder fetch u64",
  "decoder fetch std::vector<segment>",
  "decoder release u64",
  "runner deliver delivery",
  "ledger record std::vector<frame_result>",
  "ledger publish std::vector<event>",
  "results publish std::vector<frame_result>",
  "chunk_spool open str actor",
  "chunk_spool keep segment spool_position",
  "chunk_spool fetch str u64",
  "chunk_spool release str u64",
  "clip_store keep std::vector<segment>",
  "window publish segment",
  "window publish event",
  "collector keep item namings",
  "collector result std::vector<frame_result>",
  "data_collector read",
  "data_collector subscribe actor",
  "trainer due",
  "registry deliver delivery",
  "model_cache deliver delivery",
  "data_store open login_wish",
  "data_store find str",
  "data_store release str",
  "data_store configure password_change",
  "data_store fetch",
  "data_store fetch str",
  "data_store keep user",
  "data_store remove str",
  "data_store start token_wish",
  "data_store stop str str",
  "data_store record audit_entry",
  "data_store find u64 u64",
  "monitor read",
};

/// What the others may say: "ACTOR MESSAGE", and in brackets what about.
using rights = std::set<std::string>;

inline const rights client_to_fog{
  "node hello node_info actor",
  "node beat",
  "node resolve str (bulk_receiver)",
};

inline const rights fog_to_client{
  "node hello node_info actor",
  "node beat",
  "node nodes",
  "node resolve node_info",
  "node resolve str",
  "node tree",
  "node status str",
  "node status",
  "node start child_spec str actor (camera)",
  "camera status",
  "camera ready",
  "camera next segment_key",
  "camera exit",
  "supervisor status",
  "supervisor ready",
  "supervisor tree",
  "supervisor start child_spec (camera)",
  "supervisor start str",
  "supervisor stop str",
  "supervisor remove str",
};

inline const rights fog_to_cloud{
  "node hello node_info actor",
  "node beat",
  "node nodes",
  "node resolve node_info",
  "node resolve str",
  "node call str item",
  "node tree",
  "node status str",
  "node status",
  "bulk_receiver status",
  "bulk_receiver offer transfer_offer (runner)",
  "bulk_receiver slice transfer_slice",
  "bulk_receiver cancel transfer_key",
};

inline const rights fog_to_backend{
  "node hello node_info actor",
  "node beat",
  "node nodes",
  "node resolve node_info",
  "node resolve str",
  "node tree",
  "node status str",
  "node status",
  "registry record document (fog-1)",
  "registry stop str str (fog-1)",
};

inline const rights cloud_to_backend{
  "node hello node_info actor",
  "node beat",
  "node resolve str (bulk_receiver)",
};

inline const std::map<std::pair<node_role, node_role>, rights> written{
  {{node_role::client, node_role::fog}, client_to_fog},
  {{node_role::fog, node_role::client}, fog_to_client},
  {{node_role::fog, node_role::cloud}, fog_to_cloud},
  {{node_role::fog, node_role::backend}, fog_to_backend},
  {{node_role::cloud, node_role::backend}, cloud_to_backend},
};

inline bool is_of_caf(const std::string& what) {
  return what == "exit" || what == "down" || what == "str"
         || what.rfind("link ", 0) == 0;
}

/// The cell of the table, as it is written above.
inline bool expected(node_role who, node_role where, const letter& x) {
  auto cell = x.to + " " + x.what;
  auto is_result = x.what.rfind("result ", 0) == 0;
  if (who == node_role::operate || who == node_role::backend) {
    if (where == node_role::operate
        || (who == node_role::backend && where == node_role::backend))
      return false;
    if (x.what == "exit")
      return who == node_role::backend;
    return !is_of_caf(x.what) && !is_result && within_a_node.count(cell) == 0;
  }
  if (is_result)
    return who == node_role::fog
           && (where == node_role::backend || where == node_role::operate);
  auto i = written.find({who, where});
  return i != written.end()
         && (i->second.count(cell) > 0
             || i->second.count(cell + " (" + x.about + ")") > 0);
}

} // namespace vpaas::test
