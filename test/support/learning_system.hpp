#pragma once

#include "actors/learning/collector.hpp"
#include "actors/learning/data_collector.hpp"
#include "actors/learning/trainer.hpp"
#include "actors/node.hpp"
#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/media/regions.hpp"
#include "support/grey.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"
#include "support/toy_crops.hpp"

#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vpaas::test {

/// A classifier, as far as learning sees it: it uses the heads that it is told.
struct toy_classifier {
  std::string heads = "first";
  std::string trial;
  std::vector<std::string> trial_streams;
  uint64_t swaps = 0;
  bool refuses = false; ///< other heads

  function_actor::behavior_type behavior(function_actor::pointer self) {
    return {
      [this, self](status_atom) {
        status_report result;
        result.details.set("model", "toy@1/" + heads);
        return result;
      },
      [](ready_atom) {},
      [](apply_atom, const item& x) { return x; },
      [](apply_atom, const item& x, const document&) { return x; },
      [this](configure_atom, const document& x) -> caf::result<document> {
        if (x.has("heads")) {
          if (refuses)
            return caf::make_error(ec::bad_input, "no");
          swaps += heads != x.value()["heads"];
          heads = x.value()["heads"];
        }
        if (x.has("trial")) {
          trial = x.value()["trial"];
          trial_streams
            = x.value()["trial_streams"].get<std::vector<std::string>>();
        }
        document result;
        result.set("heads", heads);
        result.set("trial", trial);
        result.set("trial_streams", trial_streams);
        return result;
      },
      [](describe_atom) { return function_spec{}; },
    };
  }
};

/// A fog and a backend that learn, in one process and in virtual time; features
/// are those of `world`.
struct learning_system : test_system {
  learning_system() {
    node_config ncfg;
    ncfg.info.name = "fog-1";
    node = sys.spawn(vpaas::node, ncfg);
    first = learn(world.silent_heads(classes),
                  world.crops({"car", "van", ""}, 40));
    start_classifier();
    start_collector();
    start_labels();
    start_trainer();
    run();
  }

  ~learning_system() {
    for (auto& x : started)
      caf::anon_send_exit(x.second, caf::exit_reason::kill);
    caf::anon_send_exit(node, caf::exit_reason::kill);
    run();
  }

  void start_classifier() {
    enter("classifier", sys.spawn([this](function_actor::pointer self) {
      return classifier.behavior(self);
    }));
  }

  void start_collector() {
    collector_config x;
    x.node = here();
    x.node_name = "fog-1";
    x.heads = "first";
    x.folder = dir.path("heads");
    x.from = outlet;
    x.trial_share = trial_share;
    x.read = [this](const std::string& name) { return read(name); };
    x.write = [](const one_vs_all& heads,
                 const std::string& path) -> caf::error {
      std::ofstream{path} << to_json_value(heads).dump();
      return caf::none;
    };
    enter("collector", sys.spawn(collector, x));
  }

  void start_labels() {
    data_collector_config x;
    x.node = here();
    x.database.connection = dir.path("data.db");
    x.clock = [this] { return time; };
    x.budget = budget;
    enter("data_collector", sys.spawn(data_collector, x));
  }

  void start_trainer() {
    trainer_config x;
    x.node = here();
    x.clock = [this] { return time; };
    x.how.choice.hold_out = 3;
    x.trial = trial;
    x.batch = batch;
    enter("trainer", sys.spawn(trainer, x));
  }

  /// Ends an actor as a crash does.
  void kill(const std::string& name) {
    auto x = started.at(name);
    caf::anon_send(node, remove_atom_v, name, x);
    caf::anon_send_exit(x, caf::exit_reason::kill);
    started.erase(name);
    run();
  }

  caf::actor here() const {
    return caf::actor_cast<caf::actor>(node);
  }

  template <class T>
  void enter(const std::string& name, const T& x) {
    started[name] = caf::actor_cast<caf::actor>(x);
    caf::anon_send(node, enter_atom_v, name, started[name]);
  }

  template <class Handle>
  Handle at(const std::string& name) {
    return caf::actor_cast<Handle>(started.at(name));
  }

  caf::expected<one_vs_all> read(const std::string& name) {
    if (name == "first")
      return first;
    std::ifstream in{name};
    auto found = parse_json({std::istreambuf_iterator<char>{in}, {}});
    if (!found)
      return std::move(found.error());
    return from_json<one_vs_all>(*found);
  }

  /// Heads that the classifier uses.
  one_vs_all live() {
    return *read(classifier.heads);
  }

  /// The classifier was asked about crops of a keyframe, and was not sure.
  /// Their ids.
  std::vector<std::string> sees(const std::vector<taught_crop>& crops,
                                const std::string& stream = "door") {
    return names(crops, -1, stream);
  }

  /// The same; it named them so, and was not quite sure.
  std::vector<std::string> names(const std::vector<taught_crop>& crops,
                                 int32_t label,
                                 const std::string& stream = "door") {
    frame += 100; // a run of its own
    regions asked;
    asked.picture = grey(64, 36, 100, frame);
    namings said;
    said.model = "toy@1/first";
    said.classes = {"car", "van"};
    std::vector<float> features;
    std::vector<std::string> ids;
    for (auto& x : crops) {
      ids.push_back(crop_id("fog-1", stream, frame, asked.places.size()));
      asked.places.push_back({{.4f, .4f, .6f, .6f}, .5f, -1, 0});
      said.regions.push_back({label, .4f});
      features.insert(features.end(), x.features.begin(), x.features.end());
    }
    said.features = packed_floats(features.data(), features.size());
    outlet->tell({"regions", stream, frame, payload{asked}}, said);
    run();
    return ids;
  }

  template <class T, class Handle, class... Ts>
  caf::expected<T> ask(const Handle& whom, const Ts&... xs) {
    caf::expected<T> result{caf::none};
    auto handle = self->request(whom, caf::infinite, xs...);
    run();
    handle.receive([&](T& x) { result = std::move(x); },
                   [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  /// Heads that are on trial.
  one_vs_all tried() {
    return *read(classifier.trial);
  }

  /// Looks again at all that looks now and then.
  void look() {
    advance(std::chrono::seconds(2));
    advance(std::chrono::seconds(2));
  }

  caf::expected<document>
  label(const std::vector<std::string>& crops, const std::string& name,
        const std::string& who = "eve", const std::string& once = "") {
    return ask<document>(at<data_collector_actor>("data_collector"),
                         record_atom_v,
                         document{{{"crops", crops},
                                   {"label", name},
                                   {"who", who},
                                   {"origin", "test"},
                                   {"once", once}}});
  }

  json status(const std::string& name) {
    auto x = ask<status_report>(at<observable_actor>(name), status_atom_v);
    return x ? x->details.value() : json{};
  }

  /// Crops of these, shown and labelled one by one.
  void teach(const std::vector<taught_crop>& xs) {
    for (auto& x : xs) {
      auto ids = sees({x});
      look();
      label(ids, x.label);
    }
    look();
  }

  const std::vector<std::string> classes{"car", "van"};
  toy_crops world{31};
  temp_dir dir;
  one_vs_all first;
  toy_classifier classifier;
  std::shared_ptr<crop_outlet> outlet = std::make_shared<crop_outlet>();
  caf::timestamp time{std::chrono::seconds(1'700'000'000)};
  uint64_t frame = 0, budget = 0, batch = 1;
  double trial_share = 1;
  heads_trial_config trial{5, caf::timespan{0}}; ///< none
  node_actor node;
  std::map<std::string, caf::actor> started;
};

} // namespace vpaas::test
