#include "runtime/node/ini_text.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

namespace vpaas {

namespace {

constexpr const char* blanks = " \t";

/// Follows brackets and quotes over lines: a key begins outside of both.
class nesting {
public:
  bool inside() const {
    return depth_ > 0;
  }

  void read(const std::string& line) {
    auto quoted = false;
    for (size_t i = 0; i < line.size(); ++i) {
      auto c = line[i];
      if (quoted && c == '\\')
        ++i;
      else if (c == '"')
        quoted = !quoted;
      else if (!quoted && c == ';')
        return;
      else if (!quoted && (c == '[' || c == '{'))
        ++depth_;
      else if (!quoted && (c == ']' || c == '}'))
        depth_ = std::max(depth_ - 1, 0);
    }
  }

private:
  int depth_ = 0;
};

std::string trimmed(const std::string& text) {
  auto first = text.find_first_not_of(blanks);
  if (first == std::string::npos)
    return "";
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The key that a line begins with; empty: none.
std::string key_of(const std::string& line) {
  auto equals = line.find('=');
  auto key = equals == std::string::npos ? std::string{}
                                         : trimmed(line.substr(0, equals));
  auto is_part = [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  };
  return std::all_of(key.begin(), key.end(), is_part) ? key : std::string{};
}

} // namespace

std::string plain_text(std::string text) {
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0)
    text.erase(0, 3);
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n')
      result += text[i];
  return result;
}

caf::error check_ini_keys(const std::string& text) {
  std::map<std::pair<std::string, std::string>, int> seen;
  std::string group;
  nesting where;
  auto number = 0;
  for (size_t from = 0; from < text.size();) {
    auto to = std::min(text.find('\n', from), text.size());
    auto line = trimmed(text.substr(from, to - from));
    from = to + 1;
    ++number;
    if (!where.inside() && !line.empty() && line.front() == '[') {
      group = trimmed(line.substr(1, line.find(']') - 1));
      continue;
    }
    auto key = where.inside() ? std::string{} : key_of(line);
    where.read(line);
    if (key.empty())
      continue;
    auto [first, fresh] = seen.emplace(std::pair{group, key}, number);
    if (!fresh)
      return caf::make_error(ec::bad_config,
                             "[" + group + "]: \"" + key + "\" stands in line "
                               + std::to_string(first->second)
                               + " and again in line " + std::to_string(number)
                               + "; leave out one");
  }
  return caf::none;
}

} // namespace vpaas
