#include "command_line.hpp"

#include "runtime/error.hpp"
#include "runtime/parameter.hpp"
#include "runtime/printable.hpp"
#include "runtime/source_address.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iostream>
#include <string_view>

namespace vpaas {

namespace {

/// Options that take no value, or one with '=' only: what follows is a word.
bool stands_alone(const std::string& name) {
  for (auto x : {"check", "dump-config", "follow", "help", "json", "kinds",
                 "objects", "objects-only", "outage", "replace", "source-stdin",
                 "version", "watch"})
    if (name == x)
      return true;
  return false;
}

bool is_option(const std::string& text) {
  return text == "-h" || text.rfind("--", 0) == 0;
}

/// A whole text as a number: ".5", "+2" and "1e-3" are some.
bool to_number(std::string_view text, double& out) {
  if (!text.empty() && text.front() == '+')
    text.remove_prefix(1);
  auto end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data(), end, out);
  return failed == std::errc{} && at == end && std::isfinite(out);
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

caf::error command_line::take_value(const std::string& name, double& x,
                                    double min, double max, bool whole) {
  auto there = std::any_of(options_.begin(), options_.end(),
                           [&](auto& option) { return option.first == name; });
  if (!there)
    return caf::none;
  auto text = take(name, "");
  auto spec = whole ? integer(name, 0, min, max, "")
                    : number(name, 0, min, max, "");
  double value = 0;
  if (!to_number(text, value) || (whole && value != std::floor(value))
      || value < min || value > max)
    return caf::make_error(ec::bad_config, "--" + name + "=" + text
                                             + " is not allowed; write "
                                             + allowed(spec));
  x = value;
  return caf::none;
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

overrides command_line::take_all(const std::string& prefix) {
  overrides result;
  auto begin = prefix + '.';
  auto is_one = [&](auto& x) { return x.first.rfind(begin, 0) == 0; };
  for (auto& x : options_)
    if (is_one(x))
      result.emplace_back(x.first.substr(begin.size()), x.second);
  options_.erase(std::remove_if(options_.begin(), options_.end(), is_one),
                 options_.end());
  return result;
}

void command_line::add(std::string name, std::string value) {
  options_.emplace_back(std::move(name), std::move(value));
}

caf::error command_line::finish() const {
  if (options_.empty())
    return caf::none;
  return caf::make_error(ec::bad_config, "unknown option --"
                                           + options_.front().first
                                           + "; see --help");
}

std::string as_text(const json& x, int indent) {
  return x.dump(indent, ' ', false, json::error_handler_t::replace);
}

int complain(const std::string& program, const caf::error& x) {
  std::cerr << program << ": " << printable(without_secrets(cause_of(x)))
            << '\n';
  return 1;
}

} // namespace vpaas
