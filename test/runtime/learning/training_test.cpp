#include "runtime/learning/training.hpp"

#include "support/toy_crops.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

const std::vector<std::string> all{"car", "van", ""};

struct fixture {
  test::toy_crops world{41, 24, 1.2f};
  one_vs_all first = learn(world.silent_heads({"car", "van"}),
                           world.crops(all, 50));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(training_tests, fixture)

BOOST_AUTO_TEST_CASE(the_first_label_counts_at_once) {
  training uut{first, first};
  training_config cfg;
  cfg.choice.hold_out = 0;
  auto crop = world.crop("scooter");
  auto step = uut.teach({crop}, cfg);
  BOOST_TEST(step.verdict.passed);
  BOOST_TEST(step.learnt == 1u);
  BOOST_TEST(test::accuracy(uut.live(), {crop}) == 1);
  // Without it nothing of it is left.
  uut.teach({}, cfg);
  BOOST_TEST(same_heads(uut.live(), first));
}

BOOST_AUTO_TEST_CASE(heads_that_lose_are_not_live) {
  training uut{first, first};
  auto labels = world.crops(all, 40);
  uut.teach(labels);
  auto before = uut.live();
  auto unseen = world.crops(all, 50);
  auto good = test::accuracy(before, unseen);
  for (auto& x : world.crops(all, 60)) {
    labels.push_back(x);
    labels.back().label = "car";
  }
  BOOST_TEST(!uut.teach(labels).verdict.passed);
  BOOST_TEST(same_heads(uut.live(), before));
  BOOST_TEST(test::accuracy(uut.live(), unseen) == good);
}

BOOST_AUTO_TEST_SUITE_END()
