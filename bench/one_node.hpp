#pragma once

// Fog and cloud in this process, as `vpaas run --nodes=one` starts them, with
// networks and codecs that a bench may replace.

#include "actors/functions/null_detector.hpp"
#include "actors/node.hpp"
#include "kinds.hpp"
#include "node_finder.hpp"
#include "node_program.hpp"
#include "runtime/error.hpp"
#include "runtime/media/regions.hpp"
#include "runtime/node/log.hpp"
#include "stream_control.hpp"
#include "system.hpp"

#include <caf/io/all.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace vpaas::bench {

/// Throws what an edge returned: benches end at the first error.
template <class T>
T must(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error(describe(x.error()));
  return std::move(*x);
}

inline void must(const caf::error& x) {
  if (x)
    throw std::runtime_error(describe(x));
}

/// What a bench needs to talk to nodes.
inline tool_setup tool_with(const overrides& changes) {
  auto config = must(read_settings("", tool_options(), changes));
  auto own = must(credentials_of(config));
  return {std::move(config), std::move(own)};
}

/// A detector that answers fixed boxes, a classifier that says background.
inline network_worlds null_networks() {
  network_worlds result;
  result.detectors = result.backups = with_null_model();
  auto& names = result.classifiers;
  names.crops = [](const item& x) {
    auto in = x.value.get<regions>();
    return in ? in->places.size() : 0;
  };
  names.heads = [](const std::string&) -> caf::expected<one_vs_all> {
    return one_vs_all{head_kind::logistic, 1, {"thing"}, {0, 0}, {.9f}};
  };
  names.load = [crops = names.crops](
                 const document&) -> caf::expected<classifier_world::loaded> {
    auto embed =
      [crops](const std::vector<item>& xs,
              const one_vs_all&) -> caf::expected<classifier_world::features> {
      classifier_world::features out;
      out.dimensions = 1;
      for (auto& x : xs)
        out.crops.push_back(crops(x));
      for (auto n : out.crops)
        out.values.insert(out.values.end(), n, 1.f);
      return out;
    };
    return classifier_world::loaded{"null@1", embed};
  };
  return result;
}

/// What a topology of one process holds. @param detectors, classifier the
/// parameters of these, in Lua; an empty classifier: there is none
inline std::string one_topology(const std::string& detectors,
                                const std::string& classifier,
                                const std::string& decoder = "") {
  auto name = [&](const std::string& kind, const std::string& parameters) {
    return "{ kind = \"" + kind + "\", start_timeout = \"5min\", " + parameters
           + " },\n";
  };
  return "node.supervise { strategy = \"one_for_one\",\n"
         + name("here_link", "name = \"cloud_link\"")
         + name("results", "ledger = \"\"")
         + name("chunk_decoder", "name = \"chunk_decoder-1\", " + decoder)
         + name("detectors", detectors) + name("region_filter", "")
         + name("runner", "name = \"runner\"")
         + (classifier.empty() ? "" : name("classifier", classifier))
         + name("supervisor", "name = \"streams\"") + "}";
}

/// A node with this topology; it stops with this object.
class one_node {
public:
  /// @param replace may change the kinds before anything starts
  one_node(const std::string& script, const network_worlds& networks,
           const std::function<void(actor_kinds&)>& replace = nullptr)
    : config_(must(read_settings(
      "", all_options(),
      {{"node.name", "one"}, {"store.spool", ""}}))), // as one_topology
      system_config_(config_, nullptr), sys(system_config_) {
    must(start_log({"error", "text", "", "one"}));
    auto kinds = all_kinds(config_, networks);
    if (replace)
      replace(kinds);
    auto tree = must(run_topology(script, "bench", config_.values(), kinds));
    auto make = [this, kinds, tree](const caf::actor& node) {
      return sys.spawn(supervisor, root_of(tree, kinds, sys, node));
    };
    fog.info.name = "one";
    fog.info.tier = to_string(tier::fog);
    fog.handle = sys.spawn(
      node, node_config{fog.info, kinds, make, std::chrono::seconds{60}});
    caf::scoped_actor self{sys};
    self->send(fog.handle, start_atom_v, fog.info);
    caf::error problem;
    self->request(fog.handle, std::chrono::minutes{5}, ready_atom_v)
      .receive([] {}, [&](const caf::error& x) { problem = x; });
    must(problem);
    setup_ = std::make_unique<tool_setup>(tool_with({{"tool.timeout", "60s"}}));
    tool = std::make_unique<node_finder>(*setup_, sys);
  }

  ~one_node() {
    caf::scoped_actor self{sys};
    self->request(fog.handle, std::chrono::seconds{60}, stop_atom_v)
      .receive([] {},
               [&](const caf::error&) {
                 self->send_exit(fog.handle, caf::exit_reason::kill);
               });
    fog.handle = nullptr;
    tool.reset();
  }

  void add(const std::string& name, json parameters) {
    must(add_stream(*tool, fog, nullptr, name, std::move(parameters)));
  }

  void remove(const std::string& name) {
    must(remove_stream(*tool, fog, nullptr, name));
  }

  /// What the actor called so says of itself, and in what state it is.
  template <class Status>
  std::pair<Status, std::string> status(const std::string& path) {
    auto x = must(tool->ask<status_report>(fog.handle, status_atom_v, path));
    return {must(from_json<Status>(x.details.value())), x.state};
  }

  /// Makes `self` a subscriber of all results.
  void subscribe(const caf::scoped_actor& self) {
    auto from = must(tool->actor<results_actor>(fog, "results"));
    must(tool->tell(from, subscribe_atom_v, std::string{},
                    caf::actor_cast<caf::actor>(self)));
  }

private:
  settings config_;
  node_system_config system_config_;
  std::unique_ptr<tool_setup> setup_;

public:
  caf::actor_system sys;
  found_node fog;
  std::unique_ptr<node_finder> tool;
};

} // namespace vpaas::bench
