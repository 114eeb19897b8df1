#include "runtime/store/event_log.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;
using test::value_of;

namespace {

event event_of(const std::string& stream, uint64_t frame,
               const std::string& kind = "passed", uint64_t object = 7) {
  event result;
  result.stream = stream;
  result.frame = frame;
  result.time = caf::timestamp{std::chrono::seconds(frame)};
  result.kind = kind;
  result.object = object;
  result.label = "car";
  result.zone = "gate";
  result.value = "left";
  result.lasted = 1500ms;
  return result;
}

struct fixture {
  fixture() {
    cfg.connection = dir.path("ledger.db");
  }

  event_log open() {
    return value_of(event_log::open(cfg));
  }

  test::temp_dir dir;
  database_config cfg;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_log_tests, fixture)

BOOST_AUTO_TEST_CASE(events_are_kept_in_their_order) {
  auto uut = open();
  auto a = event_of("door", 15), b = event_of("yard", 15);
  BOOST_TEST(value_of(uut.record({a, b})) == 2u);
  auto found = value_of(open().find({}));
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[0].id < found[1].id);
  a.id = found[0].id, b.id = found[1].id;
  BOOST_TEST((found[0] == a));
  BOOST_TEST((found[1] == b));
  BOOST_TEST(value_of(uut.count()) == 2u);
}

BOOST_AUTO_TEST_CASE(an_event_is_kept_once) {
  auto uut = open();
  BOOST_TEST(value_of(uut.record({event_of("door", 15)})) == 1u);
  auto again = event_of("door", 15);
  again.value = "right";
  BOOST_TEST(value_of(uut.record({again, event_of("door", 30)})) == 1u);
  auto found = value_of(uut.find({}));
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[0].value == "left");
  // Each part of its key makes another one.
  for (auto x :
       {event_of("yard", 15), event_of("door", 16),
        event_of("door", 15, "left"), event_of("door", 15, "passed", 8)})
    BOOST_TEST(value_of(uut.record({x})) == 1u);
  auto elsewhere = event_of("door", 15);
  elsewhere.zone = "yard";
  BOOST_TEST(value_of(uut.record({elsewhere})) == 1u);
}

BOOST_AUTO_TEST_CASE(a_query_narrows_and_pages) {
  auto uut = open();
  std::vector<event> xs;
  for (uint64_t i = 0; i < 10; ++i)
    xs.push_back(
      event_of(i % 2 == 0 ? "door" : "yard", i, i < 5 ? "passed" : "left"));
  BOOST_TEST(value_of(uut.record(xs)) == 10u);
  event_query q;
  q.stream = "door";
  BOOST_TEST(value_of(uut.find(q)).size() == 5u);
  q.kind = "left";
  BOOST_TEST(value_of(uut.find(q)).size() == 2u);
  q.zone = "nowhere";
  BOOST_TEST(value_of(uut.find(q)).empty());
  event_query late;
  late.since = caf::timestamp{7s};
  BOOST_TEST(value_of(uut.find(late)).size() == 3u);
  event_query page;
  page.most = 4;
  uint64_t seen = 0;
  for (;;) {
    auto found = value_of(uut.find(page));
    if (found.empty())
      break;
    for (auto& x : found)
      BOOST_TEST(x.frame == seen++);
    page.after = found.back().id;
  }
  BOOST_TEST(seen == 10u);
}

BOOST_AUTO_TEST_CASE(any_text_comes_back) {
  auto x = event_of("T\xC3\xBCr\n\xFF", 1);
  x.kind = "a'\"%";
  x.zone = "";
  auto uut = open();
  BOOST_TEST(value_of(uut.record({x})) == 1u);
  auto found = value_of(uut.find({}));
  x.id = found.at(0).id;
  BOOST_TEST((found[0] == x));
}

BOOST_AUTO_TEST_CASE(old_ones_are_deleted_and_ids_go_on) {
  auto uut = open();
  std::vector<event> xs;
  for (uint64_t i = 0; i < 10; ++i)
    xs.push_back(event_of("door", i));
  uut.record(xs);
  retention keep;
  keep.max_age = 5s;
  keep.max_rows = 0;
  BOOST_TEST(value_of(uut.prune(keep, caf::timestamp{9s}, 3)) == 3u);
  BOOST_TEST(value_of(uut.prune(keep, caf::timestamp{9s}, 100)) == 1u);
  keep.max_rows = 2;
  BOOST_TEST(value_of(uut.prune(keep, caf::timestamp{9s}, 100)) == 4u);
  auto left = value_of(uut.find({}));
  BOOST_REQUIRE(left.size() == 2u);
  BOOST_TEST(left[0].frame == 8u);
  keep.max_rows = 0;
  uut.prune(keep, caf::timestamp{100s}, 100); // all
  uut.record({event_of("door", 99)});
  // Who follows by ids must not miss it.
  BOOST_TEST(value_of(uut.find({})).at(0).id > left[1].id);
}

BOOST_AUTO_TEST_CASE(a_ledger_without_events_has_none) {
  value_of(ledger::open(cfg));
  cfg.read_only = true;
  BOOST_TEST(value_of(open().find({})).empty());
  cfg.connection = dir.path("missing.db");
  BOOST_TEST((event_log::open(cfg).error() == ec::io));
}

BOOST_AUTO_TEST_CASE(numbers_that_no_database_has_are_refused) {
  auto x = event_of("door", uint64_t{1} << 63);
  BOOST_TEST((check_storable(x) == ec::bad_input));
  BOOST_TEST(!check_storable(event_of("door", 1)));
}

BOOST_AUTO_TEST_SUITE_END()
