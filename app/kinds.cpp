#include "kinds.hpp"

#include "actors/bulk_receiver.hpp"
#include "actors/client/camera.hpp"
#include "actors/client/source_reader.hpp"
#include "actors/control/function_hand.hpp"
#include "actors/control/model_cache.hpp"
#include "actors/functions/box_follower.hpp"
#include "actors/functions/decoder.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/functions/forwarder.hpp"
#include "actors/functions/renderer.hpp"
#include "actors/functions/trigger.hpp"
#include "actors/functions/user_function.hpp"
#include "actors/link.hpp"
#include "functions.hpp"
#include "registered_library.hpp"
#include "runtime/address.hpp"
#include "runtime/error.hpp"
#include "runtime/name.hpp"
#include "runtime/node/function_folders.hpp"
#include "spawn.hpp"
#include "system.hpp"

namespace vpaas {

namespace {

caf::expected<caf::actor> spawn_link(const spawn_context& x, tier where,
                                     const std::string& network) {
  auto to = x.parameters.get<std::string>("to");
  auto place = parse_address(to);
  if (!place)
    return place.error();
  link_config cfg;
  cfg.host = place->first;
  cfg.port = place->second;
  cfg.node = x.node;
  cfg.tier = to_string(where);
  cfg.profile = profile_of(network);
  cfg.epoch_base
    = uint64_t(std::chrono::duration_cast<std::chrono::milliseconds>(
                 caf::make_timestamp().time_since_epoch())
                 .count());
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, link, std::move(cfg));
}

/// A link is known by what it leads to.
actor_kind link_to(tier where, const settings& config) {
  auto network = config.get<std::string>("node", "network");
  return {to_string(where) + "_link",
          "keeps the connection to a " + to_string(where) + " node",
          {required(address("to", "", "where its node listens"))},
          false,
          [network, where](const spawn_context& x) {
            return spawn_link(x, where, network);
          }};
}

actor_kind bulk_receiver_kind() {
  auto spawn = [](const spawn_context& x) -> caf::expected<caf::actor> {
    bulk_receiver_config cfg;
    cfg.node = x.node;
    cfg.max_total = x.parameters.get<uint64_t>("memory");
    cfg.max_transfer = cfg.max_total;
    cfg.expiry = x.parameters.get<caf::timespan>("expiry");
    return spawn_as_told(x, bulk_receiver, std::move(cfg));
  };
  return {
    receiver_name,
    "puts what other nodes transfer together again",
    {size("memory", "1GiB", 1 << 20, 1e12, "for unfinished transfers"),
     duration("expiry", "2min", 1, 86400, "of a transfer that does not go on")},
    false,
    spawn};
}

caf::expected<caf::actor> spawn_camera(const spawn_context& x) {
  camera_setup all;
  read_parameters(camera_parameters(), x.parameters, all);
  auto& [reader, cfg] = all;
  if (cfg.stream.empty())
    cfg.stream = x.path;
  else if (!is_name(cfg.stream))
    return caf::make_error(ec::bad_config, "stream = \"" + cfg.stream
                                             + "\" is no name; write "
                                             + name_rule);
  cfg.limits.max_bytes = x.parameters.get<size_t>("queue");
  cfg.reader_timeout
    = 2 * (reader.source.open_timeout + reader.source.stall_timeout);
  if (auto err = cfg.validate())
    return err;
  reader.stream = cfg.stream;
  auto make = [&system = x.system, reader = reader](cancel_flag cancel,
                                                    stream_position from) {
    auto config = reader;
    config.from = from;
    return system.spawn<caf::detached>(source_reader, config, cancel);
  };
  return spawn_as_told(x, camera, std::move(cfg), reader_factory{make});
}

actor_kind camera_kind() {
  return {"camera", "forwards the compressed segments of a video source",
          specs_of(camera_parameters()), false, spawn_camera};
}

/// A function that runs a network: `name` is what it is for.
template <class World>
actor_kind network_kind(std::string name, const std::string& model,
                        function_spec spec, const World& world,
                        batched_function_config (*make)(document, World)) {
  for (auto& x : spec.parameters)
    if (x.name == "model")
      x.fallback = model;
  return {std::move(name), spec.help, spec.parameters, spec.blocks,
          [make, world](const spawn_context& x) -> caf::expected<caf::actor> {
            return spawn_as_told(x, batched_function,
                                 make(x.parameters, world));
          }};
}

actor_kind super_resolver_kind(const network_worlds& networks) {
  return network_kind("super_resolver", "carn_m", super_resolver_spec(),
                      networks.super_resolvers, super_resolver);
}

actor_kind model_cache_kind(const settings& config,
                            const network_worlds& networks) {
  auto folder = data_folder(config) + "/" + model_folder;
  set_registered_functions_folder(registered_functions_in(folder));
  auto spawn = [folder, install = networks.install](
                 const spawn_context& x) -> caf::expected<caf::actor> {
    model_cache_config cfg;
    cfg.node = x.node;
    cfg.folder = folder;
    cfg.quota = x.parameters.get<uint64_t>("quota");
    cfg.period = x.parameters.get<caf::timespan>("period");
    cfg.install = install;
    cfg.keep_functions = keep_functions;
    if (auto err = cfg.validate())
      return err;
    return spawn_as_told(x, model_cache, std::move(cfg));
  };
  return {model_cache_name,
          "lets functions run the models that the backend deploys",
          {size("quota", "4GiB", 1 << 20, 1e13, "of disk, for their files"),
           duration("period", "1s", 0.1, 600, "between two looks at them")},
          true,
          spawn};
}

/// A kind for each library that a user put where nodes look.
actor_kinds user_kinds() {
  actor_kinds result;
  for (auto& x : user_libraries())
    result.push_back(
      {x.spec.name, x.spec.help, x.spec.parameters, true,
       [x](const spawn_context& at) -> caf::expected<caf::actor> {
         return spawn_as_told(at, user_function, x, at.parameters);
       }});
  return result;
}

/// What runs a library that a backend sent; the model cache starts it.
actor_kind registered_function_kind_in(const std::string& folder) {
  function_spec any;
  any.parameters = user_function_parameters();
  auto spec = registered_spec(std::move(any));
  auto find = [folder](const std::string& reference) {
    return registered_library(folder, reference);
  };
  return {registered_function_kind, "runs a registered library of a user",
          spec.parameters, true,
          [find](const spawn_context& x) -> caf::expected<caf::actor> {
            return spawn_as_told(x, registered_function, library_finder{find},
                                 x.parameters);
          }};
}

} // namespace

actor_kinds client_kinds(const settings& config) {
  return {link_to(tier::fog, config), camera_kind()};
}

actor_kinds fog_kinds(const settings& config, const network_worlds& networks) {
  auto uncertain = std::make_shared<crop_outlet>();
  auto classifiers = networks.classifiers;
  classifiers.tell = [uncertain](const item& asked, const namings& said) {
    uncertain->tell(asked, said);
  };
  actor_kinds result{
    collector_kind(config, networks, uncertain),
    bulk_receiver_kind(),
    link_to(tier::cloud, config),
    link_to(tier::backend, config),
    camera_kind(),
    function_kind(decoder_function::spec(), stream_decoder),
    function_kind(encoder_function::spec(), function_of<encoder_function>),
    function_kind(forwarder_function::spec(), function_of<forwarder_function>),
    function_kind(trigger_function::spec(), function_of<trigger_function>),
    function_kind(box_follower_function::spec(),
                  function_of<box_follower_function>),
    function_kind(renderer_function::spec(), function_of<renderer_function>),
    network_kind("backup_detector", "street-backup", detector_spec(),
                 networks.backups, detector),
    network_kind("classifier", "street-backbone", classifier_spec(),
                 classifiers, classifier),
    network_kind("second_look", "nanodet-plus-m", second_look_spec(),
                 networks.second_looks, second_look_function)};
  result.push_back(model_cache_kind(config, networks));
  result.push_back(
    registered_function_kind_in(data_folder(config) + "/" + model_folder));
  for (auto& x : result_kinds(config))
    result.push_back(std::move(x));
  for (auto& x : stream_kinds(config))
    result.push_back(std::move(x));
  for (auto& x : control_kinds(config, networks.models))
    result.push_back(std::move(x));
  for (auto& x : user_kinds())
    result.push_back(std::move(x));
  return result;
}

actor_kinds cloud_kinds(const settings& config,
                        const network_worlds& networks) {
  actor_kinds result{
    bulk_receiver_kind(),
    link_to(tier::backend, config),
    network_kind("detector", "nanodet-plus-m", detector_spec(),
                 networks.detectors, detector),
    super_resolver_kind(networks),
    model_cache_kind(config, networks),
    registered_function_kind_in(data_folder(config) + "/" + model_folder)};
  for (auto& x : analysis_kinds(networks))
    result.push_back(std::move(x));
  return result;
}

actor_kinds backend_kinds(const settings& config,
                          const std::function<json()>& models,
                          const artifact_check& check) {
  auto result = control_kinds(config, models);
  for (auto& x : deployment_kinds(config, check))
    result.push_back(std::move(x));
  result.push_back(bulk_receiver_kind());
  return result;
}

actor_kinds all_kinds(const settings& config, const network_worlds& networks) {
  auto result = fog_kinds(config, networks);
  result.push_back(super_resolver_kind(networks));
  for (auto& x : analysis_kinds(networks))
    result.push_back(std::move(x));
  return result;
}

} // namespace vpaas
