#include "kinds.hpp"

#include "actors/bulk_receiver.hpp"
#include "actors/client/camera.hpp"
#include "actors/client/source_reader.hpp"
#include "actors/fog/chunk_encoder.hpp"
#include "actors/fog/renderer.hpp"
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

/// A function is a kind whose row its own specification fills.
template <class F>
actor_kind function_kind(const function_spec& spec, F behavior) {
  return {spec.name, spec.help, spec.parameters, spec.blocks,
          [behavior](const spawn_context& x) -> caf::expected<caf::actor> {
            return spawn_as_told(x, behavior, x.parameters);
          }};
}

parameter_specs camera_parameters() {
  return {
    required(
      text("source", "", "file, rtsp:// or http:// address, /dev/video0")),
    text("stream", "", "name of the stream; empty: the name of this actor"),
    text("format", "", "FFmpeg's name of the input format; empty: found out"),
    choice("transport", {"tcp", "udp"}, "of RTSP"),
    flag("real_time", true, "read a file no faster than it plays"),
    flag("loop", false, "begin a file again at its end"),
    duration("open_timeout", "10s", .1, 600, "for the source to answer"),
    duration("stall_timeout", "5s", .1, 600, "of silence: it is opened again"),
    size("memory", "32MiB", 1 << 20, 1e12, "for what the receiver has not got"),
  };
}

source_reader_config reader_of(const document& x, const std::string& stream) {
  source_reader_config result;
  result.stream = stream;
  auto& from = result.source;
  from.url = x.get<std::string>("source");
  from.format = x.get<std::string>("format");
  from_string(x.get<std::string>("transport"), from.transport);
  from.real_time = x.get<bool>("real_time");
  from.loop = x.get<bool>("loop");
  from.open_timeout = x.get<caf::timespan>("open_timeout");
  from.stall_timeout = x.get<caf::timespan>("stall_timeout");
  return result;
}

caf::expected<caf::actor> spawn_camera(const spawn_context& x) {
  camera_config cfg;
  cfg.stream = x.parameters.get<std::string>("stream");
  if (cfg.stream.empty())
    cfg.stream = x.path;
  cfg.limits.max_bytes = x.parameters.get<uint64_t>("memory");
  auto reads = reader_of(x.parameters, cfg.stream);
  cfg.reader_timeout = reads.source.open_timeout
                       + reads.source.stall_timeout * 2;
  if (auto err = cfg.validate())
    return err;
  // Reading blocks in FFmpeg, so each reader has a thread of its own.
  auto make_reader = [&system = x.system, reads](cancel_flag cancel,
                                                 stream_position from) {
    auto mine = reads;
    mine.from = from;
    return system.spawn<caf::detached>(source_reader, std::move(mine), cancel);
  };
  return spawn_as_told(x, camera, std::move(cfg), reader_factory{make_reader});
}

actor_kind camera_kind() {
  return {"camera", "forwards the compressed segments of one source",
          camera_parameters(), false, spawn_camera};
}

} // namespace

actor_kinds client_kinds(const settings& config) {
  return {link_to(tier::fog, config), camera_kind()};
}

actor_kinds fog_kinds(const settings& config) {
  return {bulk_receiver_kind(),
          link_to(tier::cloud, config),
          link_to(tier::backend, config),
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
