#include "runtime/nn/network_shelf.hpp"

#include "support/expect.hpp"
#include "support/temp_dir.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <thread>

using namespace vpaas;
using namespace vpaas::test;

namespace {

struct fixture : temp_dir {
  network_shelf uut;
  located_model model;

  fixture() {
    model.paths["config"] = write("net.cfg", tiny_darknet());
    model.paths["weights"] = write("net.weights", tiny_weights(.01f));
    auto& card = model.card;
    card.name = "tiny";
    card.built_as = architecture::darknet;
    card.input.width = card.input.height = 32;
  }

  network_ptr load(load_options options = {}) {
    auto result = uut.load(model, options);
    BOOST_TEST_REQUIRE(why(result) == "");
    return std::move(*result);
  }
};

input_batch page() {
  input_batch result;
  result.resize(1, 32, 32);
  std::fill(result.values.begin(), result.values.end(), .5f);
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(network_shelf_tests, fixture)

BOOST_AUTO_TEST_CASE(the_same_network_is_loaded_once) {
  auto one = load(), two = load();
  BOOST_TEST(uut.size() == 1u);
  BOOST_TEST(one->heads().size() == two->heads().size());
  auto a = one->run(page()), b = two->run(page());
  BOOST_TEST_REQUIRE(why(a) == "");
  BOOST_TEST_REQUIRE(why(b) == "");
  BOOST_TEST(a->front().size() == b->front().size());
  BOOST_TEST(a->front().data[0] == b->front().data[0]);
}

BOOST_AUTO_TEST_CASE(other_options_or_files_are_another_network) {
  load_options options;
  options.threads = 2;
  auto one = load(), two = load(options);
  BOOST_TEST(uut.size() == 2u);
  model.paths["weights"] = write("other.weights", tiny_weights(.02f));
  auto three = load();
  BOOST_TEST(uut.size() == 3u);
}

BOOST_AUTO_TEST_CASE(it_goes_with_the_last_who_holds_it) {
  auto one = load();
  { auto two = load(); }
  BOOST_TEST(uut.size() == 1u);
  one.reset();
  BOOST_TEST(uut.size() == 0u);
  load();
  BOOST_TEST(uut.size() == 0u);
}

BOOST_AUTO_TEST_CASE(many_may_run_it_at_once) {
  std::vector<std::thread> users;
  std::vector<float> seen(4);
  for (auto& x : seen)
    users.emplace_back([this, &x] {
      auto net = uut.load(model, {});
      for (int i = 0; net && i < 20; ++i)
        if (auto out = (*net)->run(page()))
          x = out->front().data[0];
    });
  for (auto& x : users)
    x.join();
  for (auto x : seen)
    BOOST_TEST(x == seen[0]);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_loaded_is_said_each_time) {
  model.paths["weights"] = path("none.weights");
  BOOST_TEST(why(uut.load(model, {})) != "");
  BOOST_TEST(why(uut.load(model, {})) != "");
  BOOST_TEST(uut.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
