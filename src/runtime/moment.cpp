#include "runtime/moment.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace vpaas {

namespace {

constexpr int64_t second = 1'000'000'000;

/// The decimals from `text`, ".5" as 500,000,000; nothing where it is not
/// whole.
std::optional<int64_t> nanoseconds_of(std::string_view text) {
  if (text.empty())
    return 0;
  if (text.size() < 2 || text.size() > 10 || text[0] != '.')
    return std::nullopt;
  int64_t result = 0;
  auto factor = second / 10;
  for (auto c : text.substr(1)) {
    if (c < '0' || c > '9')
      return std::nullopt;
    result += (c - '0') * factor;
    factor /= 10;
  }
  return result;
}

} // namespace

std::string format_moment(caf::timestamp x) {
  auto ns = x.time_since_epoch().count();
  auto rest = ((ns % second) + second) % second;
  std::time_t time = (ns - rest) / second;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char date[32];
  std::strftime(date, sizeof date, "%FT%T", &parts);
  char result[64];
  std::snprintf(result, sizeof result, "%s.%09lldZ", date,
                static_cast<long long>(rest));
  return result;
}

std::optional<caf::timestamp> parse_moment(std::string_view text) {
  if (text.size() < 20 || text.back() != 'Z')
    return std::nullopt;
  std::tm parts{};
  std::string date{text.substr(0, 19)};
  auto end = strptime(date.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  auto rest = nanoseconds_of(text.substr(19, text.size() - 20));
  if (!end || *end != '\0' || !rest)
    return std::nullopt;
  auto seconds = static_cast<int64_t>(timegm(&parts));
  constexpr int64_t bound = INT64_MAX / second - 1;
  if (seconds < -bound || seconds > bound)
    return std::nullopt;
  return caf::timestamp{caf::timespan{seconds * second + *rest}};
}

} // namespace vpaas
