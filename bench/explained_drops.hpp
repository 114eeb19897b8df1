#pragma once

// Which keyframes a run of faults may cost: pure functions.

#include "fault_plan.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace vpaas::bench {

/// Whether the fault may keep the store called `actor` ("chunk_spool") from its
/// work: any thread that hangs may be its.
inline bool hits_store(const planned_fault& x, const std::string& actor) {
  switch (x.kind) {
    case fault::fill_disk:
    case fault::no_stores:
    case fault::hang_fog:
      return true;
    case fault::lose_spool:
      return actor == "chunk_spool";
    case fault::lock_ledger:
      return actor == "ledger";
    case fault::actor:
      return x.target == "fog/" + actor;
    default:
      return false;
  }
}

/// Whether it may end a decoder of the fog, or keep it from its work.
inline bool hits_decoder(const planned_fault& x) {
  auto of_stream = x.target.rfind("fog/streams", 0) == 0;
  return x.kind == fault::hang_fog
         || (x.kind == fault::actor && of_stream
             && x.target.find("coordinator") == std::string::npos
             && x.target.find("encoder") == std::string::npos);
}

/// Whether these faults explain that keyframes are dropped for `reason`. What
/// is on disk is answered in the end, whatever else is away: only a spool that
/// fails may cost keyframes, and then for what failed beside it.
inline bool may_drop(const std::string& reason,
                     const std::vector<planned_fault>& faults) {
  auto any = [&](auto f) {
    return std::any_of(faults.begin(), faults.end(), f);
  };
  static const std::set<std::string> by_spool{
    "spool",  "cloud_down", "deadline",   "cloud",
    "backup", "skipped",    "unencodable"};
  if (!any([](auto& x) { return hits_store(x, "chunk_spool"); }))
    return false;
  if (reason == "undecodable")
    return any(hits_decoder);
  if (reason == "unpublished")
    return any([](auto& x) { return hits_store(x, "ledger"); });
  return by_spool.count(reason) > 0;
}

/// Keyframes that were dropped for reasons which these faults do not explain.
inline uint64_t
unexplained_drops(const std::map<std::string, uint64_t>& by_reason,
                  const std::vector<planned_fault>& faults) {
  uint64_t result = 0;
  for (auto& [reason, n] : by_reason)
    result += may_drop(reason, faults) ? 0 : n;
  return result;
}

} // namespace vpaas::bench
