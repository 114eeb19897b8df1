#pragma once

// A camera and codecs that take no time: all that is left of a keyframe's way
// is the framework. They keep the actors' protocols, threads and messages.

#include "messages/protocol.hpp"
#include "runtime/media/chunk.hpp"
#include "runtime/media/keyframes.hpp"
#include "spawn.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace vpaas::bench {

/// What the actors below share with the bench.
struct null_video {
  explicit null_video(int width, int height, size_t coded_bytes)
    : bytes(blob::buffer(coded_bytes, 7)) {
    std::vector<uint8_t> grey(size_t(width) * size_t(height), 128);
    plane y{grey.data(), width, width, height};
    plane uv{grey.data(), width / 2, width / 2, height / 2};
    picture = *frame::copy({y, uv, uv}, {});
  }

  frame numbered(uint64_t number, caf::timestamp captured) const {
    frame_info info;
    info.number = number;
    info.captured = captured;
    return frame{picture.pixels(), info};
  }

  blob bytes; ///< of every coded keyframe
  frame picture;
  std::atomic<uint64_t> frames{0};   ///< that the camera gives
  std::vector<caf::timestamp> asked; ///< when the camera was, by frame
};

using null_video_ptr = std::shared_ptr<null_video>;

/// Answers one segment of one frame at once, and the end after the last.
inline camera_actor::behavior_type null_camera(camera_actor::pointer,
                                               null_video_ptr video) {
  return {
    [](status_atom) { return status_report{}; },
    [](ready_atom) {},
    [video](next_atom, segment_key after) -> caf::result<segment> {
      auto now = caf::make_timestamp();
      video->asked.push_back(now);
      if (after.number >= video->frames)
        return caf::make_error(ec::not_found, "the end");
      segment result;
      result.number = after.number + 1;
      result.first_frame = after.number;
      result.packets.resize(1);
      result.packets.front().size = uint32_t(video->bytes.size());
      result.packets.front().captured = now;
      result.bytes = video->bytes;
      return result;
    },
  };
}

inline decoder_actor::behavior_type null_decoder(decoder_actor::pointer,
                                                 null_video_ptr video) {
  auto apply = [video](const item& x) {
    auto& in = *x.value.get<segment>();
    auto captured = in.packets.front().captured;
    return make_item(
      x.stream, x.seq,
      keyframes{
        in.stream, {video->numbered(in.first_frame, captured)}, {}, {}});
  };
  return {
    [](status_atom) { return status_report{}; },
    [](ready_atom) {},
    [apply](apply_atom, const item& x) { return apply(x); },
    [apply](apply_atom, const item& x, const document&) { return apply(x); },
    [](configure_atom, const document& x) { return x; },
    [](describe_atom) { return function_spec{}; },
    [](fetch_atom, const std::vector<segment>&) -> caf::result<item> {
      return caf::make_error(ec::not_found, "nothing is kept");
    },
    [](fetch_atom, uint64_t) -> caf::result<item> {
      return caf::make_error(ec::not_found, "nothing is kept");
    },
    [](release_atom, uint64_t) {},
  };
}

/// Chunks of 15 frames, a part each (VI-B, `streamed`).
inline function_actor::behavior_type null_encoder(function_actor::pointer,
                                                  null_video_ptr video) {
  auto apply = [video](const item& x) {
    chunks out;
    auto& in = *x.value.get<keyframes>();
    for (auto& f : in.frames) {
      chunk part;
      part.stream = in.stream;
      part.seq = f.number() / 15 * 15;
      part.part = uint32_t(f.number() % 15);
      part.last = part.part == 14;
      part.frames = {{f.number(), uint32_t(video->bytes.size()), 0,
                      f.info().captured, false}};
      part.bytes = video->bytes;
      out.parts.push_back(std::move(part));
    }
    return make_item(x.stream, x.seq, std::move(out));
  };
  return {
    [](status_atom) { return status_report{}; },
    [](ready_atom) {},
    [apply](apply_atom, const item& x) { return apply(x); },
    [apply](apply_atom, const item& x, const document&) { return apply(x); },
    [](configure_atom, const document& x) { return x; },
    [](describe_atom) { return function_spec{}; },
  };
}

inline function_actor::behavior_type null_chunk_decoder(function_actor::pointer,
                                                        null_video_ptr video) {
  auto apply = [video](const item& x) {
    auto& in = *x.value.get<chunk>();
    keyframes out;
    out.stream = in.stream;
    for (auto& f : in.frames)
      out.frames.push_back(video->numbered(f.number, f.captured));
    return make_item(x.stream, x.seq, std::move(out));
  };
  return {
    [](status_atom) { return status_report{}; },
    [](ready_atom) {},
    [apply](apply_atom, const item& x) { return apply(x); },
    [apply](apply_atom, const item& x, const document&) { return apply(x); },
    [](configure_atom, const document& x) { return x; },
    [](describe_atom) { return function_spec{}; },
  };
}

/// Puts these actors in the place of camera and codecs.
inline void replace_codecs(actor_kinds& kinds, const null_video_ptr& video) {
  auto replace = [&](const std::string& name, auto f) {
    for (auto& x : kinds)
      if (x.name == name)
        x.spawn
          = [f, video](const spawn_context& ctx) -> caf::expected<caf::actor> {
          return spawn_as_told(ctx, f, video);
        };
  };
  replace("camera", null_camera);
  replace("decoder", null_decoder);
  replace("encoder", null_encoder);
  replace("chunk_decoder", null_chunk_decoder);
}

} // namespace vpaas::bench
