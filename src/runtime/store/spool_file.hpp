#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace vpaas {

/// What stands at the front of each file of a spool.
struct spool_header {
  uint64_t stream = 0; ///< XXH64 of the stream's name
  uint64_t format = 0; ///< XXH64 of the name of the payload's format
  uint64_t number = 0;
  uint64_t part = 0;
  uint64_t order = 0; ///< counts the stream's files as they were written
  uint64_t first_frame = 0;
  uint64_t frames = 0;
  caf::timestamp captured;
  caf::timestamp since;  ///< from when on its age counts
  std::string position;  ///< of the stream, for who keeps; at most 64 KiB
  uint64_t bytes = 0;    ///< of the payload
  uint64_t checksum = 0; ///< XXH64 of the payload
};

/// Bytes of header and position.
uint64_t size_of(const spool_header& x);

/// What the file with this header and payload takes of a disk, in bytes.
uint64_t blocks_of(const spool_header& x, uint64_t payload);

/// Writes `folder`/`name` by way of a temporary file and a rename: after a
/// death of the process the file is there whole or not at all. Fills in what
/// the header says of the payload.
/// @returns ec::io, and then nothing is left behind
caf::error write_spool_file(const std::string& folder, const std::string& name,
                            spool_header x, std::string_view payload);

/// @returns ec::bad_input where the file is proven to be truncated, damaged or
///          gone; ec::not_found where a newer version laid out its header;
///          ec::io where it may be read later: it says nothing of the file
/// @param whole false: the payload may be cut off
caf::expected<spool_header> read_spool_header(const std::string& path,
                                              bool whole = true);

/// Reads the header into `x` and returns the payload; errors as above.
caf::expected<std::string> read_spool_file(const std::string& path,
                                           spool_header& x);

/// Cuts the payload off a file whose header is wanted. Where that fails it
/// stays, and the next opening of the spool does it.
void cut_payload(const std::string& path);

/// The text of an error: what failed, why, and the remedy for it.
caf::error spool_error(const std::string& verb, const std::string& path,
                       int code);

/// Where a file is while it is written.
constexpr const char* unfinished_name = "unfinished";

} // namespace vpaas
