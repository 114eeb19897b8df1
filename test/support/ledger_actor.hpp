#pragma once

#include "actors/fog/ledger_keeper.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace vpaas::test {

/// A ledger of SQLite in a folder of its own.
struct ledger_system : test_system {
  temp_dir dir;
  std::string file = dir.path("store/x.db");
  ledger_keeper_config cfg;
  ledger_keeper_actor uut;
  std::string problem;

  ledger_system() {
    cfg.database.connection = "sqlite3://" + file;
    cfg.database.patience = std::chrono::milliseconds(10);
  }

  ~ledger_system() {
    kill();
  }

  void start() {
    BOOST_TEST_REQUIRE(!cfg.validate());
    uut = sys.spawn(ledger_keeper, cfg);
    run();
  }

  void kill() {
    caf::anon_send_exit(uut, caf::exit_reason::kill);
    run();
    uut = nullptr;
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

  uint64_t record(const std::vector<frame_result>& xs) {
    return ask<uint64_t>(record_atom_v, xs);
  }

  std::vector<frame_result> find() {
    return ask<std::vector<frame_result>>(find_atom_v, result_query{});
  }

  json status() {
    auto x = ask<status_report>(status_atom_v);
    auto result = x.details.value();
    result["state"] = x.state;
    return result;
  }
};

} // namespace vpaas::test
