#pragma once

#include "actors/supervisor.hpp"
#include "messages/report.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace vpaas::test {

/// Children for a supervisor to look after, which write down what is done to
/// them: "+a" a was started, "-a" a was asked to end.
struct family : test_system {
  using strings = std::vector<std::string>;

  std::string log;
  std::map<std::string, caf::actor> children; ///< the newest, by path
  std::map<std::string, size_t> starts;
  std::map<std::string, caf::error> broken; ///< factory errors, by path
  std::set<std::string> idle;               ///< have nothing to do
  std::set<std::string> slow;               ///< say ready only when `release`d
  std::set<std::string> stubborn; ///< do not end when they are asked to
  std::set<std::string> mute;     ///< do not answer `status`
  std::map<std::string, caf::response_promise> held;
  caf::error verdict; ///< with which the watched supervisor ended
  bool ended = false;

  /// Nothing may run any more when the members go that the children refer to.
  ~family() {
    for (const auto& x : begun)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    run();
    held.clear();
    children.clear();
  }

  static child_spec spec(std::string name,
                         restart_type restart = restart_type::permanent) {
    child_spec result;
    result.name = std::move(name);
    result.kind = "probe";
    result.restart = restart;
    return result;
  }

  static child_spec nest(std::string name, supervision how,
                         std::vector<child_spec> below) {
    auto result = spec(std::move(name));
    result.kind = supervisor_kind;
    result.supervise = how;
    result.children = std::move(below);
    return result;
  }

  /// Rules without a back-off.
  static supervision rules(strategy how, uint32_t intensity = 5) {
    supervision result;
    result.how = how;
    result.intensity = intensity;
    result.delay = result.max_delay = caf::timespan{0};
    return result;
  }

  static caf::behavior probe(caf::event_based_actor* self, family* f,
                             std::string path) {
    f->note("+" + path);
    self->set_exit_handler([=](caf::exit_msg& x) {
      f->note("-" + path);
      if (f->stubborn.count(path) == 0)
        self->quit(x.reason);
    });
    return {
      [=](ready_atom) -> caf::result<void> {
        if (f->slow.count(path) == 0)
          return caf::unit;
        f->held[path] = self->make_response_promise();
        return caf::delegated<void>{};
      },
      [=](status_atom) -> caf::result<status_report> {
        if (f->mute.count(path) == 0)
          return report(self, "ready", box{});
        self->make_response_promise();
        return caf::delegated<status_report>{};
      },
      [=](ready_atom, const caf::error& failure) {
        auto promise = f->held[path];
        if (failure)
          promise.deliver(failure);
        else
          promise.deliver(caf::unit);
      },
      [=](stop_atom, const caf::error& reason) { self->quit(reason); },
    };
  }

  child_factory factory() {
    return [this](const child_spec&, const std::string& path,
                  const caf::actor&) -> caf::expected<caf::actor> {
      ++starts[path];
      if (auto i = broken.find(path); i != broken.end())
        return i->second;
      if (idle.count(path) > 0)
        return caf::actor{};
      return children[path] = sys.spawn(probe, this, path);
    };
  }

  supervisor_config config(supervision how, std::vector<child_spec> specs) {
    supervisor_config result;
    result.how = how;
    result.children = std::move(specs);
    result.factory = factory();
    result.random = [] { return 0.; };
    return result;
  }

  /// Spawns the supervisor, lets it start, and notes how it ends.
  supervisor_actor begin(supervisor_config x) {
    auto result = sys.spawn(supervisor, std::move(x));
    begun.push_back(result);
    watch(result);
    run();
    return result;
  }

  supervisor_actor begin(supervision how, std::vector<child_spec> specs) {
    return begin(config(how, std::move(specs)));
  }

  template <class Handle>
  void watch(const Handle& x) {
    watcher = sys.spawn([this, x](caf::event_based_actor* watching) {
      watching->monitor(x);
      watching->set_down_handler([this, watching](caf::down_msg& down) {
        verdict = down.reason;
        ended = true;
        watching->quit();
      });
      return caf::behavior{[](unit_t) {}};
    });
  }

  /// Makes the child end with `reason`.
  void end(const std::string& path, const caf::error& reason) {
    if (reason == caf::exit_reason::kill)
      caf::anon_send_exit(children[path], caf::exit_reason::kill);
    else
      caf::anon_send(children[path], stop_atom_v, reason);
    run();
  }

  /// Lets a slow child say that it is ready, or that it cannot be.
  void release(const std::string& path, const caf::error& failure = {}) {
    caf::anon_send(children[path], ready_atom_v, failure);
    run();
  }

  void note(const std::string& event) {
    log += (log.empty() ? "" : " ") + event;
  }

  std::string take_log() {
    return std::exchange(log, {});
  }

  /// Returns what the supervisor says of itself.
  supervisor_status status_of(const supervisor_actor& x) {
    supervisor_status result;
    auto reply = self->request(x, caf::infinite, status_atom_v);
    run();
    reply.receive(
      [&](const status_report& r) {
        const auto& details = r.details.value();
        from_string(details.at("strategy").get<std::string>(), result.how);
        result.children = details.at("children");
        result.ready = details.at("ready");
        result.restarts = details.at("restarts");
        result.abandoned = details.at("abandoned");
        result.stalled = details.at("stalled");
        for (const auto& y : details.at("last"))
          result.last.push_back(
            {y.at("child"), y.at("reason"), y.at("restarts").get<uint64_t>()});
      },
      [&](const caf::error& e) { BOOST_ERROR(describe(e)); });
    return result;
  }

  using unit_t = caf::unit_t;
  caf::actor watcher;
  std::vector<supervisor_actor> begun;
};

inline caf::error crash(const std::string& text = "boom") {
  return caf::make_error(ec::io, text);
}

} // namespace vpaas::test
