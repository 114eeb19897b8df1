#include "runtime/policy/time_zone.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <cctype>

namespace vpaas {

namespace {

constexpr int64_t seconds_a_day = 86400;

bool is_leap(int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

} // namespace

// Years begin in March, so that a leap day is their last one.
int64_t days_to(int64_t year, int month, int day) {
  auto y = month <= 2 ? year - 1 : year;
  auto era = floor_div(y, 400);
  auto of_era = y - era * 400;
  auto of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
         - 719468;
}

int64_t year_of(int64_t days) {
  auto result = 1970 + floor_div(days * 400, 146097);
  while (days_to(result, 1, 1) > days)
    --result;
  while (days_to(result + 1, 1, 1) <= days)
    ++result;
  return result;
}

int weekday_of(int64_t days) {
  return int(days + 4 - floor_div(days + 4, 7) * 7); // 1970 began on a Thursday
}

int64_t time_zone::change::in(int64_t year) const {
  auto first = days_to(year, by == day_of::month ? month : 1, 1);
  auto at = first;
  if (by == day_of::year) {
    at += day;
  } else if (by == day_of::year_without_leap_day) {
    at += day - 1 + (is_leap(year) && day >= 60 ? 1 : 0);
  } else {
    at += (day - weekday_of(first) + 7) % 7 + 7 * (week - 1);
    auto next = month == 12 ? days_to(year + 1, 1, 1)
                            : days_to(year, month + 1, 1);
    while (at >= next)
      at -= 7;
  }
  return at * seconds_a_day + second;
}

int64_t time_zone::ahead_at(int64_t utc) const {
  if (!summer_)
    return ahead_;
  auto year = year_of(floor_div(utc + ahead_, seconds_a_day));
  auto begin = summer_->begin.in(year)-ahead_;
  auto end = summer_->end.in(year)-summer_->ahead;
  auto is_summer = begin < end ? begin <= utc && utc < end
                               : !(end <= utc && utc < begin);
  return is_summer ? summer_->ahead : ahead_;
}

// -- reading ------------------------------------------------------------------

/// Reads a rule from left to right; what is wrong stops it.
class zone_reader {
public:
  explicit zone_reader(const std::string& text) : text_(text) {
    // nop
  }

  caf::expected<time_zone> read() {
    time_zone result;
    name();
    result.ahead_ = -time(24);
    if (good_ && at_ < text_.size()) {
      result.summer_ = time_zone::summer{};
      auto& to = *result.summer_;
      name();
      to.ahead = next() == ',' ? result.ahead_ + 3600 : -time(24);
      to.begin = change();
      to.end = change();
    }
    if (good_ && at_ == text_.size())
      return result;
    return caf::make_error(
      ec::bad_config, "\"" + text_ + "\" is no rule of a time zone, from \""
                        + text_.substr(std::min(at_, text_.size()))
                        + "\" on; write one such as "
                          "CET-1CEST,M3.5.0,M10.5.0/3");
  }

private:
  char next() const {
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char x) {
    auto result = next() == x;
    at_ += result ? 1 : 0;
    return result;
  }

  void expect(bool x) {
    good_ = good_ && x;
  }

  /// "CET", or "<+0530>": what it is does not matter here.
  void name() {
    auto quoted = take('<');
    auto from = at_;
    auto is_part = [&](unsigned char x) {
      return std::isalpha(x)
             || (quoted && (std::isdigit(x) || x == '+' || x == '-'));
    };
    while (is_part(static_cast<unsigned char>(next())))
      ++at_;
    expect(at_ - from >= 3);
    expect(!quoted || take('>'));
  }

  int number(int least, int most) {
    auto from = at_;
    int64_t result = 0;
    while (std::isdigit(static_cast<unsigned char>(next())) && at_ - from < 4)
      result = result * 10 + (text_[at_++] - '0');
    expect(at_ > from && result >= least && result <= most);
    return int(result);
  }

  /// "[+-]hh[:mm[:ss]]" in seconds.
  int64_t time(int most_hours) {
    auto sign = take('-') ? -1 : 1;
    if (sign > 0)
      take('+');
    auto result = int64_t{3600} * number(0, most_hours);
    if (take(':'))
      result += int64_t{60} * number(0, 59);
    if (take(':'))
      result += number(0, 59);
    return sign * result;
  }

  time_zone::change change() {
    time_zone::change result;
    expect(take(','));
    if (take('M')) {
      result.month = number(1, 12);
      expect(take('.'));
      result.week = number(1, 5);
      expect(take('.'));
      result.day = number(0, 6);
    } else {
      auto julian = take('J');
      result.by = julian ? time_zone::day_of::year_without_leap_day
                         : time_zone::day_of::year;
      result.day = number(julian ? 1 : 0, 365);
    }
    if (take('/'))
      result.second = time(167);
    return result;
  }

  const std::string& text_;
  size_t at_ = 0;
  bool good_ = true;
};

caf::expected<time_zone> time_zone::parse(const std::string& rule) {
  return zone_reader{rule}.read();
}

} // namespace vpaas
