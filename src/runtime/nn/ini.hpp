#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vpaas {

/// A `[name]` of an INI text with its `key = value` lines in their order. Keys
/// and sections may repeat: darknet describes a network that way.
struct ini_section {
  struct entry {
    std::string key, value;
    int line = 0;
  };

  std::string name;
  int line = 0; ///< counted from 1
  std::vector<entry> entries;

  /// Returns the last entry called `key`, or null.
  const entry* find(std::string_view key) const;

  /// Returns the first entry called `key`, or null: darknet takes that one.
  const entry* first(std::string_view key) const;
};

struct ini_text {
  std::vector<ini_section> sections;
  int bad_line = 0; ///< first line that is none of the three kinds; 0 = none
};

/// Reads an INI text. Comments start with `#` or `;`, at the start of a line or
/// after a blank. Total: a line that is no INI is reported by its number.
ini_text parse_ini(std::string_view text);

/// Cuts `text` at commas and blanks; no empty parts.
std::vector<std::string> words(std::string_view text);

/// Reads a whole number or a decimal one; false where `text` holds more or
/// less than that.
bool to_number(std::string_view text, int& out);
bool to_number(std::string_view text, double& out);

} // namespace vpaas
