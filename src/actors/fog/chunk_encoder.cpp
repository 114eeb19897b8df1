#include "actors/fog/chunk_encoder.hpp"

#include "actors/fog/stopwatch.hpp"
#include "messages/report.hpp"
#include "runtime/media/encoder_backend.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace vpaas {

namespace {

encoder_config config_of(const document& x) {
  encoder_config result;
  result.qp = x.get<int>("qp");
  result.crf = x.get<float>("crf");
  result.scale = x.get<float>("scale");
  result.preset = x.get<std::string>("preset");
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

} // namespace

function_spec encoder_spec() {
  function_spec result;
  result.name = "encoder";
  result.input = keyframes::type_name;
  result.output = chunks::type_name;
  result.blocks = true;
  result.help = "encodes keyframes anew, poor and small";
  result.parameters
    = {integer("qp", 36, 0, 51, "constant quantiser (VI-B)"),
       number("crf", -1, -1, 51, "constant quality instead of qp; -1: off"),
       number("scale", 0.8, 0.05, 1, "of width and height (VI-B)"),
       text("preset", "veryfast", "libx264's, ultrafast to placebo"),
       flag("flat_qp", false, "let qp hold for intra frames too"),
       integer("threads", 1, 1, 64, "of one stream"),
       text("backend", "auto", "FFmpeg's encoder; auto: hardware if it works"),
       integer("chunk_frames", 15, 1, 1000, "keyframes of a chunk (VI-B)"),
       duration("max_chunk_time", "10s", 0.001, 3600, "after which it closes"),
       choice("transport", {"streamed", "whole"}, "when its frames leave")};
  return result;
}

chunk_encoder_state::chunk_encoder_state(
  function_actor::stateful_pointer<chunk_encoder_state> self)
  : self(self) {
  // nop
}

caf::result<item> chunk_encoder_state::apply(const item& x) {
  auto* in = x.value.get<keyframes>();
  if (!in)
    return caf::make_error(ec::bad_input,
                           "failed to encode " + x.kind + " "
                             + std::to_string(x.seq) + " of " + x.stream
                             + ": it holds no keyframes; send what a decoder "
                               "answers");
  stream = in->stream;
  chunks out;
  out.lost = in->lost;
  for (auto& f : in->frames)
    add(f, out);
  if (in->frames.empty())
    close(out);
  return make_item(stream, x.seq, std::move(out));
}

caf::result<document> chunk_encoder_state::configure(const document& x) {
  auto checked = check_changes(encoder_spec().parameters, parameters, x,
                               "encoder");
  if (!checked)
    return checked.error();
  if (auto err = config_of(*checked).validate())
    return err;
  parameters = std::move(*checked);
  return parameters;
}

status_report chunk_encoder_state::status() const {
  auto x = counters;
  x.backend = pictures->backend();
  if (parameters.get<std::string>("backend") == "auto" && !x.backend.empty())
    x.reason = best_encoder().reason;
  x.held = held.size();
  x.time = time.summary();
  return report(self, "ready", x);
}

void chunk_encoder_state::add(const frame& x, chunks& out) {
  if (in_chunk > 0 && !pictures->fits(x))
    close(out);
  if (in_chunk == 0) {
    pictures->begin(stream, x.number(), config_of(parameters));
    from_string(parameters.get<std::string>("transport"), how);
    first = x.info();
  }
  stopwatch running{time};
  auto part = pictures->add(x);
  if (!part) {
    ++counters.lost;
    counters.last_problem = describe(part.error());
    out.lost.push_back(x.number());
    return;
  }
  counters.chunks += in_chunk == 0;
  ++in_chunk;
  ++counters.frames;
  counters.bytes += part->bytes.size();
  part->last = full(x);
  auto& to = how == transport::whole ? held : out.parts;
  to.push_back(std::move(*part));
  if (to.back().last)
    close(out);
}

bool chunk_encoder_state::full(const frame& x) const {
  return in_chunk >= parameters.get<uint64_t>("chunk_frames")
         || between(first, x.info())
              >= parameters.get<caf::timespan>("max_chunk_time");
}

// Of a streamed chunk that ends early the last part has left: the first part of
// the next chunk says so.
void chunk_encoder_state::close(chunks& out) {
  in_chunk = 0;
  if (held.empty())
    return;
  held.back().last = true;
  out.parts.push_back(join(std::exchange(held, {})));
}

namespace {

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

function_actor::behavior_type
chunk_encoder(function_actor::stateful_pointer<chunk_encoder_state> self,
              document parameters) {
  auto& st = self->state;
  st.parameters = std::move(parameters);
  st.pictures.emplace(config_of(st.parameters));
  if (st.parameters.get<std::string>("backend") == "auto")
    log_choice();
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // The encoder is opened with its first frame, whose size it needs.
    },
    [self](apply_atom, const item& x) { return self->state.apply(x); },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [](describe_atom) { return encoder_spec(); },
  };
}

} // namespace vpaas
