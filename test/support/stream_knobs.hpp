#pragma once

#include "messages/part_key.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/keyframes.hpp"
#include "support/small_answers.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vpaas::test {

using namespace std::chrono_literals;

using numbers = std::vector<uint64_t>;

/// What the neighbours of one coordinator do and were asked for. One message of
/// one of them may go wrong: its actor does not answer it, before or after it
/// did what it was asked for.
struct stream_knobs : test_system {
  struct question {
    chunk part;
    caf::typed_response_promise<item> reply;
  };

  /// What goes wrong once.
  struct fault {
    std::string message; ///< "decoder apply"
    bool after = false;  ///< it did what it was asked for
    uint64_t skip = 0;   ///< such messages that go well before
  };

  std::map<std::string, caf::actor> directory;
  std::optional<fault> wrong;
  std::map<std::string, uint64_t> seen; ///< messages, by name
  std::set<std::string> victims;        ///< who does not answer
  uint64_t segments = 3;                ///< until the source ends
  bool live = false;
  caf::typed_response_promise<segment> waiting; ///< for the next segment
  uint64_t acknowledged = 0;  ///< segments that the camera forgot
  bool endless = false;       ///< the camera's last segment is awaited
  uint64_t decodable = ~0ull; ///< segments up to this one are
  caf::typed_response_promise<item> broken; ///< of the first that is not
  std::set<uint64_t> deadly;  ///< segments that end who decodes them again
  bool twice = false;         ///< the cloud says everything two times
  uint64_t frames = 30;       ///< in a segment: two keyframes
  size_t part_bytes = 100;    ///< of each keyframe
  bool holds_chunks = false;  ///< the encoder, until they end
  chunks held_back;           ///< by it
  std::deque<question> asked; ///< of the cloud, not answered
  bool answer_at_once = true;
  bool link_speaks = true;      ///< to who watches it, before `link`
  caf::timespan cloud_takes{0}; ///< for each part, one after the other
  caf::actor_clock::time_point cloud_free{};
  std::set<transfer_key> came, unclaimed; ///< bytes of parts
  bool backup_waits = false;
  std::deque<std::pair<uint64_t, caf::typed_response_promise<item>>>
    backup_asked;
  std::map<uint64_t, segment> spool; ///< by number
  spool_position position;
  caf::error spool_error;         ///< of keeping something
  caf::error open_error;          ///< of opening it only
  caf::error fetch_error;         ///< of reading it only
  caf::error release_error;       ///< of forgetting what was answered
  std::set<uint64_t> bad_sectors; ///< segments that cannot be read for now
  std::set<uint64_t> unreadable;  ///< segments in the spool
  caf::actor spool_owner;
  std::vector<uint64_t> fetched;           ///< segments
  std::vector<uint64_t> made_again;        ///< pictures, by the live decoder
  std::map<uint64_t, frame_result> ledger; ///< the latest of each
  caf::error cloud_error;
  std::deque<caf::error> cloud_errors; ///< of the next parts
  size_t regions_found = 0;
  std::vector<std::string> transfers;
  std::vector<frame_result> published;
  size_t publishings = 0;
  caf::error find_error; ///< of asking the ledger
  caf::error ledger_error;
  bool may_repeat = false;    ///< results whose batch nobody answered
  bool ledger_silent = false; ///< it keeps nothing and answers nothing
  std::vector<std::pair<std::vector<frame_result>, caf::response_promise>>
    unrecorded;
  std::vector<document> settings; ///< that came with items, each change
  size_t chunks_closed = 0;
  uint64_t released = 0;

  /// Does what a message asks for, unless this is the one that goes wrong.
  template <class T, class Self, class F>
  caf::result<T> handle(Self* self, const std::string& message, F effect) {
    auto n = seen[message]++;
    if (!wrong || wrong->message != message || n < wrong->skip)
      return effect();
    if (wrong->after)
      effect();
    wrong.reset();
    victims.insert(message.substr(0, message.find(' ')));
    self->make_response_promise();
    return caf::delegated<T>{};
  }

  segment filmed(uint64_t number) const {
    segment x;
    x.number = number;
    x.first_frame = (number - 1) * frames;
    x.packets.resize(frames);
    for (auto& p : x.packets)
      p.captured = caf::make_timestamp();
    x.last = number == segments && !endless;
    x.live = live;
    return x;
  }

  void write(const std::vector<frame_result>& xs) {
    for (auto& x : xs) {
      auto [i, fresh] = ledger.emplace(x.frame, x);
      if (!fresh && x.revision > i->second.revision)
        i->second = x;
      else if (!fresh && !may_repeat)
        BOOST_ERROR("frame " << x.frame << " was published twice");
    }
  }

  caf::result<std::vector<frame_result>> find(const result_query& x) const {
    if (find_error)
      return find_error;
    std::vector<frame_result> found;
    for (auto& [n, y] : ledger)
      if (n >= x.first && n <= x.last && found.size() < x.most)
        found.push_back(y);
    return found;
  }

  static item decoded_of(const std::vector<segment>& parts) {
    keyframes out;
    for (auto& x : parts)
      for (auto n : keyframes_of(x.first_frame, x.packets.size(), 15))
        out.frames.push_back(grey(n));
    return make_item("s", 0, std::move(out));
  }

  item encode(const item& x) {
    chunks out;
    auto& in = *x.value.get<keyframes>();
    chunks_closed += in.frames.empty();
    for (auto& f : in.frames) {
      chunk part;
      part.stream = in.stream;
      part.seq = f.number() / 60 * 60; // four keyframes a chunk
      part.part = uint16_t((f.number() - part.seq) / 15);
      part.frames.resize(1);
      part.frames[0].number = f.number();
      part.frames[0].size = uint32_t(part_bytes);
      part.bytes = blob{blob::buffer(part_bytes)};
      out.parts.push_back(std::move(part));
    }
    if (!holds_chunks)
      return make_item(x.stream, x.seq, std::move(out));
    auto& parts = held_back.parts;
    parts.insert(parts.end(), out.parts.begin(), out.parts.end());
    return make_item(x.stream, x.seq,
                     in.frames.empty() ? std::exchange(held_back, {})
                                       : chunks{});
  }

  /// What the cloud says: one label on each frame, and regions.
  item answer(const chunk& x) const {
    chunk_answer result;
    result.names = {"car", "van"};
    for (auto& f : x.frames) {
      frame_answer y;
      y.frame = f.number;
      y.labels.push_back({{0, 0, .5f, .5f}, 0, .9f, .9f});
      for (size_t i = 0; i < regions_found; ++i)
        y.regions.push_back({{.5f, .5f, 1, 1}, .8f, 1, .3f});
      if (twice)
        result.frames.push_back(y);
      result.frames.push_back(std::move(y));
    }
    return make_item(x.stream, x.seq, std::move(result));
  }
};

} // namespace vpaas::test
