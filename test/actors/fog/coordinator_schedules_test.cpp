#include "actors/fog/coordinator.hpp"

#include "support/stream_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace std::chrono_literals;

using namespace vpaas;

using fixture = test::stream_fixture;

BOOST_AUTO_TEST_SUITE(coordinator_schedules_tests)

// Whatever dies or is silent, each keyframe is in the ledger once, or counted,
// and the stream is through in the end.
BOOST_AUTO_TEST_CASE(any_schedule_of_faults_loses_nothing) {
  uint64_t deaths = 0, outages = 0, corrected = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      fixture x;
      std::minstd_rand random(seed);
      auto any = [&](uint64_t n) { return uint64_t(random()) % n; };
      x.with_spool();
      x.live = true;
      x.decodable = 1000;
      x.endless = true;
      x.segments = 1;
      x.answer_at_once = false;
      if (any(4) == 0)
        x.cfg.backup = "";
      x.start();
      auto kill = [&](const char* name, caf::actor fresh) {
        caf::anon_send_exit(x.directory[name], caf::exit_reason::kill);
        x.directory[name] = fresh;
      };
      uint64_t dropped = 0;
      for (int step = 0; step < 60; ++step) {
        switch (any(12)) {
          case 0:
            x.link(false);
            break;
          case 1:
            x.link(true);
            break;
          case 2: // the coordinator, at its busiest
            ++deaths;
            for (auto& [reason, n] : x.status().dropped)
              dropped += n;
            outages += x.status().outages;
            corrected += x.status().revised;
            caf::anon_send_exit(x.uut, caf::exit_reason::kill);
            x.run();
            x.asked.clear();
            x.start();
            break;
          case 3:
            kill("decoder", x.spawn_decoder());
            break;
          case 4:
            kill("encoder", x.spawn_encoder());
            break;
          case 5:
            kill("backup_detector", x.spawn_backup());
            break;
          case 6:
            kill("spool", x.spawn_spool());
            break;
          case 7:
            x.cloud_error = any(2) == 0 ? caf::error{}
                                        : caf::make_error(ec::overload, "busy");
            break;
          default:
            ++x.segments;
            x.film();
        }
        while (!x.asked.empty() && any(3) > 0)
          x.answer_next(any(2) == 0);
        x.advance(caf::timespan{any(700) * 1'000'000});
        x.status(); // checks the law
      }
      x.cloud_error = caf::none;
      x.link(true);
      x.answer_at_once = true;
      while (!x.asked.empty())
        x.answer_next();
      x.film_on(200); // quiet
      auto last = x.status();
      for (auto& [reason, n] : last.dropped)
        dropped += n;
      outages += last.outages;
      corrected += last.revised;
      BOOST_TEST(last.outage == "cloud");
      BOOST_TEST(last.spooled == 0u);
      BOOST_TEST(last.in_flight == 0u);
      BOOST_TEST(last.improvable == 0u);
      BOOST_TEST(x.spool.size() <= 1u); // the newest may go on
      BOOST_TEST(x.ledger.size() + dropped == 2 * x.segments);
    }
  }
  BOOST_TEST(deaths > 300u);
  BOOST_TEST(outages > 100u);
  BOOST_TEST(corrected > 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
