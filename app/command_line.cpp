#include "command_line.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <iostream>

namespace vpaas {

command_line::command_line(int argc, char** argv, int first) {
  for (int i = first; i < argc; ++i) {
    std::string arg = argv[i];
    written_.push_back(arg);
    if (arg == "-h")
      arg = "--help";
    if (arg.rfind("--", 0) != 0) {
      words_.push_back(std::move(arg));
      continue;
    }
    auto equals = arg.find('=');
    options_.emplace_back(arg.substr(2, equals - 2),
                          equals == std::string::npos ? ""
                                                      : arg.substr(equals + 1));
  }
}

bool command_line::take_flag(const std::string& name) {
  auto before = options_.size();
  options_.erase(std::remove_if(options_.begin(), options_.end(),
                                [&](const auto& x) { return x.first == name; }),
                 options_.end());
  return options_.size() != before;
}

std::string command_line::take(const std::string& name,
                               const std::string& fallback) {
  auto result = fallback;
  for (const auto& x : options_)
    if (x.first == name)
      result = x.second;
  take_flag(name);
  return result;
}

caf::expected<overrides> command_line::take_overrides() {
  overrides result;
  for (const auto& x : options_)
    if (x.first.find('.') != std::string::npos)
      result.push_back(x);
  for (const auto& x : result)
    take_flag(x.first);
  if (auto err = finish())
    return err;
  return result;
}

caf::error command_line::finish() const {
  if (options_.empty())
    return caf::none;
  return caf::make_error(ec::bad_config, "unknown option --"
                                           + options_.front().first
                                           + "; see --help");
}

int complain(const std::string& program, const caf::error& x) {
  std::cerr << program << ": " << cause_of(x) << '\n';
  return 1;
}

} // namespace vpaas
