#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace vpaas {

// Names in a spool's folder. Those of streams come from outside: they are
// written out in a file, and their folders have names that every file system
// takes.

constexpr const char* stream_name = "stream";     ///< its name
constexpr const char* position_name = "position"; ///< after its last part

/// XXH64.
uint64_t checksum_of(const std::string& x);

/// Letters, digits, '-' and '_' of `stream`, at most 40, others as '_', and its
/// checksum: "door-0123456789abcdef". The `nth` of those that share it.
std::string folder_of(const std::string& stream, unsigned nth);

/// "12-0" for part 0 of segment 12.
std::string file_of(uint64_t number, uint32_t part);

/// The reverse; nothing where `name` is not of that form.
std::optional<std::pair<uint64_t, uint32_t>> part_of(const std::string& name);

/// At most 60 characters of `x`, for people: one line, no control characters.
std::string printable(const std::string& x);

} // namespace vpaas
