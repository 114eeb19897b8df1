#pragma once

#include "actors/stream/coordinator.hpp"
#include "support/small_answers.hpp"
#include "support/stream_knobs.hpp"

#include <boost/test/unit_test.hpp>

namespace vpaas::test {

/// The neighbours of one coordinator, each behind the interface of the real
/// one: it answers what its knob says.
struct stream_fakes : stream_knobs {
  using fake_camera = camera_actor::extend<caf::reacts_to<next_atom>>;
  using fake_decoder = decoder_actor::extend<caf::reacts_to<next_atom>>;
  using fake_link
    = link_actor::extend<caf::reacts_to<next_atom, bool>,
                         caf::reacts_to<due_atom>, caf::reacts_to<down_atom>>;
  using fake_results = results_actor::extend<caf::reacts_to<next_atom>>;
  using fake_backup = function_actor::extend<caf::reacts_to<next_atom>>;

  static status_report nothing() {
    return {};
  }

  /// What every function answers beside `apply`.
  template <class Self, class F>
  function_actor::behavior_type function(Self* self, const std::string& name,
                                         F apply) {
    return {
      [](status_atom) { return nothing(); },
      [](ready_atom) {},
      [this, self, name, apply](apply_atom, const item& x) {
        return handle<item>(self, name + " apply",
                            [&]() -> caf::result<item> { return apply(x); });
      },
      [this, self, name, apply](apply_atom, const item& x,
                                const document& options) {
        return handle<item>(self, name + " apply", [&]() -> caf::result<item> {
          if (settings.empty() || settings.back() != options)
            settings.push_back(options);
          return apply(x);
        });
      },
      [this, self, name](configure_atom, const document& x) {
        return handle<document>(self, name + " configure",
                                [&]() -> caf::result<document> {
                                  settings.push_back(x);
                                  return x;
                                });
      },
      [](describe_atom) { return function_spec{}; }};
  }

  template <class Actor>
  static caf::actor untyped(Actor x) {
    return caf::actor_cast<caf::actor>(std::move(x));
  }

  /// Its next segment is answered when there is one.
  caf::actor spawn_camera() {
    return untyped(sys.spawn(
      [this](fake_camera::pointer self) -> fake_camera::behavior_type {
        waiting = {};
        acknowledged = 0;
        return {[](status_atom) { return nothing(); }, [](ready_atom) {},
                [this, self](next_atom, segment_key after) {
                  return handle<segment>(self, "camera next", [&] {
                    return next_segment(self, after);
                  });
                },
                [this](next_atom) {
                  if (waiting.pending() && acknowledged < segments)
                    waiting.deliver(filmed(acknowledged + 1));
                }};
      }));
  }

  caf::result<segment> next_segment(fake_camera::pointer self,
                                    segment_key after) {
    acknowledged = std::max(acknowledged, after.number); // these are gone
    if (acknowledged < segments)
      return filmed(acknowledged + 1);
    if (!endless)
      return caf::make_error(ec::not_found, "the source ended");
    waiting = self->make_response_promise<segment>();
    return caf::delegated<segment>{};
  }

  /// @param name "decoder", or "revisit": that of what is on disk
  caf::actor spawn_decoder(const std::string& name = "decoder") {
    return untyped(sys.spawn(
      [this, name](fake_decoder::pointer self) -> fake_decoder::behavior_type {
        return {
          [](status_atom) { return nothing(); },
          [](ready_atom) {},
          [this, self, name](apply_atom, const item& x) {
            return handle<item>(self, name + " apply", [&] {
              return decode(self, *x.value.get<segment>());
            });
          },
          [this, self, name](apply_atom, const item& x, const document&) {
            return handle<item>(self, name + " apply", [&] {
              return decode(self, *x.value.get<segment>());
            });
          },
          [](configure_atom, const document& x) { return x; },
          [](describe_atom) { return function_spec{}; },
          [this, self, name](fetch_atom, uint64_t n) {
            return handle<item>(
              self, name + " fetch", [&]() -> caf::result<item> {
                made_again.push_back(n);
                return make_item("s", n, keyframes{"s", {grey(n)}, {}, {}});
              });
          },
          [this, self, name](fetch_atom, const std::vector<segment>& xs) {
            return handle<item>(self, name + " decode",
                                [&] { return decode_apart(self, xs); });
          },
          [this](release_atom, uint64_t n) { released = n; },
          [this](next_atom) {
            broken.deliver(caf::make_error(ec::codec, "damaged"));
          }};
      }));
  }

  caf::result<item> decode(fake_decoder::pointer self, const segment& in) {
    if (in.number <= decodable)
      return decoded_of({in});
    broken = self->make_response_promise<item>();
    return caf::delegated<item>{};
  }

  caf::result<item> decode_apart(fake_decoder::pointer self,
                                 const std::vector<segment>& xs) {
    if (deadly.count(xs.front().number) == 0)
      return decoded_of(xs);
    directory.erase("revisit");
    self->quit(caf::exit_reason::kill);
    self->make_response_promise<item>(); // nobody answers
    return caf::delegated<item>{};
  }

  caf::actor spawn_encoder() {
    return untyped(sys.spawn(
      [this](function_actor::pointer self) -> function_actor::behavior_type {
        return function(self, "encoder",
                        [this](const item& x) { return encode(x); });
      }));
  }

  caf::actor spawn_link() {
    return untyped(
      sys.spawn([this](fake_link::pointer self) -> fake_link::behavior_type {
        asked.clear();
        return {[](status_atom) { return nothing(); },
                [](ready_atom) {},
                [this, self](call_atom, const std::string&, const item& x,
                             caf::timespan) {
                  return handle<item>(self, "cloud_link call", [&] {
                    return call(self, *x.value.get<chunk>());
                  });
                },
                [this, self](transfer_atom, const transfer_offer& x,
                             const blob&, caf::timespan) {
                  return handle<void>(
                    self, "cloud_link transfer", [&]() -> caf::result<void> {
                      transfers.push_back(x.key.stream + " to " + x.target);
                      if (came.insert(x.key).second) // the receiver has it once
                        unclaimed.insert(x.key);
                      return caf::unit;
                    });
                },
                [](cancel_atom, const transfer_key&) {},
                [this](watch_atom, const caf::actor& x) {
                  if (link_speaks)
                    caf::anon_send(x, up_atom_v, node_info{}, uint64_t{1});
                },
                [this](next_atom, bool newest) {
                  if (asked.empty())
                    return;
                  auto x = newest ? asked.back() : asked.front();
                  newest ? asked.pop_back() : asked.pop_front();
                  x.reply.deliver(answer(x.part));
                },
                [this](due_atom) {
                  if (asked.empty())
                    return;
                  asked.front().reply.deliver(answer(asked.front().part));
                  asked.pop_front();
                },
                [this](down_atom) {
                  for (auto& x : asked)
                    x.reply.deliver(caf::make_error(ec::cloud_down, "lost"));
                  asked.clear();
                }};
      }));
  }

  caf::result<item> call(fake_link::pointer self, const chunk& x) {
    if (cloud_error)
      return cloud_error;
    if (!cloud_errors.empty()) {
      auto result = cloud_errors.front();
      cloud_errors.pop_front();
      return result;
    }
    if (x.bytes.empty() && unclaimed.erase(bytes_key(x)) == 0)
      return caf::make_error(ec::deadline, "its bytes did not come");
    if (answer_at_once && cloud_takes.count() == 0)
      return answer(x);
    auto reply = self->make_response_promise<item>();
    asked.push_back({x, reply});
    if (cloud_takes.count() > 0) {
      auto time = self->clock().now();
      cloud_free = std::max(cloud_free, time) + cloud_takes;
      self->delayed_send(self, cloud_free - time, due_atom_v);
    }
    return caf::delegated<item>{};
  }

  /// Names every other region.
  caf::actor spawn_classifier() {
    return untyped(sys.spawn(
      [this](function_actor::pointer self) -> function_actor::behavior_type {
        return function(self, "classifier", [](const item& x) {
          auto& in = *x.value.get<regions>();
          namings out;
          out.classes = {"bus", "taxi"};
          for (size_t i = 0; i < in.places.size(); ++i)
            out.regions.push_back({i % 2 == 0 ? 1 : -1, .7f});
          return make_item(x.stream, x.seq, std::move(out));
        });
      }));
  }

  caf::actor spawn_backup() {
    return untyped(sys.spawn(
      [this](fake_backup::pointer self) -> fake_backup::behavior_type {
        backup_asked.clear();
        return {[](status_atom) { return nothing(); },
                [](ready_atom) {},
                [this, self](apply_atom, const item& x) {
                  return handle<item>(self, "backup_detector apply", [&] {
                    return look(self, *x.value.get<keyframes>());
                  });
                },
                [this, self](apply_atom, const item& x, const document&) {
                  return handle<item>(self, "backup_detector apply", [&] {
                    return look(self, *x.value.get<keyframes>());
                  });
                },
                [](configure_atom, const document& x) { return x; },
                [](describe_atom) { return function_spec{}; },
                [this](next_atom) {
                  if (backup_asked.empty())
                    return;
                  auto [n, reply] = backup_asked.front();
                  backup_asked.pop_front();
                  reply.deliver(found_by_backup(n));
                }};
      }));
  }

  caf::result<item> look(fake_backup::pointer self, const keyframes& x) {
    auto n = x.frames[0].number();
    if (!backup_waits)
      return found_by_backup(n);
    backup_asked.emplace_back(n, self->make_response_promise<item>());
    return caf::delegated<item>{};
  }

  caf::actor spawn_results() {
    return untyped(sys.spawn(
      [this](fake_results::pointer self) -> fake_results::behavior_type {
        unrecorded.clear();
        return {
          [](status_atom) { return nothing(); },
          [](ready_atom) {},
          [this, self](publish_atom, const std::vector<frame_result>& xs) {
            return handle<void>(self, "results publish",
                                [&] { return record(self, xs); });
          },
          [](subscribe_atom, const std::string&, const caf::actor&) {},
          [this, self](find_atom, const result_query& x) {
            return handle<std::vector<frame_result>>(self, "results find",
                                                     [&] { return find(x); });
          },
          [this, self](last_atom, const std::string&) {
            return handle<uint64_t>(
              self, "results last", [&]() -> caf::result<uint64_t> {
                if (find_error)
                  return find_error;
                return ledger.empty() ? uint64_t{0}
                                      : ledger.rbegin()->first + 1;
              });
          },
          [this](next_atom) {
            ledger_silent = false;
            for (auto& [xs, reply] : std::exchange(unrecorded, {})) {
              write(xs);
              reply.deliver(caf::unit);
            }
          }};
      }));
  }

  caf::result<void> record(fake_results::pointer self,
                           const std::vector<frame_result>& xs) {
    ++publishings;
    if (ledger_error)
      return ledger_error;
    published.insert(published.end(), xs.begin(), xs.end());
    if (ledger_silent) {
      unrecorded.emplace_back(xs, self->make_response_promise());
      return caf::delegated<void>{};
    }
    write(xs);
    return caf::unit;
  }

  /// Keeps segments in memory, outside of the actor: it may die.
  caf::actor spawn_spool() {
    return untyped(sys.spawn(
      [this](spool_actor::pointer self) -> spool_actor::behavior_type {
        return {
          [](status_atom) { return nothing(); },
          [](ready_atom) {},
          [this, self](open_atom, const std::string&, const caf::actor& x) {
            return handle<spool_content>(self, "spool open",
                                         [&] { return open(x); });
          },
          [this, self](keep_atom, const segment& x, const spool_position& y) {
            return handle<void>(self, "spool keep", [&]() -> caf::result<void> {
              if (spool_error)
                return spool_error;
              spool[x.number] = x;
              position = y;
              return caf::unit;
            });
          },
          [this, self](fetch_atom, const std::string&, uint64_t n) {
            return handle<std::vector<segment>>(self, "spool fetch",
                                                [&] { return read(n); });
          },
          [this](release_atom, const std::string&,
                 uint64_t n) -> caf::result<void> {
            if (release_error)
              return release_error;
            spool.erase(n);
            return caf::unit;
          },
          [](remove_atom, const std::string&) {}};
      }));
  }

  caf::result<spool_content> open(const caf::actor& owner) {
    if (open_error)
      return open_error;
    spool_owner = owner;
    spool_content out;
    out.position = position;
    for (auto& [n, x] : spool)
      out.segments.push_back(
        {n, 1, x.first_frame, x.packets.size(), 100, caf::make_timestamp()});
    return out;
  }

  caf::result<std::vector<segment>> read(uint64_t n) {
    fetched.push_back(n);
    if (fetch_error)
      return fetch_error;
    if (bad_sectors.count(n) > 0)
      return caf::make_error(ec::io, "input/output error");
    if (spool.count(n) == 0 || unreadable.count(n) > 0)
      return caf::make_error(ec::not_found, "it was given up");
    return std::vector<segment>{spool.at(n)};
  }

  caf::actor spawn(const std::string& name) {
    if (name == "camera")
      return spawn_camera();
    if (name == "decoder" || name == "revisit")
      return spawn_decoder(name);
    if (name == "encoder")
      return spawn_encoder();
    if (name == "results")
      return spawn_results();
    if (name == "cloud_link")
      return spawn_link();
    if (name == "classifier")
      return spawn_classifier();
    return name == "spool" ? spawn_spool() : spawn_backup();
  }
};

} // namespace vpaas::test
