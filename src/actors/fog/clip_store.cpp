#include "actors/fog/clip_store.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/media/fragmenter.hpp"
#include "runtime/name.hpp"
#include "runtime/pulse.hpp"

#include <utility>

namespace vpaas {

namespace {

/// Of a clip, in one message: a link carries other things besides.
constexpr uint64_t most_at_once = 256 << 10;

struct clip_file {
  uint64_t first = 0, last = 0; ///< frames
  std::string bytes;
};

/// One file: where decoders must know something new it ends.
caf::expected<clip_file> file_of(const std::vector<segment>& xs) {
  clip_file result;
  result.first = xs.front().first_frame;
  fragmenter muxer;
  auto add = [&](const blob& x) {
    result.bytes.append(reinterpret_cast<const char*>(x.data()), x.size());
  };
  for (auto& x : xs) {
    auto made = muxer.add(x);
    if (!made)
      return std::move(made.error());
    if (!made->header.empty() && !result.bytes.empty())
      break;
    add(made->header);
    add(made->bytes);
    result.last = std::max(result.last, end_frame(x));
    beat();
  }
  if (result.last <= result.first)
    return caf::make_error(ec::bad_input, "the clip shows no picture");
  --result.last;
  return result;
}

} // namespace

caf::error clip_store_config::validate() const {
  if (folder.empty())
    return caf::make_error(ec::bad_config, "clip_store: folder is missing");
  if (limits.max_bytes == 0 || limits.max_age.count() <= 0
      || check_every.count() <= 0)
    return caf::make_error(ec::bad_config,
                           "clip_store: times and sizes must be positive");
  return caf::none;
}

clip_store_state::clip_store_state(
  clip_actor::stateful_pointer<clip_store_state> self)
  : self(self) {
  // nop
}

void clip_store_state::begin(clip_store_config x) {
  cfg = std::move(x);
  counts.folder = cfg.folder;
  prune();
}

caf::error clip_store_state::open() {
  if (disk)
    return caf::none;
  auto opened = clip_folder::open(cfg.folder, cfg.limits);
  if (!opened)
    return done(std::move(opened.error()));
  disk.emplace(std::move(*opened));
  return caf::none;
}

caf::error clip_store_state::done(caf::error err) {
  if (err) {
    ++counts.failures;
    counts.last_error = describe(err);
  }
  return err;
}

void clip_store_state::prune() {
  if (!open())
    done(disk->prune(caf::make_timestamp()));
  clock.set(self, self->clock().now() + cfg.check_every, [this] { prune(); });
}

caf::result<void> clip_store_state::keep(const std::vector<segment>& xs) {
  if (xs.empty() || !is_name(xs.front().stream))
    return caf::make_error(ec::bad_input, "failed to keep a clip: it is of no "
                                          "stream");
  if (auto err = open())
    return err;
  auto file = file_of(xs);
  if (!file) {
    ++counts.refused;
    counts.last_error = describe(file.error());
    return std::move(file.error());
  }
  if (auto err = done(disk->keep(xs.front().stream, file->first, file->last,
                                 file->bytes, caf::make_timestamp())))
    return err;
  ++counts.kept;
  return caf::unit;
}

caf::result<blob> clip_store_state::fetch(const std::string& stream,
                                          uint64_t frame, uint64_t offset) {
  if (auto err = open())
    return err;
  auto x = disk->find(stream, frame);
  if (!x)
    return caf::make_error(ec::not_found,
                           "there is no clip of frame " + std::to_string(frame)
                             + " of " + stream
                             + "; clips are kept around events, for a while");
  auto bytes = disk->read(stream, *x, offset, most_at_once);
  if (!bytes)
    return done(std::move(bytes.error()));
  return blob{blob::buffer(bytes->begin(), bytes->end())};
}

caf::result<void> clip_store_state::remove(const std::string& stream) {
  if (!is_name(stream))
    return caf::unit; // no file can be its own
  if (auto err = open())
    return err;
  if (auto err = done(disk->forget(stream)))
    return err;
  return caf::unit;
}

status_report clip_store_state::status() const {
  auto x = counts;
  if (disk) {
    x.clips = disk->clips();
    x.bytes = disk->bytes();
  }
  return report(self, disk ? "ready" : "waiting", x);
}

clip_actor::behavior_type
clip_store(clip_actor::stateful_pointer<clip_store_state> self,
           clip_store_config cfg) {
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // A folder may come later.
    },
    [self](keep_atom, const std::vector<segment>& xs) {
      return self->state.keep(xs);
    },
    [self](fetch_atom, const std::string& stream, uint64_t frame,
           uint64_t offset) {
      return self->state.fetch(stream, frame, offset);
    },
    [self](remove_atom, const std::string& stream) {
      return self->state.remove(stream);
    },
  };
}

} // namespace vpaas
