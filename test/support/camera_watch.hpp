#pragma once

#include "actors/client/camera.hpp"
#include "messages/registry.hpp"
#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <set>
#include <stdexcept>
#include <string>

namespace vpaas::test {

/// A camera with a real reader in a system of its own, and a receiver that
/// takes its segments, decodes them and checks the law of conservation at every
/// step. Real time; waits are for events, with deadlines.
class camera_watch {
public:
  using clock = std::chrono::steady_clock;

  explicit camera_watch(const source_config& source) : decoder_{{5, 1, true}} {
    camera_config cfg;
    cfg.stream = "test";
    cfg.first_delay = std::chrono::milliseconds{50};
    cfg.max_delay = std::chrono::milliseconds{500};
    auto make = [this, source](cancel_flag cancel, stream_position from) {
      source_reader_config reader;
      reader.stream = "test";
      reader.source = source;
      reader.from = from;
      return sys_.spawn<caf::detached>(source_reader, reader, cancel);
    };
    camera_ = caf::actor_cast<camera_actor>(
      sys_.spawn(camera, std::move(cfg), reader_factory{make}));
  }

  ~camera_watch() {
    self_->send_exit(camera_, caf::exit_reason::user_shutdown);
    self_->wait_for(camera_);
  }

  /// Takes segments until `done()` or until the time is over.
  /// @returns whether it was done
  template <class F>
  bool take_until(F done, std::chrono::milliseconds patience) {
    auto end = clock::now() + patience;
    while (!done()) {
      if (clock::now() > end)
        return false;
      step();
    }
    return true;
  }

  /// Takes the next part if it comes soon, and looks at the camera.
  void step() {
    self_->request(camera_, std::chrono::milliseconds{50}, next_atom_v, last)
      .receive([this](const segment& x) { take(x); }, [](const caf::error&) {});
    look();
  }

  camera_status status;
  std::string state;
  segment_key last;
  uint64_t frames = 0;            ///< that arrived, all
  uint64_t keyframes = 0;         ///< that were decoded
  uint64_t lost = 0;              ///< keyframes that could not be
  uint64_t repeated = 0;          ///< parts that came twice
  uint64_t next_frame = 0;        ///< number that must not be undercut
  uint64_t samples = 0;           ///< times that the law was checked
  std::set<std::string> sizes;    ///< of keyframes
  std::set<std::string> problems; ///< of decoding

private:
  struct config : caf::actor_system_config {
    config() {
      set("scheduler.max-threads", 2);
      set("logger.file-verbosity", caf::atom("quiet"));
      register_messages(*this);
    }
  };

  void take(const segment& x) {
    if (!(last < key_of(x))) {
      ++repeated;
      return;
    }
    last = key_of(x);
    if (x.first_frame < next_frame)
      throw std::runtime_error("frame numbers went back");
    next_frame = end_frame(x);
    frames += frames_in(x);
    auto out = decoder_.decode(x);
    lost += out.lost.size();
    if (out.problem)
      problems.insert(describe(out.problem));
    for (auto& f : out.frames) {
      ++keyframes;
      sizes.insert(std::to_string(f.width()) + "x"
                   + std::to_string(f.height()));
    }
  }

  void look() {
    self_->request(camera_, std::chrono::seconds{5}, status_atom_v)
      .receive(
        [this](const status_report& x) {
          state = x.state;
          auto read = from_json<camera_status>(x.details.value());
          if (!read)
            throw std::runtime_error(describe(read.error()));
          status = *read;
        },
        [](const caf::error& x) { throw std::runtime_error(describe(x)); });
    auto& s = status;
    if (s.received
        != s.forwarded + s.overflowed + s.incomplete + s.before_intra
             + s.waiting)
      throw std::runtime_error("the law of conservation is broken");
    ++samples;
  }

  config cfg_;
  caf::actor_system sys_{cfg_};
  caf::scoped_actor self_{sys_};
  camera_actor camera_;
  decoder decoder_;
};

} // namespace vpaas::test
