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
/// as `escape_text` writes them. One thread at a time; each call blocks.
///
/// Ledgers outlive versions: see ledger_schema.hpp for what may change. An
/// error is ec::io where the database is away or full (try again),
/// ec::bad_input where it is proven to be damaged, ec::bad_config where it is
/// not ours. After one, open anew.
class ledger {
public:
  /// Makes the tables where there are none, and brings those of an earlier
  /// version up to date; one that is only read is left as it is.
  static caf::expected<ledger> open(const database_config& cfg);

  ledger(ledger&& other) noexcept;

  ledger& operator=(ledger&& other) noexcept;

  ~ledger();

  /// Keeps all of `xs`, or none where it errs. They are on the disk when it
  /// returns. Recording the same again is harmless.
  /// @pre `!check_storable(x)` for each
  caf::expected<recorded> record(const std::vector<frame_result>& xs);

  /// In the order of stream (bytes of its escaped name) and frame. Rows that
  /// cannot be read are left out.
  caf::expected<std::vector<frame_result>> find(const result_query& x);

  /// The greatest frame number that is known of a stream.
  caf::expected<std::optional<uint64_t>> last_frame(const std::string& stream);

  /// Rows, counted: a tenth of a second a million.
  caf::expected<uint64_t> count();

  /// Rows as the ledger keeps account of them: at once.
  caf::expected<uint64_t> rows();

  /// Rows that were found and could not be read since it was opened.
  uint64_t unreadable() const;

  /// Whether the file is no more where it was opened: somebody removed or
  /// replaced it. What is recorded now would be lost. Costs two looks at the
  /// folder; false for a server.
  bool moved() const;

  /// Writes all into the file itself, as far as that goes: one that was moved
  /// is whole then.
  void settle();

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
