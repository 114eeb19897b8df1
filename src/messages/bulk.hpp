#pragma once

// Bulk transfer: a blob of any size crosses a link in slices, under credit.

#include "runtime/blob.hpp"
#include "runtime/fields.hpp"

#include <cstdint>
#include <string>

namespace vpaas {

/// The largest slice that crosses a link in one message: CAF counts a link as
/// dead while one message is on its way (connection-timeout).
constexpr uint32_t max_slice_bytes = 64 * 1024;

/// Names a transfer for its receiver; the same key is the same blob, so that an
/// interrupted transfer goes on where it stopped.
struct transfer_key {
  std::string stream;
  uint64_t seq = 0;

  static constexpr auto type_name = "transfer_key";

  static constexpr auto fields() {
    return std::make_tuple(field("stream", &transfer_key::stream),
                           field("seq", &transfer_key::seq));
  }

  friend bool operator<(const transfer_key& a, const transfer_key& b) {
    return std::tie(a.stream, a.seq) < std::tie(b.stream, b.seq);
  }
};

/// What a sender wants to transfer. The receiver answers with how many bytes it
/// holds already.
struct transfer_offer {
  transfer_key key;
  std::string target; ///< logical name of the actor that gets the blob
  uint64_t bytes = 0;
  uint64_t checksum = 0; ///< XXH64 of the whole blob
  bool live = false;     ///< goes before what can wait

  static constexpr auto type_name = "transfer_offer";

  static constexpr auto fields() {
    using self = transfer_offer;
    return std::make_tuple(
      field("key", &self::key), field("target", &self::target),
      field("bytes", &self::bytes), field("checksum", &self::checksum),
      field("live", &self::live));
  }
};

/// A piece of a transfer, at most `max_slice_bytes` long.
struct transfer_slice {
  transfer_key key;
  uint64_t offset = 0;
  blob bytes;

  static constexpr auto type_name = "transfer_slice";

  static constexpr auto fields() {
    using self = transfer_slice;
    return std::make_tuple(field("key", &self::key),
                           field("offset", &self::offset),
                           field("bytes", &self::bytes));
  }
};

/// A blob that arrived whole, as its target gets it.
struct delivery {
  transfer_key key;
  blob bytes;

  static constexpr auto type_name = "delivery";

  static constexpr auto fields() {
    return std::make_tuple(field("key", &delivery::key),
                           field("bytes", &delivery::bytes));
  }
};

} // namespace vpaas
