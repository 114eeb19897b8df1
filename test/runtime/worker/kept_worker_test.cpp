#include "runtime/worker/kept_worker.hpp"

#include "runtime/error.hpp"
#include "support/picture_of_grey.hpp"
#include "support/resident_memory.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace vpaas;
using namespace std::chrono_literals;
using test::picture_of_grey;

namespace tt = boost::test_tools;

namespace {

struct fixture {
  kept_worker make(const std::string& fault, caf::timespan limit = 20s) {
    worker_rules rules;
    rules.start.program = worker_program();
    auto folder = std::filesystem::path{rules.start.program}.parent_path();
    rules.start.library = (folder / "libfaulty_function.so").string();
    rules.start.options = fault;
    rules.start.memory = 300 << 20;
    rules.start.start_limit = 20s;
    rules.limit = limit;
    rules.intensity = 2;
    rules.period = 30s;
    return {rules, [this] { return now; }};
  }

  /// What became of frames 0 to n - 1: what each saw, or the code of its error.
  /// The fault is committed at frames 2, 5, 8, ...
  std::vector<std::string> show(kept_worker& uut, uint64_t n,
                                uint64_t first = 0, int width = 64) {
    std::vector<picture_of_grey> pictures;
    for (uint64_t i = first; i < first + n; ++i)
      pictures.emplace_back(i, uint8_t(100 + i), width, width * 9 / 16);
    std::vector<vpaas_frame> frames;
    for (auto& x : pictures)
      frames.push_back(x.view());
    std::vector<std::string> result;
    for (auto& x : uut.apply(frames)) {
      auto text = x ? x->objects.at(0).label : describe(x.error());
      result.push_back(text.substr(0, text.find(':')));
    }
    return result;
  }

  caf::timespan now{0};
};

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(kept_worker_tests, fixture)

BOOST_AUTO_TEST_CASE(frames_are_answered_in_order) {
  auto uut = make("");
  BOOST_TEST(show(uut, 7)
               == (texts{"100", "101", "102", "103", "104", "105", "106"}),
             tt::per_element());
  BOOST_TEST(uut.counters().answered == 7u);
  BOOST_TEST(uut.counters().starts == 1u);
}

BOOST_AUTO_TEST_CASE(a_crash_costs_its_frame_and_those_behind_it_go_on) {
  auto uut = make("abort");
  BOOST_TEST(show(uut, 5) == (texts{"100", "101", "io", "103", "104"}),
             tt::per_element());
  BOOST_TEST(uut.counters().crashed == 1u);
  BOOST_TEST(uut.counters().starts == 2u);
  BOOST_TEST(uut.counters().last_problem.find("Aborted") != std::string::npos);
}

// Large frames: it ends while the next one is being copied, with answers that
// nobody has read.
BOOST_AUTO_TEST_CASE(a_crash_costs_no_frame_that_was_answered) {
  for (int i = 0; i < 5; ++i) {
    auto uut = make("abort");
    BOOST_TEST(show(uut, 5, 0, 3840)
                 == (texts{"100", "101", "io", "103", "104"}),
               tt::per_element());
    BOOST_TEST(uut.counters().starts == 2u);
  }
}

BOOST_AUTO_TEST_CASE(a_hang_costs_its_frame_and_its_limit) {
  auto uut = make("hang", 500ms);
  BOOST_TEST(show(uut, 4) == (texts{"100", "101", "deadline", "103"}),
             tt::per_element());
  BOOST_TEST(uut.counters().late == 1u);
  BOOST_TEST(uut.counters().starts == 2u);
}

BOOST_AUTO_TEST_CASE(a_leak_costs_its_frame_and_a_restart) {
  if (!test::limits_can_be_survived) {
    BOOST_TEST_MESSAGE("not under a sanitizer");
    return;
  }
  auto uut = make("leak");
  BOOST_TEST(show(uut, 4) == (texts{"100", "101", "inference", "103"}),
             tt::per_element());
  BOOST_TEST(uut.counters().out_of_memory == 1u);
  BOOST_TEST(uut.counters().starts == 2u);
}

BOOST_AUTO_TEST_CASE(what_throws_or_is_wrong_costs_no_restart) {
  for (auto fault : {"throw", "throw 7", "kind", "box"}) {
    auto uut = make(fault);
    BOOST_TEST(show(uut, 4) == (texts{"100", "101", "inference", "103"}),
               tt::per_element());
    BOOST_TEST(uut.counters().failed == 1u);
    BOOST_TEST(uut.counters().starts == 1u);
  }
}

// Two ends in 30 s are borne, the third is not: frames 2, 5 and 8.
BOOST_AUTO_TEST_CASE(who_ends_too_often_is_left_alone_for_a_while) {
  auto uut = make("abort");
  BOOST_TEST(show(uut, 11)
               == (texts{"100", "101", "io", "103", "104", "io", "106", "107",
                         "io", "io", "io"}),
             tt::per_element());
  BOOST_TEST(uut.counters().crashed == 3u);
  BOOST_TEST(uut.counters().refused == 2u);
  BOOST_TEST(uut.counters().starts == 3u);
  now += 31s;
  BOOST_TEST(show(uut, 2, 12) == (texts{"112", "113"}), tt::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_made_is_tried_within_its_intensity) {
  auto uut = make("make");
  BOOST_TEST(show(uut, 5)
               == (texts{"bad_config", "bad_config", "bad_config", "io", "io"}),
             tt::per_element());
  BOOST_TEST(uut.counters().starts == 3u);
  BOOST_TEST(uut.counters().refused == 2u);
}

BOOST_AUTO_TEST_CASE(rules_are_checked) {
  worker_rules x;
  BOOST_TEST((x.validate() == ec::bad_config)); // no library
  x.start.library = "x.so";
  BOOST_TEST(!x.validate());
  x.limit = 0s;
  BOOST_TEST((x.validate() == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
