#include "runtime/nn/ini.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace vpaas {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view x) {
  auto first = x.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return x.substr(first, x.find_last_not_of(blanks) - first + 1);
}

std::string_view without_comment(std::string_view line) {
  for (size_t i = 0; i < line.size(); ++i)
    if ((line[i] == '#' || line[i] == ';')
        && (i == 0 || blanks.find(line[i - 1]) != std::string_view::npos))
      return line.substr(0, i);
  return line;
}

} // namespace

const ini_section::entry* ini_section::find(std::string_view key) const {
  for (auto i = entries.rbegin(); i != entries.rend(); ++i)
    if (i->key == key)
      return &*i;
  return nullptr;
}

const ini_section::entry* ini_section::first(std::string_view key) const {
  auto i = std::find_if(entries.begin(), entries.end(),
                        [&](const entry& x) { return x.key == key; });
  return i == entries.end() ? nullptr : &*i;
}

ini_text parse_ini(std::string_view text) {
  ini_text result;
  for (int number = 1; !text.empty(); ++number) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = trimmed(without_comment(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty())
      continue;
    auto equals = line.find('=');
    if (line.front() == '[' && line.back() == ']') {
      auto name = trimmed(line.substr(1, line.size() - 2));
      result.sections.push_back({std::string{name}, number, {}});
    } else if (equals != std::string_view::npos && equals > 0
               && !result.sections.empty()) {
      result.sections.back().entries.push_back(
        {std::string{trimmed(line.substr(0, equals))},
         std::string{trimmed(line.substr(equals + 1))}, number});
    } else if (result.bad_line == 0) {
      result.bad_line = number;
    }
  }
  return result;
}

std::vector<std::string> words(std::string_view text) {
  constexpr std::string_view separators = ", \t\r\n";
  std::vector<std::string> result;
  while (true) {
    auto first = text.find_first_not_of(separators);
    if (first == std::string_view::npos)
      return result;
    text.remove_prefix(first);
    auto end = std::min(text.find_first_of(separators), text.size());
    result.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

bool to_number(std::string_view text, int& out) {
  auto end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data(), end, out);
  return failed == std::errc{} && at == end;
}

bool to_number(std::string_view text, double& out) {
  if (!text.empty() && text.front() == '+')
    text.remove_prefix(1);
  auto end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data(), end, out);
  return failed == std::errc{} && at == end && std::isfinite(out);
}

} // namespace vpaas
