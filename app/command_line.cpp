#include "command_line.hpp"

#include "runtime/error.hpp"
#include "runtime/printable.hpp"
#include "runtime/source_address.hpp"

#include <algorithm>
#include <iostream>

namespace vpaas {

namespace {

/// Options that take no value, or one with '=' only: what follows is a word.
bool stands_alone(const std::string& name) {
  for (auto x :
       {"check", "dump-config", "follow", "help", "json", "kinds", "objects",
        "objects-only", "outage", "source-stdin", "version", "watch"})
    if (name == x)
      return true;
  return false;
}

bool is_option(const std::string& text) {
  return text == "-h" || text.rfind("--", 0) == 0;
}

} // namespace

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
    auto name = arg.substr(2, equals - 2);
    std::string value;
    if (equals != std::string::npos) {
      value = arg.substr(equals + 1);
    } else if (i + 1 < argc && !stands_alone(name) && !is_option(argv[i + 1])) {
      value = argv[++i];
      written_.push_back(value);
    }
    options_.emplace_back(std::move(name), std::move(value));
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
  std::cerr << program << ": " << printable(without_secrets(cause_of(x)))
            << '\n';
  return 1;
}

} // namespace vpaas
