#include "actors/functions/classifier.hpp"

#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

struct fixture : test::test_system {
  int backbones = 0; ///< loads
  size_t dimensions = 2;
  bool with_places = true; ///< regions come with what the detector said

  /// Lets what still waits run while the members above are there.
  ~fixture() {
    advance(1s);
  }

  /// The backbone sees one crop more than the number of an item; the features
  /// of even crops point along the first axis, of odd ones along the second.
  function_actor spawn() {
    classifier_world world;
    world.crops = [](const item& x) { return size_t(x.seq + 1); };
    world.heads = [](const std::string& name) -> caf::expected<one_vs_all> {
      if (name == "bad")
        return one_vs_all{head_kind::logistic, 2, {"a"}, {}, {}};
      if (name == "clues") { // says yes to what the detector called "a"
        one_vs_all x{head_kind::relu, 2, {"a"}, {0, 1, 0, 0, 0, 0, 0}, {.5f}};
        x.inputs = head_inputs::clues;
        return x;
      }
      if (name == "late") // only knows the second axis
        return one_vs_all{head_kind::relu, 2, {"b"}, {0, 1, 0}, {.5f}};
      return one_vs_all{
        head_kind::relu, 2, {"a", "b"}, {1, 0, 0, 0, .3f, 0}, {.5f, .5f}};
    };
    world.load
      = [this](const document& x) -> caf::expected<classifier_world::loaded> {
      ++backbones;
      return classifier_world::loaded{
        x.get<std::string>("model"),
        [this](const std::vector<item>& xs,
               const one_vs_all&) -> caf::expected<classifier_world::features> {
          classifier_world::features result;
          result.dimensions = dimensions;
          for (auto& y : xs) {
            result.crops.push_back(size_t(y.seq + 1));
            for (uint64_t i = 0; i <= y.seq; ++i) {
              std::vector<float> row(dimensions, 0.f);
              row[i % 2] = 5;
              if (with_places)
                result.places.push_back({{}, i % 2 == 0 ? "b" : "a"});
              result.values.insert(result.values.end(), row.begin(), row.end());
            }
          }
          return result;
        }};
    };
    auto parameters = check(classifier_spec().parameters, json::object(),
                            "classifier");
    BOOST_REQUIRE(parameters);
    return sys.spawn(batched_function, classifier(*parameters, world));
  }

  caf::expected<namings> name(const function_actor& uut, uint64_t crops) {
    auto reply = self->request(uut, caf::infinite, apply_atom_v,
                               item{"regions", "s", crops - 1, {}});
    run();
    advance(20ms);
    caf::expected<namings> result{caf::sec::runtime_error};
    reply.receive([&](const item& x) { result = *x.value.get<namings>(); },
                  [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  caf::error configure(const function_actor& uut, json changes) {
    auto reply = self->request(uut, caf::infinite, configure_atom_v,
                               document{std::move(changes)});
    run();
    caf::error result;
    reply.receive([](const document&) {},
                  [&](caf::error& x) { result = std::move(x); });
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(classifier_tests, fixture)

BOOST_AUTO_TEST_CASE(regions_are_named_in_their_order) {
  auto x = name(spawn(), 3);
  BOOST_REQUIRE(x);
  BOOST_REQUIRE(x->regions.size() == 3u);
  BOOST_TEST(x->regions[0].label == 0);
  BOOST_TEST(x->regions[1].label == -1); // 0.3 is below its threshold
  BOOST_TEST(x->regions[2].label == 0);
  BOOST_TEST(x->features.empty());
}

BOOST_AUTO_TEST_CASE(heads_change_without_loading_the_backbone_again) {
  auto uut = spawn();
  BOOST_TEST(!configure(uut, {{"heads", "late"}}));
  auto x = name(uut, 2);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->regions[0].label == -1);
  BOOST_TEST(x->regions[1].label == 0);
  BOOST_TEST(x->model == "mobilenet_v2/late");
  BOOST_TEST(backbones == 1);
  BOOST_TEST(!configure(uut, {{"threads", 2}}));
  BOOST_TEST(backbones == 2);
}

BOOST_AUTO_TEST_CASE(heads_may_look_at_what_the_detector_said) {
  auto uut = spawn();
  BOOST_TEST(!configure(uut, {{"heads", "clues"}}));
  auto x = name(uut, 2);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->regions[0].label == -1);
  BOOST_TEST(x->regions[1].label == 0);
  with_places = false;
  x = name(uut, 2);
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::inference));
}

BOOST_AUTO_TEST_CASE(heads_that_do_not_fit_are_refused) {
  auto uut = spawn();
  BOOST_TEST((configure(uut, {{"heads", "bad"}}) == ec::bad_input));
  dimensions = 3;
  auto x = name(uut, 1);
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::inference));
}

BOOST_AUTO_TEST_CASE(features_travel_where_they_are_asked_for) {
  auto uut = spawn();
  BOOST_TEST(!configure(uut, {{"features", true}}));
  auto x = name(uut, 2);
  BOOST_REQUIRE(x);
  BOOST_REQUIRE(x->features.size() == 6 * sizeof(float));
  float rows[6];
  std::memcpy(rows, x->features.data(), sizeof rows);
  BOOST_TEST(rows[0] == 1); // normalised, and the constant behind
  BOOST_TEST(rows[2] == 1);
  BOOST_TEST(rows[4] == 1);
}

BOOST_AUTO_TEST_CASE(some_streams_try_other_heads) {
  auto uut = spawn();
  BOOST_TEST(!configure(uut, {{"trial", "late"}, {"trial_streams", {"t"}}}));
  auto said = [&](const std::string& stream) {
    auto reply = self->request(uut, caf::infinite, apply_atom_v,
                               item{"regions", stream, 1, {}});
    run();
    advance(20ms);
    namings result;
    reply.receive([&](const item& x) { result = *x.value.get<namings>(); },
                  [](const caf::error&) { BOOST_ERROR("no answer"); });
    return result;
  };
  BOOST_TEST(said("s").model == "mobilenet_v2/");
  BOOST_TEST(said("s").regions[0].label == 0);
  auto tried = said("t");
  BOOST_TEST(tried.model == "mobilenet_v2/late");
  BOOST_TEST(tried.regions[0].label == -1);
  BOOST_TEST(tried.regions[1].label == 0);
  BOOST_TEST(tried.classes.size() == 1u);
  BOOST_TEST((configure(uut, {{"trial", "bad"}}) == ec::bad_input));
  BOOST_TEST(said("t").model == "mobilenet_v2/late");
  BOOST_TEST(!configure(uut, {{"trial", ""}}));
  BOOST_TEST(said("t").model == "mobilenet_v2/");
  BOOST_TEST(backbones == 1);
}

BOOST_AUTO_TEST_SUITE_END()
