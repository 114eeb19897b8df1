#include "actors/stream/coordinator.hpp"

#include "support/stream_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

using names = std::set<std::string>;

/// A stream under faults that a seed chooses.
struct fixture : test::stream_fixture {
  explicit fixture(unsigned seed) : random(seed) {
    with_spool();
    live = any(4) > 0;
    endless = true;
    segments = 1;
    answer_at_once = false;
    regions_found = any(2);
    part_bytes = any(2) == 0 ? 100 : 40'000;
    stores_fail = any(3) == 0;
    may_repeat = true; // see `wrong`
    if (any(4) == 0)
      cfg.backup = "";
  }

  uint64_t any(uint64_t n) {
    return uint64_t(random()) % n;
  }

  void step() {
    switch (any(16)) {
      case 0:
        return link(false);
      case 1:
        return link(true);
      case 2:
        return restart();
      case 3: {
        constexpr const char* mortals[]
          = {"decoder", "encoder",    "backup_detector", "spool",
             "revisit", "cloud_link", "classifier",      "results"};
        auto name = mortals[any(std::size(mortals))];
        faults.insert(name);
        return replace(name);
      }
      case 4:
        cloud_error = any(2) == 0 ? caf::error{}
                                  : caf::make_error(ec::overload, "busy");
        return;
      case 5:
        cloud_errors.push_back(
          caf::make_error(any(2) == 0 ? ec::inference : ec::deadline, "slow"));
        return;
      case 6: { // somebody will hang
        constexpr const char* messages[]
          = {"decoder apply",       "encoder apply",    "cloud_link call",
             "cloud_link transfer", "classifier apply", "results publish",
             "spool keep",          "spool fetch",      "revisit decode"};
        auto name = messages[any(std::size(messages))];
        wrong = fault{name, any(2) == 0, seen[name] + any(4)};
        faults.insert(std::string{name}.substr(0, std::string{name}.find(' ')));
        return;
      }
      case 7:
        return fail_stores();
      default:
        ++segments;
        film();
    }
  }

  void fail_stores() {
    if (!stores_fail)
      return;
    faults.insert("spool");
    auto bad = caf::make_error(ec::io, "away");
    spool_error = any(2) == 0 ? bad : caf::error{};
    open_error = any(2) == 0 ? bad : caf::error{};
    fetch_error = any(2) == 0 ? bad : caf::error{};
    find_error = any(2) == 0 ? bad : caf::error{};
    any(2) == 0 ? void(ledger_silent = true) : record_all();
  }

  /// The coordinator dies at its busiest.
  void restart() {
    book(status());
    kill_coordinator();
    asked.clear();
    start();
    link(true);
  }

  void book(const coordinator_status& x) {
    for (auto& [reason, n] : x.dropped)
      dropped[reason] += n;
    outages += x.outages;
    revised += x.revised;
    unkept += x.unkept;
  }

  void all_is_well() {
    wrong.reset();
    replace_victims();
    for (auto* x :
         {&cloud_error, &spool_error, &open_error, &fetch_error, &find_error})
      *x = caf::none;
    cloud_errors.clear();
    record_all();
    link(true);
    answer_at_once = true;
    while (!asked.empty())
      answer_next();
    film_on(1);
    film_on(1); // who died meanwhile is found
  }

  /// Which reasons there may be for these faults: what is on disk is answered.
  bool may_drop(const std::string& reason) const {
    static const names by_spool{"spool",    "undecodable", "cloud_down",
                                "deadline", "cloud",       "backup",
                                "skipped",  "unencodable"};
    if (reason == "undecodable" && faults.count("decoder") == 0
        && faults.count("revisit") == 0)
      return false;
    return faults.count("spool") > 0 && by_spool.count(reason) > 0;
  }

  std::minstd_rand random;
  bool stores_fail = false;
  names faults;
  std::map<std::string, uint64_t> dropped;
  uint64_t outages = 0, revised = 0, unkept = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(coordinator_schedules_tests)

// Whatever dies, hangs or is silent, each keyframe is in the ledger once, or
// counted under a reason that the faults explain, and the stream is through in
// the end. What no disk took may be lost with its coordinator.
BOOST_AUTO_TEST_CASE(any_schedule_of_faults_loses_nothing) {
  uint64_t outages = 0, revised = 0, hangs = 0;
  for (unsigned seed = 1; seed <= 120; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      fixture x{seed};
      x.start();
      for (int i = 0; i < 60; ++i) {
        x.step();
        while (!x.asked.empty() && x.any(3) > 0)
          x.answer_next(x.any(2) == 0);
        x.advance(caf::timespan{x.any(700) * 1'000'000});
        x.status(); // checks the law
        hangs += !x.victims.empty();
        if (!x.victims.empty() && x.any(8) == 0)
          x.replace_victims();
      }
      x.all_is_well();
      auto before = x.status().dropped;
      x.film_on(300);
      auto last = x.status();
      BOOST_TEST((last.dropped == before)); // nothing goes wrong any more
      x.book(last);
      BOOST_TEST(last.outage == "cloud");
      BOOST_TEST(last.spooled == 0u);
      BOOST_TEST(last.in_flight == 0u);
      BOOST_TEST(last.improvable == 0u);
      BOOST_TEST(last.away.empty());
      BOOST_TEST(x.spool.size() <= 1u); // the newest may go on
      uint64_t dropped = 0;
      for (auto& [reason, n] : x.dropped) {
        BOOST_TEST(x.may_drop(reason), n << " were dropped: " << reason);
        dropped += n;
      }
      auto found = x.ledger.size() + dropped;
      BOOST_TEST(found <= 2 * x.segments);
      BOOST_TEST(found + x.unkept >= 2 * x.segments);
      outages += x.outages;
      revised += x.revised;
    }
  }
  BOOST_TEST(outages > 100u);
  BOOST_TEST(revised > 1000u);
  BOOST_TEST(hangs > 100u);
}

BOOST_AUTO_TEST_SUITE_END()
