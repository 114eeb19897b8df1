#include "runtime/policy/assignments.hpp"

#include "runtime/error.hpp"
#include "runtime/policy/camera_pattern.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace vpaas {

namespace {

bool goes_before(const assignment& a, const assignment& b) {
  auto rank = [](const assignment& x) {
    auto is_name = x.streams.empty() || x.streams.back() != '*';
    return std::tuple(!x.profile.empty(), is_name, x.streams.size(),
                      !x.at.empty(), x.made);
  };
  return rank(a) > rank(b);
}

caf::error explain(const assignment& x, const caf::error& cause) {
  return caf::make_error(ec::bad_config, x.artifact + " for " + x.streams + ": "
                                           + cause_of(cause));
}

} // namespace

caf::expected<assignment_table>
assignment_table::make(const desired_choices& x) {
  assignment_table result;
  for (auto& y : x.orders) {
    row made{y, std::nullopt, {}};
    if (!y.order.at.empty()) {
      auto when = timetable::parse(y.order.at);
      if (!when)
        return explain(y.order, when.error());
      auto zone = time_zone::parse(y.order.zone);
      if (!zone)
        return explain(y.order, zone.error());
      made.when = std::move(*when);
      made.zone = *zone;
    }
    result.rows_.push_back(std::move(made));
  }
  std::stable_sort(result.rows_.begin(), result.rows_.end(),
                   [](const row& a, const row& b) {
                     return goes_before(a.what.order, b.what.order);
                   });
  return result;
}

const assigned_script* assignment_table::find(const std::string& stream,
                                              caf::timestamp now) const {
  auto holds = [&](const row& x) {
    return stands_for(x.what.order.streams, stream)
           && (!x.when || x.when->holds(now, x.zone));
  };
  auto i = std::find_if(rows_.begin(), rows_.end(), holds);
  return i == rows_.end() ? nullptr : &i->what;
}

desired_choices choices_of(const std::vector<assignment>& orders,
                           const std::vector<artifact>& artifacts,
                           const std::string& profile) {
  desired_choices result;
  for (auto& x : orders) {
    if (!x.profile.empty() && x.profile != profile)
      continue;
    auto is_it = [&](const artifact& y) {
      return y.kind == x.kind && y.reference() == x.artifact;
    };
    auto i = std::find_if(artifacts.begin(), artifacts.end(), is_it);
    if (i != artifacts.end())
      result.orders.push_back({x, *i});
  }
  return result;
}

} // namespace vpaas
