#include "actors/functions/encoder.hpp"

#include "runtime/media/encoder_backend.hpp"
#include "runtime/media/overlay.hpp"
#include "runtime/media/regions.hpp"
#include "runtime/processor_time.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace vpaas {

namespace {

using clock = std::chrono::steady_clock;

constexpr const char* by_time_left = "auto";

/// Longest of a keyframe under `auto`: a quarter of the time to the next one.
constexpr auto patience = std::chrono::milliseconds(125);

/// x264's preset for a share of the effort that there might be. At one
/// quantiser slow gives 0.01 F1 more than veryfast, at 4 to 6 times its time.
std::string preset_for(double share) {
  return share >= .75 ? "slow" : share >= .4 ? "medium" : "veryfast";
}

/// @param share of the effort that `auto` stands for
encoder_config config_of(const document& x, double share = 1) {
  encoder_config result;
  result.qp = x.get<int>("qp");
  result.crf = x.get<float>("crf");
  result.scale = x.get<float>("scale");
  result.preset = x.get<std::string>("preset");
  if (result.preset == by_time_left)
    result.preset = preset_for(share);
  result.flat_qp = x.get<bool>("flat_qp");
  result.threads = x.get<int>("threads");
  result.backend = x.get<std::string>("backend");
  return result;
}

// Time in the stream from one frame to another, by their stamps where they
// have them, else by their arrival.
caf::timespan between(const frame_info& a, const frame_info& b) {
  if (a.pts_us != no_time && b.pts_us != no_time)
    return std::chrono::microseconds{b.pts_us - a.pts_us};
  return b.captured - a.captured;
}

/// Whether `x`, the newest frame of a chunk, fills it.
bool is_full(uint64_t in_chunk, const frame_info& first, const frame& x,
             const document& how) {
  return in_chunk >= how.get<uint64_t>("chunk_frames")
         || between(first, x.info())
              >= how.get<caf::timespan>("max_chunk_time");
}

std::vector<box> places_of(const regions& x) {
  std::vector<box> result;
  for (auto& y : x.places)
    result.push_back(y.where);
  return result;
}

/// Says once in a process which encoder `auto` is, and why.
void log_choice() {
  static const auto said = [] {
    const auto& x = best_encoder();
    spdlog::info("video is encoded by {}: {}", x.name, x.reason);
    return true;
  }();
  static_cast<void>(said);
}

} // namespace

function_spec encoder_function::spec() {
  function_spec result;
  result.name = "encoder";
  result.input = "keyframes|regions";
  result.output = chunks::type_name;
  result.options = {"qp",      "crf",          "scale",          "preset",
                    "flat_qp", "chunk_frames", "max_chunk_time", "transport"};
  result.per_stream = true;
  result.blocks = true;
  result.help = "encodes keyframes anew, poor and small";
  result.parameters
    = {integer("qp", 36, 0, 51, "constant quantiser (VI-B)"),
       number("crf", -1, -1, 51, "constant quality instead of qp; -1: off"),
       number("scale", 0.8, 0.05, 1, "of width and height (VI-B)"),
       text("preset", "veryfast",
            "libx264's, ultrafast to placebo; auto: slow to veryfast, by the "
            "time left"),
       flag("flat_qp", false, "let qp hold for intra frames too"),
       integer("threads", 1, 1, 64, "of one stream"),
       text("backend", "auto", "FFmpeg's encoder; auto: hardware if it works"),
       integer("chunk_frames", 15, 1, 1000, "keyframes of a chunk (VI-B)"),
       duration("max_chunk_time", "10s", 0.001, 3600, "after which it closes"),
       choice("transport", {"streamed", "whole"}, "when its frames leave")};
  return result;
}

encoder_function::encoder_function(caf::scheduled_actor*,
                                   const document& parameters)
  : parameters_(parameters) {
  if (parameters.get<std::string>("backend") == "auto")
    log_choice();
}

bool encoder_function::takes(const item& x) {
  return x.value.get<keyframes>() || x.value.get<regions>();
}

encoder_function::session::session(const encoder_config& x)
  : pictures(x), pace({patience}) {
  // nop
}

caf::expected<item> encoder_function::apply(const item& x,
                                            const document& how) {
  chunks out;
  if (auto* marked = x.value.get<regions>()) {
    auto masked = mask(marked->picture, places_of(*marked));
    if (!masked)
      return std::move(masked.error());
    add(session_of(x.stream, how), x.stream, *masked, how, out);
    return make_item(x.stream, x.seq, std::move(out));
  }
  auto& in = *x.value.get<keyframes>();
  out.lost = in.lost;
  if (in.frames.empty())
    close_chunk(in.stream, out);
  for (auto& f : in.frames)
    add(session_of(in.stream, how), in.stream, f, how, out);
  return make_item(in.stream, x.seq, std::move(out));
}

caf::error encoder_function::configure(const document&, const document& to) {
  if (auto err = config_of(to).validate())
    return err;
  parameters_ = to;
  return caf::none;
}

encoder_status encoder_function::status() const {
  auto x = counters;
  x.backend = backend_;
  if (parameters_.get<std::string>("backend") == "auto" && !x.backend.empty())
    x.reason = best_encoder().reason;
  for (auto& y : sessions_)
    x.held += y.second.held.size();
  x.streams = sessions_.size();
  x.time = time_.summary();
  return x;
}

encoder_function::session&
encoder_function::session_of(const std::string& stream, const document& how) {
  auto i = sessions_.find(stream);
  if (i == sessions_.end())
    i = sessions_.emplace(stream, session{config_of(how)}).first;
  return i->second;
}

void encoder_function::add(session& to, const std::string& stream,
                           const frame& x, const document& how, chunks& out) {
  if (to.in_chunk > 0 && !to.pictures.fits(x))
    close(to, out);
  if (to.in_chunk == 0) {
    to.in_time = how.get<std::string>("preset") == by_time_left;
    auto share = to.in_time ? to.pace.share(clock::now()) : 1;
    to.pictures.begin(stream, x.number(), config_of(how, share));
    from_string(how.get<std::string>("transport"), to.how);
    to.first = x.info();
  }
  auto began = clock::now();
  auto worked = processor_time();
  auto part = to.pictures.add(x);
  auto ended = clock::now();
  time_.record(ended - began);
  if (to.in_time)
    to.pace.ran(ended, ended - began, processor_time() - worked);
  if (!part) {
    ++counters.lost;
    counters.last_problem = describe(part.error());
    out.lost.push_back(x.number());
    return;
  }
  backend_ = to.pictures.backend();
  counters.chunks += to.in_chunk == 0;
  ++to.in_chunk;
  ++counters.frames;
  counters.bytes += part->bytes.size();
  part->last = is_full(to.in_chunk, to.first, x, how);
  auto& parts = to.how == transport::whole ? to.held : out.parts;
  parts.push_back(std::move(*part));
  if (parts.back().last)
    close(to, out);
}

// Whoever ends a chunk early may not come again, and the session of a large
// picture holds 100 MB.
void encoder_function::close_chunk(const std::string& stream, chunks& out) {
  auto i = sessions_.find(stream);
  if (i == sessions_.end())
    return;
  close(i->second, out);
  sessions_.erase(i);
}

// Of a streamed chunk that ends early the last part has left: the first part of
// the next chunk says so.
void encoder_function::close(session& x, chunks& out) {
  x.in_chunk = 0;
  if (x.held.empty())
    return;
  x.held.back().last = true;
  out.parts.push_back(join(std::exchange(x.held, {})));
}

} // namespace vpaas
