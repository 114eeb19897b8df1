#include "runtime/duration.hpp"

#include "runtime/error.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace vpaas {

namespace {

struct unit {
  std::string_view name;
  double factor;
};

constexpr std::array<unit, 6> time_units{{{"h", 3600e9},
                                          {"min", 60e9},
                                          {"s", 1e9},
                                          {"ms", 1e6},
                                          {"us", 1e3},
                                          {"ns", 1}}};

constexpr std::array<unit, 8> size_units{{{"", 1},
                                          {"B", 1},
                                          {"kB", 1e3},
                                          {"MB", 1e6},
                                          {"GB", 1e9},
                                          {"KiB", 1024.},
                                          {"MiB", 1048576.},
                                          {"GiB", 1073741824.}}};

/// Reads a number and one of `units`; returns a negative value on failure.
template <size_t N>
double parse_quantity(std::string_view text, const std::array<unit, N>& units) {
  double number = 0;
  auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(),
                                      number, std::chars_format::fixed);
  if (code != std::errc{} || !(number >= 0))
    return -1;
  text.remove_prefix(static_cast<size_t>(rest - text.data()));
  for (const auto& x : units)
    if (text == x.name)
      return number * x.factor;
  return -1;
}

constexpr double max_integer = 9.2e18; // just below 2^63

} // namespace

caf::expected<caf::timespan> parse_duration(std::string_view text) {
  auto ns = parse_quantity(text, time_units);
  if (ns < 0 || ns > max_integer)
    return caf::make_error(ec::bad_input,
                           "\"" + std::string{text}
                             + "\" is no duration; write 250ms, 2s or 5min");
  return caf::timespan{std::llround(ns)};
}

std::string format_duration(caf::timespan x) {
  auto ns = x.count();
  for (const auto& u : time_units)
    if (auto factor = static_cast<int64_t>(u.factor); ns % factor == 0 && ns)
      return std::to_string(ns / factor) + std::string{u.name};
  return "0s";
}

caf::expected<uint64_t> parse_size(std::string_view text) {
  auto bytes = parse_quantity(text, size_units);
  if (bytes < 0 || bytes > max_integer)
    return caf::make_error(ec::bad_input,
                           "\"" + std::string{text}
                             + "\" is no size; write 512, 64KiB or 16MiB");
  return static_cast<uint64_t>(bytes);
}

} // namespace vpaas
