#pragma once

#include "runtime/node/settings.hpp"

#include <caf/expected.hpp>

#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// What stands on a command line: words, `--name`, and `--name=value` or
/// `--name value`.
class command_line {
public:
  command_line(int argc, char** argv, int first);

  const std::vector<std::string>& words() const {
    return words_;
  }

  /// Everything as it was written, for a program that is started with it.
  const std::vector<std::string>& written() const {
    return written_;
  }

  /// Takes `--name` off; whether it was there.
  bool take_flag(const std::string& name);

  /// Takes `--name=value` off; `fallback` where it was not there.
  std::string take(const std::string& name, const std::string& fallback);

  /// What was not taken and holds a dot: keys of the configuration.
  /// @returns ec::bad_config for any other option that is left
  caf::expected<overrides> take_overrides();

  /// @returns ec::bad_config where an option is left that nobody took
  caf::error finish() const;

private:
  std::vector<std::string> written_;
  std::vector<std::string> words_;
  std::vector<std::pair<std::string, std::string>> options_;
};

/// Prints `program: text` on standard error and returns 1, the exit status.
int complain(const std::string& program, const caf::error& x);

} // namespace vpaas
