#pragma once

#include "support/shipped_plans.hpp"
#include "support/stream_fakes.hpp"

namespace vpaas::test {

/// One coordinator among fakes, and what drives it.
struct stream_fixture : stream_fakes {
  coordinator_config cfg;
  coordinator_actor uut;
  std::string state; ///< as its last status says

  stream_fixture() {
    for (auto* name : {"camera", "decoder", "encoder", "results", "cloud_link",
                       "classifier", "backup_detector"})
      directory[name] = spawn(name);
    cfg.stream = "s";
    cfg.camera = "camera";
    cfg.decoder = "decoder";
    cfg.encoder = "encoder";
    cfg.results = "results";
    cfg.plan = shipped_plan;
    cfg.wall = [this] {
      auto time = scheduler().clock().now().time_since_epoch();
      return caf::timestamp{std::chrono::hours{24 * 365 * 50}} + time;
    };
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

  void with_spool() {
    cfg.spool = "spool";
    cfg.revisit = "revisit";
    for (auto* name : {"spool", "revisit"})
      directory[name] = spawn(name);
  }

  void start() {
    BOOST_REQUIRE(!cfg.validate());
    uut = sys.spawn(coordinator, cfg);
    advance(200ms);
  }

  /// The actor dies, and another takes its place.
  void replace(const std::string& name) {
    caf::anon_send_exit(directory[name], caf::exit_reason::kill);
    directory[name] = spawn(name);
  }

  /// As the supervisor does it with actors that do not answer.
  void replace_victims() {
    for (auto& name : std::exchange(victims, {}))
      replace(name);
  }

  void kill_coordinator() {
    caf::anon_send_exit(uut, caf::exit_reason::kill);
    run();
  }

  /// The camera has as many segments as it should.
  void film() {
    caf::anon_send(directory["camera"], next_atom_v);
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

  void answer_next(bool newest = false) {
    caf::anon_send(directory["cloud_link"], next_atom_v, newest);
    run();
  }

  void answer_backup() {
    caf::anon_send(directory["backup_detector"], next_atom_v);
    run();
  }

  /// The ledger is there again, and has what it did not answer.
  void record_all() {
    caf::anon_send(directory["results"], next_atom_v);
    run();
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
    BOOST_TEST(result.received
               == result.answered + result.in_flight + result.spooled
                    + all_dropped(result));
    return result;
  }

  static uint64_t all_dropped(const coordinator_status& x) {
    uint64_t result = 0;
    for (auto& [reason, n] : x.dropped)
      result += n;
    return result;
  }

  numbers frames_published() const {
    numbers result;
    for (auto& x : published)
      result.push_back(x.frame);
    return result;
  }
};

} // namespace vpaas::test
