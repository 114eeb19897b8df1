#include "actors/control/stream_desk.hpp"

#include "actors/control/registry.hpp"
#include "runtime/error.hpp"
#include "runtime/name.hpp"
#include "runtime/policy/timetable.hpp"
#include "runtime/zone_file.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

std::string source_of(const desired_stream& x) {
  return x.parameters.value().value("source", std::string{});
}

/// "door", "yard*" or "*".
bool is_pattern(const std::string& x) {
  return x == "*" || is_name(x)
         || (!x.empty() && x.back() == '*'
             && is_name(x.substr(0, x.size() - 1)));
}

std::string id_of(const std::string& streams, const std::string& at,
                  const std::string& profile) {
  return (profile.empty() ? "" : profile + ": ") + streams
         + (at.empty() ? "" : " " + at);
}

} // namespace

caf::expected<std::vector<desired_stream>> stream_desk::streams() {
  auto all = all_.noted(all_.db->streams());
  if (!all)
    return all;
  auto is_lost = [this](desired_stream& x) {
    auto source = all_.noted(all_.keys->unseal(source_of(x)));
    if (source)
      x.parameters.set("source", *source);
    else
      spdlog::warn("stream {} is left out: {}", x.id, cause_of(source.error()));
    return !source;
  };
  all->erase(std::remove_if(all->begin(), all->end(), is_lost), all->end());
  return all;
}

caf::result<void> stream_desk::record(const document& x) {
  if (auto err = all_.open())
    return err;
  desired_stream stream;
  if (auto err = from_json_value(x.value(), stream, desired_stream::type_name))
    return err;
  if (!is_name(stream.name) || !is_name(stream.fog))
    return caf::make_error(ec::bad_input, "a stream and its fog need names; "
                                          "write "
                                            + std::string{name_rule});
  stream.id = stream.fog + "/" + stream.name;
  stream.changed = all_.cfg.clock();
  // Addresses of cameras have passwords in them.
  stream.parameters.set("source", all_.keys->seal(source_of(stream)));
  return all_.noted(all_.db->keep(stream));
}

caf::result<void> stream_desk::forget(const std::string& fog,
                                      const std::string& stream) {
  if (auto err = all_.open())
    return err;
  auto gone = all_.noted(all_.db->forget_stream(fog + "/" + stream));
  if (!gone)
    return std::move(gone.error());
  return caf::unit;
}

caf::expected<artifact> stream_desk::script(const document& x,
                                            const assignment& wish) {
  if (x.has("kind"))
    return all_.found(to_string(wish.kind), wish.artifact);
  auto result = all_.found(to_string(artifact_kind::policy), wish.artifact);
  if (!result && result.error() == ec::not_found)
    if (auto other = all_.found(to_string(artifact_kind::pipeline),
                                wish.artifact))
      return other;
  return result;
}

caf::result<document> stream_desk::assign(const document& x) {
  if (auto err = all_.open())
    return err;
  assignment wish;
  if (auto err = from_json_value(x.value(), wish, assignment::type_name))
    return err;
  if (!is_pattern(wish.streams))
    return caf::make_error(ec::bad_input, "\"" + wish.streams
                                            + "\" stands for no streams; write "
                                              "a name, the beginning of names "
                                              "and *, or *");
  if (wish.kind != artifact_kind::policy
      && wish.kind != artifact_kind::pipeline)
    return caf::make_error(ec::bad_input, "streams are taken through policies "
                                          "and pipelines, not through a "
                                            + to_string(wish.kind));
  if (!wish.profile.empty() && !is_name(wish.profile))
    return caf::make_error(ec::bad_input, "\"" + wish.profile
                                            + "\" is no name of a profile; "
                                              "write "
                                            + name_rule);
  if (!wish.at.empty()) {
    auto when = timetable::parse(wish.at);
    if (!when)
      return std::move(when.error());
    auto rule = zone_rule(when->place());
    if (!rule)
      return std::move(rule.error());
    wish.zone = std::move(*rule);
  }
  auto what = script(x, wish);
  if (!what)
    return std::move(what.error());
  wish.kind = what->kind;
  wish.artifact = what->reference();
  wish.id = id_of(wish.streams, wish.at, wish.profile);
  wish.made = all_.cfg.clock();
  if (auto err = all_.noted(all_.db->keep(wish)))
    return err;
  spdlog::info("streams {} shall run {}", wish.id, wish.artifact);
  return document{to_json_value(wish)};
}

caf::result<void> stream_desk::release(const std::string& streams,
                                       const std::string& at,
                                       const std::string& profile) {
  if (auto err = all_.open())
    return err;
  auto id = id_of(streams, at, profile);
  auto gone = all_.noted(all_.db->forget_assignment(id));
  if (!gone)
    return std::move(gone.error());
  if (!*gone)
    return caf::make_error(ec::not_found, "nothing is assigned to " + id
                                            + "; see vpaas policy list");
  spdlog::info("streams {} run their own again", id);
  return caf::unit;
}

caf::result<document> stream_desk::turn(const document& x) {
  if (auto err = all_.open())
    return err;
  profile_switch wish;
  if (auto err = from_json_value(x.value(), wish, profile_switch::type_name))
    return err;
  auto orders = all_.noted(all_.db->assignments());
  if (!orders)
    return std::move(orders.error());
  if (!wish.profile.empty()
      && std::none_of(orders->begin(), orders->end(),
                      [&](auto& y) { return y.profile == wish.profile; }))
    return caf::make_error(ec::not_found, "there is no profile \""
                                            + wish.profile
                                            + "\"; see vpaas profile list");
  wish.made = all_.cfg.clock();
  if (auto err = all_.noted(all_.db->keep(wish)))
    return err;
  spdlog::info("profile {} is on",
               wish.profile.empty() ? "none" : wish.profile);
  return document{to_json_value(wish)};
}

} // namespace vpaas
