#pragma once

#include "runtime/json.hpp"
#include "runtime/node/settings.hpp"

#include <caf/expected.hpp>

#include <map>
#include <string>
#include <type_traits>
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

  /// Takes `--name=NUMBER` off into `x`, which stays as it is where the option
  /// was not there. Whole numbers where `T` is an integer.
  /// @returns ec::bad_config where it is no number from `min` to `max`
  template <class T>
  caf::error take_number(const std::string& name, T& x, double min,
                         double max) {
    auto value = static_cast<double>(x);
    auto err = take_value(name, value, min, max, std::is_integral_v<T>);
    if (!err)
      x = static_cast<T>(value);
    return err;
  }

  /// What was not taken and holds a dot: keys of the configuration.
  /// @returns ec::bad_config for any other option that is left
  caf::expected<overrides> take_overrides();

  /// Takes all `--prefix.NAME=VALUE` off: (NAME, VALUE), in their order.
  overrides take_all(const std::string& prefix);

  /// As if `--name=value` stood at the end.
  void add(std::string name, std::string value);

  /// @returns ec::bad_config where an option is left that nobody took
  caf::error finish() const;

private:
  caf::error take_value(const std::string& name, double& x, double min,
                        double max, bool whole);

  std::vector<std::string> written_;
  std::vector<std::string> words_;
  std::vector<std::pair<std::string, std::string>> options_;
};

/// JSON as text; bytes that are no UTF-8 are replaced, since names of files and
/// streams come from outside.
std::string as_text(const json& x, int indent = 2);

/// Prints `program: text` on standard error and returns 1, the exit status.
int complain(const std::string& program, const caf::error& x);

} // namespace vpaas
