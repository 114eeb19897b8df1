#pragma once

#include "runtime/fields.hpp"
#include "runtime/metrics/histogram.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace vpaas {

/// What a coordinator answers to `status`. At every moment, in keyframes,
/// `received = answered + spooled + in_flight + the sum of dropped`.
struct coordinator_status {
  std::string stream;
  std::string camera;   ///< its path; NODE:PATH where another node has it
  std::string pipeline; ///< what was decided last
  std::string assigned; ///< "night@2"; empty: it runs its own
  uint64_t received = 0;
  uint64_t answered = 0; ///< published
  uint64_t in_flight = 0;
  uint64_t spooled = 0;                    ///< to be answered later, from disk
  std::map<std::string, uint64_t> dropped; ///< by reason
  std::string outage;                      ///< who answers, see fallback_phase
  uint64_t outages = 0;                    ///< times that the fog took over
  double deadline_ms = 0;                  ///< of the cloud's answers now
  double settling_ms = 0;  ///< until a cloud that is back is trusted
  uint64_t recovered = 0;  ///< keyframes from before a restart, of received
  uint64_t improvable = 0; ///< results that the cloud shall correct
  uint64_t revised = 0;    ///< results that it did
  uint64_t unimproved = 0; ///< that stay as they are: too old
  uint64_t skipped = 0;    ///< keyframes too many for the backup detector
  uint64_t unkept = 0;     ///< keyframes that the spool did not take
  /// Stores that the stream goes on without, and why.
  std::map<std::string, std::string> away;
  uint64_t unpublished = 0; ///< results that wait for the ledger
  uint64_t unchanged = 0;   ///< results that functions did not take up in time
  uint64_t events = 0;      ///< that functions raised
  uint64_t events_waiting = 0; ///< of them for who keeps them
  uint64_t events_lost = 0; ///< of them too many, or such that nobody can keep
  uint64_t pixel_bytes = 0; ///< of keyframes without an answer
  uint64_t evicted = 0; ///< pictures that were too many, made again if need be
  uint64_t window = 0;  ///< keyframes at the cloud, of a source that waits
  uint64_t asked_again
    = 0; ///< keyframes that the cloud did not answer at first
  uint64_t segments = 0;
  uint64_t repeated = 0; ///< keyframes that came twice; not counted above
  uint64_t bytes_original = 0;
  uint64_t chunks = 0;
  uint64_t parts = 0;            ///< of chunks, sent to the cloud
  uint64_t bytes_to_cloud = 0;   ///< with envelopes
  uint64_t bytes_from_cloud = 0; ///< the same
  uint64_t cloud_frames = 0;     ///< that the cloud's detector looked at
  uint64_t labels_cloud = 0;     ///< objects that it named
  uint64_t regions = 0;          ///< that it could only locate
  uint64_t labels_fog = 0;       ///< of them named by the classifier
  uint64_t unnamed = 0;          ///< regions that the classifier did not answer
  uint64_t backup_frames = 0;    ///< answered by the backup detector
  uint64_t failures = 0;         ///< parts that the cloud did not answer
  uint64_t late = 0;             ///< answers for what was settled before
  uint64_t policy_errors = 0;
  latency freshness;  ///< capture to result
  latency processing; ///< part complete to result
  latency decode;     ///< by the decoder, a segment, waiting included
  latency encode;     ///< by the encoder, the same
  latency cloud;      ///< from sending a part to its answer
  latency detect;     ///< of it by the cloud's own clock, decoding included
  latency name;       ///< by the classifier, waiting included
  latency publish;
  std::string last_error;

  static constexpr auto type_name = "coordinator_status";

  static constexpr auto fields() {
    using self = coordinator_status;
    return std::make_tuple(
      field("stream", &self::stream), field("camera", &self::camera),
      field("pipeline", &self::pipeline), field("assigned", &self::assigned),
      field("received", &self::received), field("answered", &self::answered),
      field("in_flight", &self::in_flight), field("spooled", &self::spooled),
      field("dropped", &self::dropped), field("outage", &self::outage),
      field("outages", &self::outages),
      field("deadline_ms", &self::deadline_ms),
      field("settling_ms", &self::settling_ms),
      field("recovered", &self::recovered),
      field("improvable", &self::improvable), field("revised", &self::revised),
      field("unimproved", &self::unimproved), field("skipped", &self::skipped),
      field("unkept", &self::unkept), field("away", &self::away),
      field("unpublished", &self::unpublished),
      field("unchanged", &self::unchanged), field("events", &self::events),
      field("events_waiting", &self::events_waiting),
      field("events_lost", &self::events_lost),
      field("pixel_bytes", &self::pixel_bytes),
      field("evicted", &self::evicted), field("window", &self::window),
      field("asked_again", &self::asked_again),
      field("segments", &self::segments), field("repeated", &self::repeated),
      field("bytes_original", &self::bytes_original),
      field("chunks", &self::chunks), field("parts", &self::parts),
      field("bytes_to_cloud", &self::bytes_to_cloud),
      field("bytes_from_cloud", &self::bytes_from_cloud),
      field("cloud_frames", &self::cloud_frames),
      field("labels_cloud", &self::labels_cloud),
      field("regions", &self::regions), field("labels_fog", &self::labels_fog),
      field("unnamed", &self::unnamed),
      field("backup_frames", &self::backup_frames),
      field("failures", &self::failures), field("late", &self::late),
      field("policy_errors", &self::policy_errors),
      field("freshness", &self::freshness),
      field("processing", &self::processing), field("decode", &self::decode),
      field("encode", &self::encode), field("cloud", &self::cloud),
      field("detect", &self::detect), field("name", &self::name),
      field("publish", &self::publish), field("last_error", &self::last_error));
  }
};

} // namespace vpaas
