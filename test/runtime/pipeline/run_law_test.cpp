#include "support/pipeline_run.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>

using namespace vpaas;
using namespace vpaas::test;

BOOST_AUTO_TEST_SUITE(pipeline_run_law_tests)

// The law: one final verdict for each keyframe, whatever happens when.
BOOST_AUTO_TEST_CASE(any_schedule_gives_each_keyframe_one_final_verdict) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    std::mt19937 dice{seed};
    auto throws = [&](uint32_t n) { return uint32_t(dice() % n); };
    run_fixture x{seed % 2 == 0 ? high_low() : two_rounds()};
    std::vector<pipeline_ask> open;
    std::map<uint64_t, int> finals, stood;
    auto take = [&](const pipeline_event& event) {
      auto step = x.run.next(event);
      open.insert(open.end(), step.asks.begin(), step.asks.end());
      for (auto& y : step.verdicts) {
        finals[y.frame] += y.final;
        stood[y.frame] += y.how == outcome::stood_in;
        BOOST_TEST((y.how != outcome::uncorrected || stood[y.frame] == 1));
        BOOST_TEST(
          y.corrects
          == (stood[y.frame] == 1 && y.final && y.how != outcome::stood_in));
      }
    };
    uint64_t next = 0;
    while (next < 40 || !open.empty()) {
      auto what = throws(10);
      if (next < 40 && (what < 3 || open.empty())) {
        auto event = arrive({next, next + 1});
        next += 2;
        event.usual = throws(4) > 0;
        event.stand_in = throws(4) == 0;
        take(event);
      } else if (what == 3) {
        take(keyframes_ended{throws(2) == 0});
      } else if (!open.empty()) {
        auto i = throws(uint32_t(open.size()));
        auto ask = open[i];
        if (what == 4) {
          take(stage_late{ask.id});
          continue;
        }
        open.erase(open.begin() + i);
        stage_answered answer;
        answer.ask = ask.id;
        auto left = x.run.waiting(ask.id);
        numbers nothing;
        std::copy_if(left.begin(), left.end(), std::back_inserter(nothing),
                     [&](auto) { return throws(2) == 0; });
        if (what == 5)
          take(stage_failed{ask.id, "bad luck", {}});
        else if (answer.made.emplace_back("", piece_of("any", left, nothing));
                 true)
          take(answer);
      }
    }
    BOOST_TEST(x.run.idle());
    BOOST_TEST(finals.size() == 40u);
    for (auto& [frame, n] : finals)
      BOOST_TEST(n == 1, "seed " << seed << ", keyframe " << frame);
  }
}

BOOST_AUTO_TEST_SUITE_END()
