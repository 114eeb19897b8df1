#pragma once

#include "runtime/result.hpp"
#include "runtime/store/database.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What became of results that were recorded.
struct recorded {
  uint64_t added = 0;    ///< not known before
  uint64_t revised = 0;  ///< in place of an earlier revision
  uint64_t repeated = 0; ///< known already, or a later revision is
};

/// How long results are kept.
struct retention {
  caf::timespan max_age{0}; ///< since they were captured; 0: for ever
  uint64_t max_rows = 0;    ///< 0: any number
};

/// Whether a ledger can keep `x`: its numbers are 63 bits wide there.
/// @returns ec::bad_input
caf::error check_storable(const frame_result& x);

/// One result for each (`stream`, `frame`) in the table `results` of a
/// database, its columns named by the fields of `frame_result`. Names are kept
/// as `escape_text` writes them. One thread at a time; each call blocks. Every
/// error is ec::io with its cause; after one, open anew.
class ledger {
public:
  /// Makes the table where there is none.
  static caf::expected<ledger> open(const database_config& cfg);

  ledger(ledger&& other) noexcept;

  ledger& operator=(ledger&& other) noexcept;

  ~ledger();

  /// Keeps all of `xs`, or none where it errs. They are on the disk when it
  /// returns. Recording the same again is harmless.
  /// @pre `!check_storable(x)` for each
  caf::expected<recorded> record(const std::vector<frame_result>& xs);

  /// In the order of stream (bytes of its escaped name) and frame.
  caf::expected<std::vector<frame_result>> find(const result_query& x);

  /// The greatest frame number that is known of a stream.
  caf::expected<std::optional<uint64_t>> last_frame(const std::string& stream);

  /// Rows, counted: some ten milliseconds a million.
  caf::expected<uint64_t> count();

  /// Deletes what need not be kept, the first captured first, at most `most`
  /// rows. @returns how many
  caf::expected<uint64_t> prune(const retention& keep, caf::timestamp now,
                                uint64_t most);

private:
  struct impl;

  explicit ledger(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace vpaas
