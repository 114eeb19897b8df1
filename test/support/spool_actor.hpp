#pragma once

#include "actors/fog/chunk_spool.hpp"
#include "support/spool_folder.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace vpaas::test {

/// A chunk spool, and owners of streams that write down what they lose.
struct spool_system : test_system {
  using strings = std::vector<std::string>;

  temp_dir dir;
  chunk_spool_config cfg;
  caf::timespan jump{0}; ///< of the wall clock, against what passes
  spool_actor uut;
  std::vector<caf::actor> owners;
  strings lost; ///< "OWNER NUMBER REASON"
  std::string problem;

  spool_system() {
    cfg.folder = dir.path("spool");
  }

  ~spool_system() {
    kill();
    for (const auto& x : owners)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    run();
  }

  caf::timestamp now() {
    return at(0) + sys.clock().now().time_since_epoch() + jump;
  }

  void start() {
    BOOST_TEST_REQUIRE(!cfg.validate());
    uut = sys.spawn(chunk_spool, cfg, wall_clock{[this] { return now(); }});
    run();
  }

  void kill() {
    caf::anon_send_exit(uut, caf::exit_reason::kill);
    run();
    uut = nullptr;
  }

  caf::actor make_owner(const std::string& name = "owner") {
    auto note = [this, name](lost_atom, uint64_t number,
                             const std::string& reason) {
      lost.push_back(name + " " + std::to_string(number) + " " + reason);
    };
    owners.push_back(sys.spawn([note] { return caf::behavior{note}; }));
    return owners.back();
  }

  template <class T, class... Ts>
  T ask(const Ts&... xs) {
    T result{};
    problem.clear();
    auto reply = self->request(uut, std::chrono::seconds(1), xs...);
    run();
    reply.receive([&](const T& x) { result = x; },
                  [&](const caf::error& x) { problem = describe(x); });
    return result;
  }

  /// Returns what went wrong.
  template <class... Ts>
  std::string tell(const Ts&... xs) {
    problem.clear();
    auto reply = self->request(uut, std::chrono::seconds(1), xs...);
    run();
    reply.receive([] {}, [&](const caf::error& x) { problem = describe(x); });
    return problem;
  }

  spool_content open(const std::string& stream, const caf::actor& by) {
    return ask<spool_content>(open_atom_v, stream, by);
  }

  std::vector<segment> fetch(const std::string& stream, uint64_t number) {
    return ask<std::vector<segment>>(fetch_atom_v, stream, number);
  }

  std::string release(const std::string& stream, uint64_t number) {
    return tell(release_atom_v, stream, number);
  }

  std::string keep(const segment& x) {
    return tell(keep_atom_v, x, place_of(x));
  }

  json status() {
    auto x = ask<status_report>(status_atom_v);
    auto result = x.details.value();
    result["state"] = x.state;
    return result;
  }

  /// A part of three packets, captured now.
  segment part_of(const std::string& stream, uint64_t number, uint32_t part = 0,
                  uint32_t bytes = 300) {
    segment x;
    x.stream = stream;
    x.number = number;
    x.part = part;
    x.first_frame = 100 * number + uint64_t{3} * part;
    x.codec.codec = "h264";
    for (uint32_t i = 0; i < 3; ++i)
      x.packets.push_back({bytes / 3, i == 0, false, no_time, no_time, now()});
    x.bytes = blob{blob::buffer(size_t{3} * (bytes / 3), uint8_t(number))};
    return x;
  }

  static spool_position place_of(const segment& x) {
    return {"camera " + x.stream,
            key_of(x),
            0,
            0,
            x.number + 1,
            x.first_frame + x.packets.size()};
  }
};

} // namespace vpaas::test
