// The way of a label from a click to the fog's classifier, cut in every gap
// between two messages by the end of whoever has a part in it.

#include "support/learning_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

using strings = std::vector<std::string>;

struct way : test::learning_system {
  way() {
    ids = sees({world.crop("scooter")});
    look();
  }

  /// Somebody clicks, and so many messages are delivered.
  /// @returns whether there was a further one
  bool click(size_t messages) {
    caf::anon_send(at<data_collector_actor>("data_collector"), record_atom_v,
                   document{{{"crops", ids},
                             {"label", "scooter"},
                             {"who", "eve"},
                             {"origin", "test"},
                             {"once", "click"}}});
    for (size_t i = 0; i < messages; ++i)
      if (!scheduler().try_run_once())
        return false;
    return scheduler().has_job();
  }

  void start_again(const strings& names) {
    for (auto& x : names) {
      kill(x);
      if (x == "classifier")
        classifier.heads = "first";
    }
    for (auto& x : names)
      start(x);
    look();
  }

  /// Nobody answered, so the page says it again.
  void click_again() {
    BOOST_REQUIRE(bool(label(ids, "scooter", "eve", "click")));
    look();
  }

  strings ids;

private:
  void start(const std::string& name) {
    if (name == "classifier")
      start_classifier();
    else if (name == "collector")
      start_collector();
    else if (name == "data_collector")
      start_labels();
    else
      start_trainer();
  }
};

/// What a way that nobody cuts leads to.
one_vs_all heads_of_one_label() {
  way x;
  x.click(0);
  x.run();
  return x.live();
}

void cut(const strings& victims, size_t after, const one_vs_all& expected) {
  way x;
  x.click(after);
  auto now = x.live();
  auto whole = now == x.first || now == expected;
  x.start_again(victims);
  x.click_again();
  auto log = x.ask<document>(x.at<data_collector_actor>("data_collector"),
                             find_atom_v, uint64_t{0}, uint64_t{10});
  BOOST_REQUIRE(bool(log));
  BOOST_TEST(log->value()["entries"].size() == 1u);
  BOOST_TEST(x.status("data_collector")["standing"] == 1u);
  BOOST_TEST(x.status("trainer")["labels"] == 1u);
  BOOST_TEST(whole);
  BOOST_TEST((x.live() == expected));
}

size_t messages_of_a_way() {
  way x;
  size_t result = 1;
  for (x.click(0); x.scheduler().try_run_once(); ++result)
    continue;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(label_way_tests)

BOOST_AUTO_TEST_CASE(no_label_is_lost_or_counted_twice_in_any_gap) {
  auto expected = heads_of_one_label();
  BOOST_REQUIRE(expected.classes.size() == 3u);
  auto gaps = messages_of_a_way();
  BOOST_TEST(gaps > 10u);
  const std::vector<strings> all{
    {"trainer"},   {"data_collector"}, {"data_collector", "trainer"}, // backend
    {"collector"}, {"classifier"},     {"collector", "classifier"}};  // fog
  for (auto& victims : all)
    for (size_t gap = 0; gap < gaps; ++gap)
      BOOST_TEST_CONTEXT(victims.front()
                         << " of " << victims.size() << " ends after " << gap
                         << " messages")
  cut(victims, gap, expected);
}

BOOST_AUTO_TEST_SUITE_END()
