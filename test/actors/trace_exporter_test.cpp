#include "actors/trace_exporter.hpp"

#include "runtime/error.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;
using verdict = export_answer::verdict;

namespace {

struct fixture : test::test_system {
  fixture() {
    cfg.max_waiting = 100;
    cfg.max_batch = 10;
    cfg.send = [this](const std::vector<span>& xs) {
      sent.push_back(xs);
      return answer;
    };
    uut = sys.spawn(trace_exporter, cfg);
    run();
  }

  ~fixture() {
    caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
    run();
  }

  void give(size_t n) {
    auto spans = std::make_shared<std::vector<span>>(n);
    for (auto& x : *spans)
      x.id = ++last;
    caf::anon_send(uut, publish_atom_v, finished_spans{spans});
    run();
  }

  trace_exporter_status status() {
    auto reply = self->request(uut, caf::infinite, status_atom_v);
    run();
    trace_exporter_status result;
    reply.receive(
      [&](const status_report& x) {
        state = x.state;
        result = *from_json<trace_exporter_status>(x.details.value());
      },
      [](caf::error& x) { BOOST_FAIL(describe(x)); });
    BOOST_TEST(result.exported + result.waiting + result.dropped
                 + result.refused
               == last);
    return result;
  }

  trace_exporter_config cfg;
  trace_actor uut;
  export_answer answer;
  std::vector<std::vector<span>> sent;
  uint64_t last = 0;
  std::string state;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(trace_exporter_tests, fixture)

BOOST_AUTO_TEST_CASE(spans_go_in_batches) {
  give(3);
  give(2);
  BOOST_TEST(sent.empty());
  advance(1s);
  BOOST_REQUIRE(sent.size() == 1u);
  BOOST_TEST(sent[0].size() == 5u);
  BOOST_TEST(status().exported == 5u);
  give(25);
  advance(1s);
  advance(1ms); // a whole batch does not wait
  advance(1s);
  BOOST_REQUIRE(sent.size() == 4u);
  BOOST_TEST(sent[3].size() == 5u);
  BOOST_TEST(sent[3].back().id == 30u);
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_where_there_is_nothing) {
  advance(10min);
  BOOST_TEST(sent.empty());
}

BOOST_AUTO_TEST_CASE(one_that_is_away_is_tried_again_more_and_more_rarely) {
  answer.what = verdict::later;
  answer.problem = "no answer";
  give(3);
  advance(1s);
  BOOST_TEST(sent.size() == 1u);
  advance(499ms); // at least half the delay
  BOOST_TEST(sent.size() == 1u);
  advance(501ms);
  BOOST_TEST(sent.size() == 2u);
  for (int i = 0; i < 600; ++i)
    advance(1s);
  BOOST_TEST((sent.size() > 12u && sent.size() < 32u), sent.size());
  auto x = status();
  BOOST_TEST(state == "retrying");
  BOOST_TEST(x.failures == sent.size());
  BOOST_TEST(x.last_error == "no answer");
  answer = {};
  advance(1min);
  BOOST_TEST(status().exported == 3u); // each once
  BOOST_TEST(state == "ready");
}

BOOST_AUTO_TEST_CASE(it_comes_again_when_it_is_told_to) {
  answer.what = verdict::later;
  answer.retry_after = 30s;
  give(3);
  advance(1s);
  give(1); // what comes meanwhile waits, too
  advance(29s);
  BOOST_TEST(sent.size() == 1u);
  answer.retry_after = 1000h; // too long to be meant
  advance(1s);
  BOOST_TEST(sent.size() == 2u);
  answer = {};
  advance(10min);
  BOOST_TEST(sent.size() == 3u);
  BOOST_TEST(sent.back().size() == 4u);
}

BOOST_AUTO_TEST_CASE(what_is_too_much_goes_and_is_counted) {
  answer.what = verdict::later;
  give(250);
  auto x = status();
  BOOST_TEST(x.waiting == 100u);
  BOOST_TEST(x.dropped == 150u);
  advance(1s);
  BOOST_REQUIRE(!sent.empty());
  BOOST_TEST(sent[0].front().id == 151u); // the oldest went
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_not_sent_again) {
  answer.what = verdict::refused;
  answer.problem = "the collector answered 400";
  give(3);
  advance(1s);
  advance(1h);
  BOOST_TEST(sent.size() == 1u);
  auto x = status();
  BOOST_TEST(x.refused == 3u);
  BOOST_TEST(x.last_error == "the collector answered 400");
  answer = {};
  answer.rejected = 2; // of five that it takes
  give(5);
  advance(1s);
  BOOST_TEST(status().exported == 3u);
  BOOST_TEST(status().refused == 5u);
}

BOOST_AUTO_TEST_SUITE_END()
