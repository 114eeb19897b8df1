#include "kinds.hpp"

#include "actors/bulk_receiver.hpp"
#include "actors/client/camera.hpp"
#include "actors/client/source_reader.hpp"
#include "actors/fog/chunk_encoder.hpp"
#include "actors/fog/ledger_keeper.hpp"
#include "actors/fog/renderer.hpp"
#include "actors/fog/result_file.hpp"
#include "actors/fog/results.hpp"
#include "actors/fog/stream_decoder.hpp"
#include "actors/link.hpp"
#include "runtime/address.hpp"
#include "runtime/error.hpp"
#include "runtime/node/process.hpp"
#include "system.hpp"

namespace vpaas {

namespace {

/// Spawns `f` as its topology says: on the scheduler, or on a thread of its own
/// that gives way to the scheduler's.
template <class Result, class Self, class... Ts>
caf::actor spawn_as_told(const spawn_context& x, Result (*f)(Self, Ts...),
                         Ts... args) {
  if (!x.detached)
    return caf::actor_cast<caf::actor>(x.system.spawn(f, std::move(args)...));
  auto in_thread = [f](Self self, Ts... xs) -> Result {
    lower_thread_priority();
    return f(self, std::move(xs)...);
  };
  return caf::actor_cast<caf::actor>(
    x.system.spawn<caf::detached>(in_thread, std::move(args)...));
}

caf::expected<caf::actor> spawn_link(const spawn_context& x,
                                     const std::string& network) {
  auto to = x.parameters.get<std::string>("to");
  auto place = parse_address(to);
  if (!place)
    return place.error();
  link_config cfg;
  cfg.host = place->first;
  cfg.port = place->second;
  cfg.node = x.node;
  cfg.tls = x.system.has_openssl_manager();
  cfg.profile = profile_of(network);
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
          [network](const spawn_context& x) { return spawn_link(x, network); }};
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
  source_reader_config reader;
  reader.source.url = x.parameters.get<std::string>("source");
  reader.source.format = x.parameters.get<std::string>("format");
  reader.source.real_time = x.parameters.get<bool>("real_time");
  reader.source.loop = x.parameters.get<bool>("loop");
  reader.source.open_timeout = x.parameters.get<caf::timespan>("open_timeout");
  reader.source.stall_timeout
    = x.parameters.get<caf::timespan>("stall_timeout");
  from_string(x.parameters.get<std::string>("rtsp"), reader.source.transport);
  reader.live_part_time = x.parameters.get<caf::timespan>("part_time");
  camera_config cfg;
  cfg.stream = x.parameters.get<std::string>("stream");
  if (cfg.stream.empty())
    cfg.stream = x.path;
  cfg.limits.max_bytes = x.parameters.get<size_t>("queue");
  cfg.reader_timeout
    = 2 * (reader.source.open_timeout + reader.source.stall_timeout);
  if (auto err = cfg.validate())
    return err;
  reader.stream = cfg.stream;
  auto make = [&system = x.system, reader](cancel_flag cancel,
                                           stream_position from) {
    auto config = reader;
    config.from = from;
    return system.spawn<caf::detached>(source_reader, config, cancel);
  };
  return spawn_as_told(x, camera, std::move(cfg), reader_factory{make});
}

actor_kind camera_kind() {
  return {
    "camera",
    "forwards the compressed segments of a video source",
    {required(text("source", "", "file, rtsp:// or http:// address, device")),
     text("stream", "", "name of the stream; empty: the camera's own"),
     text("format", "", "FFmpeg's name of the input format; empty: guessed"),
     choice("rtsp", {"tcp", "udp"}, "how RTSP carries packets"),
     flag("real_time", false, "read a file no faster than it plays"),
     flag("loop", false, "begin a file again at its end"),
     duration("open_timeout", "10s", 0.1, 600, "for opening the source"),
     duration("stall_timeout", "5s", 0.1, 600, "without a packet: a failure"),
     duration("part_time", "100ms", 0, 60, "of a live segment's parts"),
     size("queue", "32MiB", 1 << 16, 1e12, "for segments that wait")},
    false,
    spawn_camera};
}

caf::expected<caf::actor> spawn_ledger(const spawn_context& x,
                                       const std::string& folder) {
  ledger_keeper_config cfg;
  cfg.database.connection
    = placed_in(folder, x.parameters.get<std::string>("connection"));
  cfg.database.patience = x.parameters.get<caf::timespan>("patience");
  cfg.keep.max_age = x.parameters.get<caf::timespan>("max_age");
  cfg.keep.max_rows = x.parameters.get<uint64_t>("max_rows");
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, ledger_keeper, std::move(cfg));
}

actor_kind ledger_kind(const std::string& folder) {
  return {"ledger",
          "keeps one result of each keyframe in a database",
          {text("connection", "ledger.db",
                "file, sqlite3://FILE or postgresql://host=... dbname=..."),
           duration("patience", "2s", 0, 600, "for a lock or a server"),
           duration("max_age", "720h", 0, 1e9, "of a result; 0s: for ever"),
           integer("max_rows", 10'000'000, 0, 1e12, "kept; 0: any number")},
          true,
          [folder](const spawn_context& x) { return spawn_ledger(x, folder); }};
}

caf::expected<caf::actor> spawn_results(const spawn_context& x) {
  results_config cfg;
  cfg.node = x.node;
  cfg.ledger = x.parameters.get<std::string>("ledger");
  cfg.max_waiting = x.parameters.get<size_t>("waiting");
  cfg.max_queue = x.parameters.get<size_t>("queue");
  cfg.max_subscribers = x.parameters.get<size_t>("subscribers");
  if (auto err = cfg.validate())
    return err;
  auto file = x.parameters.get<std::string>("file");
  if (!file.empty())
    cfg.writer = [&system = x.system, file] {
      return caf::actor_cast<caf::actor>(
        system.spawn<caf::detached>(result_file, file));
    };
  return spawn_as_told(x, results, std::move(cfg));
}

actor_kind results_kind() {
  return {"results",
          "takes results to the ledger, to a file and to subscribers",
          {text("ledger", "ledger", "name of the ledger; empty: none"),
           text("file", "", "gets every result as a line of JSON; empty: none"),
           integer("waiting", 10'000, 1, 1e9, "results that are not on disk"),
           integer("queue", 1000, 1, 1e9, "results that wait for a subscriber"),
           integer("subscribers", 64, 0, 1e6, "at most")},
          false,
          spawn_results};
}

/// A function is started with the parameters that its description lists.
template <class F>
actor_kind function_kind(const function_spec& spec, F function) {
  return {spec.name, spec.help, spec.parameters, spec.blocks,
          [function](const spawn_context& x) -> caf::expected<caf::actor> {
            return spawn_as_told(x, function, x.parameters);
          }};
}

} // namespace

actor_kinds client_kinds(const settings& config) {
  return {link_to(tier::fog, config), camera_kind()};
}

actor_kinds fog_kinds(const settings& config) {
  return {bulk_receiver_kind(),
          link_to(tier::cloud, config),
          link_to(tier::backend, config),
          ledger_kind(data_folder(config)),
          results_kind(),
          camera_kind(),
          function_kind(decoder_spec(), stream_decoder),
          function_kind(encoder_spec(), chunk_encoder),
          function_kind(renderer_spec(), renderer)};
}

actor_kinds cloud_kinds(const settings& config) {
  return {bulk_receiver_kind(), link_to(tier::backend, config)};
}

actor_kinds backend_kinds(const settings&) {
  return {bulk_receiver_kind()};
}

} // namespace vpaas
