#include "runtime/evaluation/light_desk.hpp"

#include "runtime/learning/head_lessons.hpp"
#include "runtime/nn/heads.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/vision/street.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace vpaas;

namespace {

/// A camera at the synthetic street, and the models that ship.
struct fixture {
  crop_embedder backbone = test::value_of(crop_embedder::load(
    test::value_of(default_zoo().locate("street-backbone")), {}));
  one_vs_all heads = test::value_of(read_heads(default_zoo(), "street-heads"));
  std::vector<float> gains; ///< that were told
  light_desk uut{[this](const std::string&, float x) { gains.push_back(x); }};
  size_t crops = 0, right = 0; ///< of the last look

  static frame draw(const street& scene, uint64_t number) {
    auto w = scene.config().width, h = scene.config().height;
    std::vector<uint8_t> y(size_t(w) * size_t(h)), u(y.size() / 4),
      v(y.size() / 4);
    scene.draw(number, {y.data(), u.data(), v.data(), w, w / 2});
    return test::value_of(frame::copy({plane{y.data(), w, w, h},
                                       plane{u.data(), w / 2, w / 2, h / 2},
                                       plane{v.data(), w / 2, w / 2, h / 2}},
                                      {}));
  }

  /// Names what a street shows at these seconds.
  void look(const street_config& cfg, int first, int last) {
    street scene{cfg};
    auto names = street::labels();
    crops = right = 0;
    for (int k = first; k < last; ++k) {
      auto number = uint64_t(k) * uint64_t(cfg.fps);
      camera_crops in{"gate", draw(scene, number), {}};
      auto truth = scene.truth(number).objects;
      for (auto& x : truth) {
        in.places.emplace_back();
        in.places.back().place.where = x.where;
        in.places.back().place.hint = -1;
      }
      auto features = test::value_of(uut.embed(backbone, {in}, heads));
      auto rows = head_rows(heads, features, in.places);
      for (size_t i = 0; i < truth.size(); ++i) {
        auto label = heads.name(rows.data() + i * heads.width()).label;
        ++crops;
        right += label >= 0
                 && heads.classes[size_t(label)]
                      == names[size_t(truth[i].label)];
      }
    }
  }

  double accuracy() const {
    return double(right) / double(crops);
  }
};

street_config street_of(uint64_t seed, double light, double density = 1) {
  street_config result;
  result.seed = seed;
  result.light = light;
  result.density = density;
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(light_desk_tests, fixture)

BOOST_AUTO_TEST_CASE(what_dusk_costs_comes_back_without_a_label) {
  look(street_of(3, 1), 0, 8);
  auto before = accuracy();
  BOOST_TEST(gains.empty());
  look(street_of(3, .6), 8, 11); // a lorry, perhaps
  auto fell = accuracy();
  look(street_of(3, .6), 11, 19);
  BOOST_REQUIRE(gains.size() == 1u);
  BOOST_TEST(gains[0] > 1.4f);
  BOOST_TEST(gains[0] < 2.f);
  look(street_of(3, .6), 19, 27);
  BOOST_TEST(before > .95);
  BOOST_TEST(fell < .9);
  BOOST_TEST(accuracy() > before - .2 * (before - fell));
}

BOOST_AUTO_TEST_CASE(more_or_less_traffic_is_no_other_light) {
  look(street_of(2, 1, .3), 0, 8);
  look(street_of(2, 1, 3), 8, 16);
  look(street_of(2, 1, .3), 16, 24);
  BOOST_TEST(gains.empty());
}

BOOST_AUTO_TEST_CASE(features_are_those_of_the_embedder_in_the_usual_light) {
  camera_crops in{"gate", draw(street{street_of(1, 1)}, 0), {{}, {}}};
  in.places[0].place.where = {.2f, .5f, .3f, .7f};
  in.places[1].place.where = {.6f, .5f, .7f, .7f};
  frame_crops plain{in.picture, {}};
  for (auto& x : in.places)
    plain.where.push_back(x.place.where);
  BOOST_TEST((test::value_of(uut.embed(backbone, {in, in}, heads))
              == test::value_of(backbone.embed({plain, plain}))));
}

BOOST_AUTO_TEST_SUITE_END()
