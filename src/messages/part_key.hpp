#pragma once

#include "messages/bulk.hpp"
#include "runtime/media/chunk.hpp"

#include <string>

namespace vpaas {

/// The key under which the bytes of a part come by themselves:
/// ("STREAM/PART#ATTEMPT", `seq`).
inline transfer_key bytes_key(const chunk& x) {
  return {x.stream + "/" + std::to_string(x.part) + "#"
            + std::to_string(x.attempt),
          x.seq};
}

/// The stream that bytes with this key belong to; empty where it is none.
inline std::string stream_of(const transfer_key& key) {
  auto slash = key.stream.rfind('/');
  return slash == std::string::npos ? "" : key.stream.substr(0, slash);
}

} // namespace vpaas
