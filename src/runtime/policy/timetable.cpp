#include "runtime/policy/timetable.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <sstream>
#include <string_view>

namespace vpaas {

namespace {

constexpr unsigned every_day = 0x7f, weekends = 0x41, weekdays = 0x3e;
constexpr int minutes_a_day = 24 * 60;

caf::error refuse(const std::string& what) {
  return caf::make_error(ec::bad_config,
                         what
                           + "; write days (Mon-Fri, weekends), times "
                             "(22:00-06:00) and where, as in \"weekdays "
                             "22:00-06:00, weekends Europe/Berlin\"");
}

std::string lower(std::string x) {
  std::transform(x.begin(), x.end(), x.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return x;
}

std::optional<int> day_in(std::string_view x) {
  constexpr std::array names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  auto i = std::find(names.begin(), names.end(), x);
  if (i == names.end())
    return std::nullopt;
  return int(i - names.begin());
}

/// "mon", "fri-mon", "weekends"; 0: none of these.
unsigned days_in(const std::string& x) {
  if (x == "weekends" || x == "weekdays" || x == "daily")
    return x == "daily" ? every_day : x == "weekends" ? weekends : weekdays;
  auto dash = x.find('-');
  auto first = day_in(std::string_view{x}.substr(0, dash));
  auto last = dash == std::string::npos
                ? first
                : day_in(std::string_view{x}.substr(dash + 1));
  if (!first || !last)
    return 0;
  unsigned result = 1u << *first;
  for (auto day = *first; day != *last;) {
    day = (day + 1) % 7;
    result |= 1u << day;
  }
  return result;
}

/// "22:00" in minutes.
std::optional<int> minutes_in(std::string_view x) {
  auto is_digit = [&](size_t i) { return x[i] >= '0' && x[i] <= '9'; };
  if (x.size() != 5 || x[2] != ':' || !is_digit(0) || !is_digit(1)
      || !is_digit(3) || !is_digit(4))
    return std::nullopt;
  auto minutes = (x[3] - '0') * 10 + x[4] - '0';
  auto result = ((x[0] - '0') * 10 + x[1] - '0') * 60 + minutes;
  if (minutes > 59 || result > minutes_a_day)
    return std::nullopt;
  return result;
}

} // namespace

caf::expected<timetable::window>
timetable::parse_window(const std::string& text) {
  window result{every_day, 0, minutes_a_day};
  auto days = false, times = false;
  std::istringstream words{text};
  for (std::string word; words >> word;) {
    if (auto found = days_in(lower(word)); found != 0 && !days && !times) {
      result.days = found;
      days = true;
      continue;
    }
    auto dash = word.find('-');
    auto from = minutes_in(std::string_view{word}.substr(0, dash));
    auto to = dash == std::string::npos
                ? std::nullopt
                : minutes_in(std::string_view{word}.substr(dash + 1));
    if (!from || !to || *from == *to || *from == minutes_a_day || times)
      return refuse("\"" + word + "\" is no part of a timetable");
    result.from = *from;
    result.to = *to;
    times = true;
  }
  if (!days && !times)
    return refuse("a timetable says no days and no times");
  return result;
}

caf::expected<timetable> timetable::parse(const std::string& text) {
  auto end = text.find_last_not_of(" \t");
  auto blank = end == std::string::npos ? end : text.find_last_of(" \t", end);
  if (blank == std::string::npos)
    return refuse("the timetable \"" + text
                  + "\" does not say in which time zone");
  timetable result;
  result.place_ = text.substr(blank + 1, end - blank);
  auto is_name = [](const std::string& x) {
    return !x.empty() && std::isalpha(static_cast<unsigned char>(x.front()))
           && days_in(lower(x)) == 0;
  };
  if (!is_name(result.place_) && result.place_.front() != '<')
    return refuse("\"" + result.place_ + "\" is no time zone");
  std::istringstream entries{text.substr(0, blank)};
  for (std::string x; std::getline(entries, x, ',');) {
    auto made = parse_window(x);
    if (!made)
      return std::move(made.error());
    result.windows_.push_back(*made);
  }
  return result;
}

bool timetable::holds(caf::timestamp now, const time_zone& zone) const {
  auto utc = floor_div(now.time_since_epoch().count(), 1'000'000'000);
  auto local = utc + zone.ahead_at(utc);
  auto day = floor_div(local, 86400);
  auto minute = int((local - day * 86400) / 60);
  auto is_on = [](const window& x, int64_t at) {
    return (x.days >> weekday_of(at) & 1u) != 0;
  };
  return std::any_of(windows_.begin(), windows_.end(), [&](auto& x) {
    if (x.from < x.to)
      return is_on(x, day) && minute >= x.from && minute < x.to;
    return (is_on(x, day) && minute >= x.from)
           || (is_on(x, day - 1) && minute < x.to);
  });
}

} // namespace vpaas
