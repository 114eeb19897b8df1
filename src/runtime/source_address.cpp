#include "runtime/source_address.hpp"

#include <algorithm>
#include <cctype>
#include <ostream>
#include <string_view>
#include <utility>

namespace vpaas {

namespace {

constexpr std::string_view hidden = "***";

// A query value is secret where its name ends so.
constexpr std::string_view secret_names[]
  = {"pass", "password", "passwd", "passphrase", "pwd",
     "pw",   "key",      "token",  "secret",     "signature",
     "sig",  "auth",     "code",   "credential", "credentials"};

char lower(char x) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(x)));
}

std::string lower(std::string_view x) {
  std::string result{x};
  for (auto& c : result)
    c = lower(c);
  return result;
}

bool ends_a_word(char x) {
  return x == ' ' || x == '\t' || x == '\n' || x == '\r' || x == '"'
         || x == '\'' || x == '<' || x == '>' || x == '`';
}

bool is_secret(std::string_view name) {
  auto text = lower(name);
  return std::any_of(
    std::begin(secret_names), std::end(secret_names), [&](std::string_view x) {
      return text.size() >= x.size()
             && text.compare(text.size() - x.size(), x.size(), x) == 0;
    });
}

// Whether `x` is what may follow a host's colon.
bool is_port(std::string_view x) {
  return x.size() <= 5 && std::all_of(x.begin(), x.end(), [](char c) {
           return c >= '0' && c <= '9';
         });
}

// Where the password in `rest`, all behind "://", begins and ends; npos where
// there is none. A password that holds '/' or '@' unescaped is one too.
std::pair<size_t, size_t> password_in(std::string_view rest) {
  constexpr auto none = std::string_view::npos;
  auto authority = rest.substr(0, rest.find_first_of("/?#"));
  auto colon = authority.find(':');
  auto at = authority.rfind('@');
  if (at != none)
    return colon < at ? std::pair{colon + 1, at} : std::pair{none, none};
  at = rest.rfind('@');
  if (colon == none || at == none || is_port(authority.substr(colon + 1)))
    return {none, none};
  return {colon + 1, at};
}

// Hides values of the query in `x`.
std::string hide_query(std::string_view x) {
  std::string result;
  for (size_t i = 0; i < x.size();) {
    auto end = std::min(x.find_first_of("?&;#", i), x.size());
    auto pair = x.substr(i, end - i);
    auto equals = pair.find('=');
    if (i > 0 && equals != std::string_view::npos
        && is_secret(pair.substr(0, equals))) {
      result += pair.substr(0, equals + 1);
      result += hidden;
    } else {
      result += pair;
    }
    if (end < x.size())
      result += x[end];
    i = end + 1;
  }
  return result;
}

std::string hide(std::string_view rest) {
  auto [from, to] = password_in(rest);
  if (from == std::string_view::npos)
    return hide_query(rest);
  return std::string{rest.substr(0, from)} + std::string{hidden}
         + hide_query(rest.substr(to));
}

// RFC 3986, 3.1.
std::string scheme_of(const std::string& x) {
  auto end = x.find("://");
  if (end == std::string::npos || end == 0
      || std::isalpha(static_cast<unsigned char>(x[0])) == 0)
    return {};
  for (size_t i = 0; i < end; ++i)
    if (std::isalnum(static_cast<unsigned char>(x[i])) == 0 && x[i] != '+'
        && x[i] != '-' && x[i] != '.')
      return {};
  return lower(std::string_view{x}.substr(0, end));
}

} // namespace

std::string without_secrets(const std::string& text) {
  std::string result;
  size_t from = 0;
  for (;;) {
    auto mark = text.find("://", from);
    if (mark == std::string::npos)
      return result + text.substr(from);
    auto start = mark + 3;
    auto end = start;
    while (end < text.size() && !ends_a_word(text[end]))
      ++end;
    end = std::min(end, text.find("://", start)); // an address within
    result += text.substr(from, start - from);
    result += hide(std::string_view{text}.substr(start, end - start));
    from = end;
  }
}

source_address::source_address(std::string whole)
  : whole_(std::move(whole)), scheme_(scheme_of(whole_)) {
  // nop
}

source_address::source_address(const char* whole)
  : source_address(std::string{whole}) {
  // nop
}

std::string to_string(const source_address& x) {
  return x.scheme().empty() ? x.whole() : without_secrets(x.whole());
}

std::ostream& operator<<(std::ostream& out, const source_address& x) {
  return out << to_string(x);
}

} // namespace vpaas
