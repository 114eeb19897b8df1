#include "../../bench/explained_drops.hpp"

#include "../../bench/keyframe_audit.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas::bench;
using nlohmann::json;

namespace {

fault_wishes half_an_hour(uint64_t seed) {
  fault_wishes result;
  result.seed = seed;
  result.seconds = 1800;
  result.kinds = {fault::actor, fault::kill_fog, fault::drop, fault::throttle};
  result.actors = {"fog/results", "cloud/detectors", "fog/streams/x/decoder"};
  return result;
}

json status(uint64_t received, uint64_t answered, uint64_t dropped = 0,
            uint64_t recovered = 0) {
  return {{"received", received},
          {"answered", answered},
          {"in_flight", received - answered - dropped},
          {"recovered", recovered},
          {"dropped", {{"deadline", dropped}}}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(fault_plan_tests)

BOOST_AUTO_TEST_CASE(a_seed_names_one_plan) {
  auto x = plan_faults(half_an_hour(7));
  auto y = plan_faults(half_an_hour(7));
  auto z = plan_faults(half_an_hour(8));
  auto same = [](const planned_fault& a, const planned_fault& b) {
    return a.at == b.at && a.hold == b.hold && a.kind == b.kind
           && a.target == b.target && a.mbit == b.mbit;
  };
  BOOST_TEST(x.size() > 60u);
  BOOST_TEST(std::equal(x.begin(), x.end(), y.begin(), y.end(), same));
  BOOST_TEST(!std::equal(x.begin(), x.end(), z.begin(), z.end(), same));
}

BOOST_AUTO_TEST_CASE(faults_end_and_leave_a_pause_before_the_next) {
  auto want = half_an_hour(3);
  auto xs = plan_faults(want);
  BOOST_TEST(xs.front().at == want.warm_up);
  BOOST_TEST(xs.back().at + xs.back().hold < want.seconds);
  for (size_t i = 1; i < xs.size(); ++i) {
    auto pause = xs[i].at - xs[i - 1].at - xs[i - 1].hold;
    BOOST_TEST(pause >= want.pause_least - 1e-9);
    BOOST_TEST(pause < want.pause_most + 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(each_round_holds_each_kind_and_actors_twice) {
  auto xs = plan_faults(half_an_hour(5));
  BOOST_REQUIRE(xs.size() >= 10u);
  for (size_t round = 0; round < 2; ++round) {
    std::map<fault, int> kinds;
    for (size_t i = 0; i < 5; ++i)
      ++kinds[xs[5 * round + i].kind];
    BOOST_TEST(kinds.size() == 4u);
    BOOST_TEST(kinds[fault::actor] == 2);
  }
}

BOOST_AUTO_TEST_CASE(an_account_adds_lives_and_knows_what_it_cannot_know) {
  stream_account uut{3};
  uut.sample(10, "a", status(20, 18, 1));
  uut.dies(11);
  // One that was in flight is accepted by the life before.
  uut.sample(14, "b", status(6, 6, 0, 1));
  BOOST_TEST(uut.lives() == 2u);
  BOOST_TEST(uut.uncertain() == 4u); // one second at three a second, and one
  BOOST_TEST(uut.missing(24) == 0);  // 20 + 6 - 1 recovered - 1 dropped
  BOOST_TEST(uut.missing(22) == 2);
  BOOST_TEST(uut.broken() == 0u);
}

BOOST_AUTO_TEST_CASE(a_status_that_does_not_add_up_is_counted) {
  stream_account uut{3};
  auto x = status(5, 4);
  x["in_flight"] = 0;
  uut.sample(1, "a", x);
  BOOST_TEST(uut.broken() == 1u);
}

BOOST_AUTO_TEST_CASE(a_picture_is_known_by_its_capture) {
  BOOST_TEST(doubles({{0, 100}, {5, 200}, {10, 100}}) == 1u);
  BOOST_TEST(reused_numbers({{0, 100}, {0, 100}, {5, 200}, {5, 300}}) == 1u);
  BOOST_TEST(gaps({{5, 100}, {20, 200}, {10, 300}}, 5) == 1u);
}

// What is on disk is answered in the end: a cloud that is away costs nothing.
BOOST_AUTO_TEST_CASE(only_a_spool_that_fails_may_cost_keyframes) {
  auto met = [](fault kind, const char* target = "") {
    planned_fault result;
    result.kind = kind;
    result.target = target;
    return std::vector<planned_fault>{result};
  };
  for (auto kind : {fault::kill_cloud, fault::kill_fog, fault::freeze_fog,
                    fault::drop, fault::hang_cloud, fault::lock_ledger})
    for (auto* reason : {"cloud_down", "spool", "undecodable", "unpublished"})
      BOOST_TEST(!may_drop(reason, met(kind)), vpaas::to_string(kind)
                                                 << reason);
  BOOST_TEST(may_drop("spool", met(fault::fill_disk)));
  BOOST_TEST(may_drop("deadline", met(fault::lose_spool)));
  BOOST_TEST(may_drop("backup", met(fault::actor, "fog/chunk_spool")));
  BOOST_TEST(!may_drop("unpublished", met(fault::lose_spool)));
  BOOST_TEST(may_drop("unpublished", met(fault::no_stores)));
  BOOST_TEST(!may_drop("undecodable", met(fault::fill_disk)));
  auto both = met(fault::fill_disk);
  both.push_back(met(fault::actor, "fog/streams/x/decoder").front());
  BOOST_TEST(may_drop("undecodable", both));
  BOOST_TEST(!may_drop("damaged", both)); // nothing is left half-written
  BOOST_TEST(unexplained_drops({{"spool", 3}, {"damaged", 2}}, both) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
