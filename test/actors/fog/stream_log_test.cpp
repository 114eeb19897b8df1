#include "actors/fog/stream_log.hpp"

#include "runtime/error.hpp"
#include "support/log_lines.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

using strings = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(stream_log_tests)

BOOST_AUTO_TEST_CASE(an_outage_is_a_line_as_it_begins_and_one_as_it_ends) {
  for (std::string format : {"text", "json"}) {
    test::log_lines log{format};
    fallback::config cfg;
    log_outages(cfg, "yard-" + format);
    fallback watch{cfg};
    watch.link_up(1s); // at the start nothing was out
    watch.link_down(2s);
    watch.link_up(9s);
    watch.answered(9s, 10s);
    watch.next(12s);
    watch.missed(13s, 14s);
    watch.missed(15s, 16s);
    auto stream = "stream yard-" + format + ": ";
    BOOST_TEST(
      log.take()
        == (strings{
          "warning: " + stream
            + "the link to the cloud is lost; the fog answers by itself",
          "info: " + stream + "the cloud answers again after 10 s",
          "warning: " + stream
            + "the cloud does not answer in time; the fog answers by itself"}),
      boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_policy_that_fails_is_one_line_until_it_works_again) {
  for (std::string format : {"text", "json"}) {
    test::log_lines log{format};
    caf::expected<decision> next{decision{}};
    stream_rule rule = [&](const stream_state&) { return next; };
    auto uut = logged(rule, "yard-" + format);
    BOOST_TEST(!!uut({}));
    for (auto cause : {"mine.lua:3: no such field", "mine.lua:4: too long"}) {
      next = caf::make_error(ec::bad_input, cause);
      for (auto i = 0; i < 100; ++i)
        BOOST_TEST(!uut({}));
    }
    next = decision{};
    BOOST_TEST(!!uut({}));
    auto policy = "stream yard-" + format + ": its policy ";
    auto instead = std::string{"; the stream's own pipeline is used instead"};
    BOOST_TEST(log.take()
                 == (strings{
                   "warning: " + policy
                     + "failed: bad_input: mine.lua:3: no such field" + instead,
                   "warning: " + policy
                     + "failed: bad_input: mine.lua:4: too long" + instead,
                   "info: " + policy + "works again"}),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(what_a_policy_decides_and_cannot_run_is_a_line_too) {
  test::log_lines log;
  stream_plans plans = [](const decision&) -> caf::expected<plan_ptr> {
    return caf::make_error(ec::bad_config, "there is no pipeline \"x\"");
  };
  BOOST_TEST(!logged(plans, "gate")({"x", {}}));
  BOOST_TEST(log.take()
               == strings{"warning: stream gate: what its policy decides "
                          "failed: bad_config: there is no pipeline \"x\"; the "
                          "stream's own pipeline is used instead"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
