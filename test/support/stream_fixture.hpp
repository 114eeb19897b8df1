#pragma once

#include "actors/fog/coordinator.hpp"
#include "support/small_answers.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <set>

namespace vpaas::test {

using namespace std::chrono_literals;

using numbers = std::vector<uint64_t>;

/// The neighbours of one coordinator: each answers what its knob says.
struct stream_fixture : test_system {
  struct question {
    chunk part;
    caf::response_promise reply;
  };

  std::map<std::string, caf::actor> directory;
  uint64_t segments = 3; ///< until the source ends
  bool live = false;
  caf::response_promise waiting; ///< of the camera, for its next segment
  uint64_t waiting_after = 0;
  bool endless = false;         ///< the camera's last segment is awaited
  uint64_t decodable = 99;      ///< segments up to this one are
  caf::response_promise broken; ///< of the first segment that is not
  bool twice = false;           ///< the cloud says everything two times
  uint64_t frames = 30;         ///< in a segment: two keyframes
  size_t part_bytes = 100;      ///< of each keyframe
  std::deque<question> asked;   ///< of the cloud, not answered
  bool answer_at_once = true;
  bool backup_waits = false;
  std::deque<std::pair<uint64_t, caf::response_promise>> backup_asked;
  std::map<uint64_t, segment> spool; ///< by number
  spool_position position;
  caf::error spool_error;
  std::set<uint64_t> unreadable; ///< segments in the spool
  caf::actor spool_owner;
  std::vector<uint64_t> fetched;           ///< segments
  std::map<uint64_t, frame_result> ledger; ///< the latest of each
  caf::error cloud_error;
  size_t regions_found = 0;
  std::vector<std::string> transfers;
  std::vector<frame_result> published;
  size_t publishings = 0;
  caf::error ledger_error;
  std::vector<document> settings; ///< told to the encoder
  size_t chunks_closed = 0;
  uint64_t released = 0;
  coordinator_config cfg;
  coordinator_actor uut;

  stream_fixture() {
    directory["camera"] = spawn_camera();
    directory["decoder"] = spawn_decoder();
    directory["encoder"] = spawn_encoder();
    directory["results"] = spawn_results();
    directory["cloud_link"] = spawn_link();
    directory["classifier"] = spawn_classifier();
    directory["backup_detector"] = spawn_backup();
    cfg.stream = "s";
    cfg.camera = "camera";
    cfg.decoder = "decoder";
    cfg.encoder = "encoder";
    cfg.results = "results";
    cfg.node = sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {
        [this](resolve_atom, const std::string& x) -> caf::result<caf::actor> {
          if (auto i = directory.find(x); i != directory.end())
            return i->second;
          return caf::make_error(ec::not_found, x);
        }};
    });
  }

  ~stream_fixture() {
    for (auto& [name, x] : directory)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    caf::anon_send_exit(cfg.node, caf::exit_reason::kill);
    caf::anon_send_exit(uut, caf::exit_reason::kill);
    cfg.node = nullptr;
    directory.clear();
    run();
  }

  /// Its next segment is answered when there is one.
  caf::actor spawn_camera() {
    return sys.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      waiting = {};
      return {
        [this, self](next_atom, segment_key after) -> caf::result<segment> {
          if (after.number < segments)
            return filmed(after.number + 1);
          if (!endless)
            return caf::make_error(ec::not_found, "the source ended");
          waiting = self->make_response_promise();
          waiting_after = after.number;
          return caf::delegated<segment>{};
        },
        [this](next_atom) {
          if (waiting.pending() && waiting_after < segments)
            waiting.deliver(filmed(waiting_after + 1));
        }};
    });
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

  /// The camera has as many segments as it should.
  void film() {
    caf::anon_send(directory["camera"], next_atom_v);
    run();
  }

  caf::actor spawn_decoder() {
    return sys.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {[this, self](apply_atom, const item& x) -> caf::result<item> {
                auto& in = *x.value.get<segment>();
                if (in.number > decodable) {
                  broken = self->make_response_promise();
                  return caf::delegated<item>{};
                }
                keyframes out;
                auto n = (in.first_frame + 14) / 15 * 15;
                for (; n < in.first_frame + in.packets.size(); n += 15)
                  out.frames.push_back(grey(n));
                return make_item(x.stream, x.seq, std::move(out));
              },
              [this](next_atom) {
                broken.deliver(caf::make_error(ec::codec, "damaged"));
              },
              [](fetch_atom, const std::vector<segment>& parts) {
                keyframes out;
                for (auto& x : parts)
                  for (auto n :
                       keyframes_of(x.first_frame, x.packets.size(), 15))
                    out.frames.push_back(grey(n));
                return make_item("s", 0, std::move(out));
              },
              [this](release_atom, uint64_t n) { released = n; }};
    });
  }

  caf::actor spawn_encoder() {
    return sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](apply_atom, const item& x) {
                chunks out;
                chunks_closed += x.value.get<keyframes>()->frames.empty();
                for (auto& f : x.value.get<keyframes>()->frames) {
                  chunk part;
                  part.stream = x.stream;
                  part.seq = f.number() / 60 * 60; // four keyframes a chunk
                  part.part = uint32_t((f.number() - part.seq) / 15);
                  part.frames.resize(1);
                  part.frames[0].number = f.number();
                  part.bytes = blob{blob::buffer(part_bytes)};
                  out.parts.push_back(std::move(part));
                }
                return make_item(x.stream, x.seq, std::move(out));
              },
              [this](configure_atom, const document& x) {
                settings.push_back(x);
                return x;
              }};
    });
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

  caf::actor spawn_link() {
    return sys.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {[this, self](call_atom, const std::string&, const item& x,
                           caf::timespan) -> caf::result<item> {
                if (cloud_error)
                  return cloud_error;
                if (answer_at_once)
                  return answer(*x.value.get<chunk>());
                auto reply = self->make_response_promise();
                asked.push_back({*x.value.get<chunk>(), reply});
                return caf::delegated<item>{};
              },
              [this](transfer_atom, const transfer_offer& x, const blob&,
                     caf::timespan) {
                transfers.push_back(x.key.stream + " to " + x.target);
              },
              [this](next_atom, bool newest) {
                auto x = newest ? asked.back() : asked.front();
                newest ? asked.pop_back() : asked.pop_front();
                x.reply.deliver(answer(x.part));
              },
              [this](down_atom) {
                for (auto& x : asked)
                  x.reply.deliver(caf::make_error(ec::cloud_down, "lost"));
                asked.clear();
              },
              [](cancel_atom, const transfer_key&) {},
              [](watch_atom, const caf::actor& x) {
                caf::anon_send(x, up_atom_v, node_info{}, uint64_t{1});
              }};
    });
  }

  /// Names every other region.
  caf::actor spawn_classifier() {
    return sys.spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](apply_atom, const item& x) {
        auto& in = *x.value.get<regions>();
        namings out;
        out.classes = {"bus", "taxi"};
        for (size_t i = 0; i < in.places.size(); ++i)
          out.regions.push_back({i % 2 == 0 ? 1 : -1, .7f});
        return make_item(x.stream, x.seq, std::move(out));
      }};
    });
  }

  caf::actor spawn_backup() {
    return sys.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {[this, self](apply_atom, const item& x) -> caf::result<item> {
                auto n = x.value.get<keyframes>()->frames[0].number();
                if (!backup_waits)
                  return found_by_backup(n);
                backup_asked.emplace_back(n, self->make_response_promise());
                return caf::delegated<item>{};
              },
              [this](next_atom) {
                auto [n, reply] = backup_asked.front();
                backup_asked.pop_front();
                reply.deliver(found_by_backup(n));
              }};
    });
  }

  caf::actor spawn_results() {
    return sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](publish_atom,
                     const std::vector<frame_result>& xs) -> caf::result<void> {
                ++publishings;
                if (ledger_error)
                  return ledger_error;
                published.insert(published.end(), xs.begin(), xs.end());
                for (auto& x : xs) {
                  auto [i, fresh] = ledger.emplace(x.frame, x);
                  BOOST_TEST((fresh || x.revision > i->second.revision));
                  i->second = x;
                }
                return caf::unit;
              },
              [this](last_atom, const std::string&) {
                return ledger.empty() ? uint64_t{0}
                                      : ledger.rbegin()->first + 1;
              },
              [this](find_atom, const result_query& x) {
                std::vector<frame_result> found;
                for (auto& [n, y] : ledger)
                  if (n >= x.first && n <= x.last && found.size() < x.most)
                    found.push_back(y);
                return found;
              }};
    });
  }

  /// Keeps segments in memory, outside of the actor: it may die.
  caf::actor spawn_spool() {
    return sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](open_atom, const std::string&, const caf::actor& owner) {
                spool_owner = owner;
                spool_content out;
                out.position = position;
                for (auto& [n, x] : spool)
                  out.segments.push_back({n, 1, x.first_frame, x.packets.size(),
                                          100, caf::make_timestamp()});
                return out;
              },
              [this](keep_atom, const segment& x,
                     const spool_position& y) -> caf::result<void> {
                if (spool_error)
                  return spool_error;
                spool[x.number] = x;
                position = y;
                return caf::unit;
              },
              [this](fetch_atom, const std::string&,
                     uint64_t n) -> caf::result<std::vector<segment>> {
                fetched.push_back(n);
                if (spool.count(n) == 0 || unreadable.count(n) > 0)
                  return caf::make_error(ec::not_found, "it was given up");
                return std::vector<segment>{spool.at(n)};
              },
              [this](release_atom, const std::string&, uint64_t n) {
                spool.erase(n);
              }};
    });
  }

  void with_spool() {
    cfg.spool = "spool";
    directory["spool"] = spawn_spool();
  }

  /// The link tells that it is up, or not.
  void link(bool up) {
    auto to = caf::actor_cast<caf::actor>(uut);
    if (up) {
      caf::anon_send(to, up_atom_v, node_info{}, uint64_t{2});
    } else { // what is in flight is answered so
      caf::anon_send(to, down_atom_v, uint64_t{1});
      caf::anon_send(directory["cloud_link"], down_atom_v);
    }
    run();
  }

  /// So many segments more, one each 200 ms.
  void film_on(uint64_t n) {
    for (; n > 0; --n) {
      ++segments;
      film();
      advance(200ms);
    }
  }

  void answer_backup() {
    caf::anon_send(directory["backup_detector"], next_atom_v);
    run();
  }

  void start() {
    BOOST_REQUIRE(!cfg.validate());
    uut = sys.spawn(coordinator, cfg);
    advance(200ms);
  }

  coordinator_status status() {
    auto reply = self->request(uut, caf::infinite, status_atom_v);
    run();
    coordinator_status result;
    reply.receive(
      [&](const status_report& x) {
        auto parsed = from_json<coordinator_status>(x.details.value());
        BOOST_REQUIRE(parsed);
        result = *parsed;
        state = x.state;
      },
      [](caf::error& x) { BOOST_FAIL(describe(x)); });
    uint64_t dropped = 0;
    for (auto& [reason, n] : result.dropped)
      dropped += n;
    BOOST_TEST(result.received
               == result.answered + result.in_flight + result.spooled
                    + dropped);
    return result;
  }

  void answer_next(bool newest = false) {
    caf::anon_send(directory["cloud_link"], next_atom_v, newest);
    run();
  }

  numbers frames_published() const {
    numbers result;
    for (auto& x : published)
      result.push_back(x.frame);
    return result;
  }

  std::string state;
};

} // namespace vpaas::test
