#include "runtime/nn/second_look.hpp"

#include "runtime/vision/iou.hpp"
#include "support/expect.hpp"
#include "support/grey.hpp"
#include "support/temp_dir.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// A detector of 32 x 32 pixels and no other size, which sees one thing in
/// every cell.
struct fixture : temp_dir {
  located_model model;

  fixture() {
    model.paths["config"] = write("net.cfg", tiny_darknet());
    model.paths["weights"] = write("net.weights", tiny_weights(.01f));
    auto& card = model.card;
    card.name = "tiny";
    card.built_as = architecture::darknet;
    card.input.width = card.input.height = 32;
    card.output.decoder = output_decoder::yolo;
    card.output.classes = 1;
    card.labels = {"thing"};
  }

  static second_look_config config() {
    second_look_config result;
    result.width = result.height = 128;
    result.rule = {.01f, .01f, .5f};
    return result;
  }

  static region at(float x, float y) {
    return {{x, y, x + .1f, y + .1f}, .3f, 0, .3f};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(second_look_tests, fixture)

BOOST_AUTO_TEST_CASE(a_detector_of_one_size_gets_pages_of_that) {
  auto uut = second_look::load(model, {}, config());
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  // Two pictures whose windows need a page each.
  std::vector<look_request> xs{
    {grey(128, 128, 90, 1), {at(.1f, .1f), at(.7f, .7f)}, {}},
    {grey(128, 128, 50, 2), {at(.4f, .4f)}, {}}};
  auto found = uut->look(xs);
  BOOST_REQUIRE_MESSAGE(found, why(found));
  BOOST_REQUIRE(found->size() == 2u);
  BOOST_TEST_REQUIRE((*found)[0].size() >= 2u);
  BOOST_TEST_REQUIRE((*found)[1].size() >= 1u);
  for (size_t i = 0; i < xs.size(); ++i)
    for (size_t k = 0; k < xs[i].regions.size(); ++k) {
      auto& x = (*found)[i][k];
      BOOST_TEST(x.looked);
      BOOST_TEST(x.label == 0);
      // What was found lies where the region does, in its own picture.
      auto& wanted = xs[i].regions[k].where;
      BOOST_TEST(x.where.x0 < wanted.x1);
      BOOST_TEST(x.where.x1 > wanted.x0);
      BOOST_TEST(x.where.y0 < wanted.y1);
      BOOST_TEST(x.where.y1 > wanted.y0);
    }
}

BOOST_AUTO_TEST_CASE(what_else_a_window_shows_whole_is_named_too) {
  auto opinions = [&](int border) {
    auto how = config();
    how.border = border;
    auto uut = second_look::load(model, {}, how);
    BOOST_REQUIRE_MESSAGE(uut, why(uut));
    auto found = uut->look({{grey(128, 128, 90, 1), {at(.4f, .4f)}, {}}});
    BOOST_REQUIRE_MESSAGE(found, why(found));
    return found->front();
  };
  BOOST_TEST(opinions(200).size() == 1u); // nothing is so far from a border
  auto all = opinions(-200);              // nothing is cut
  BOOST_TEST_REQUIRE(all.size() > 1u);
  BOOST_TEST(all[1].looked);
  for (auto& x : all)
    for (auto& y : all) // each once
      BOOST_TEST((&x == &y || x.label < 0 || y.label < 0
                  || iou(x.where, y.where) < .5f));
}

BOOST_AUTO_TEST_CASE(what_does_not_matter_is_not_looked_at) {
  auto how = config();
  how.labels = {"other"};
  auto uut = second_look::load(model, {}, how);
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  std::vector<look_request> xs{
    {grey(128, 128, 90, 1), {at(.1f, .1f)}, {}, {"thing"}},
    {grey(128, 128, 90, 2), {at(.1f, .1f)}, {}, {"other"}}};
  auto found = uut->look(xs);
  BOOST_REQUIRE_MESSAGE(found, why(found));
  BOOST_TEST(!(*found)[0][0].looked);
  BOOST_TEST((*found)[1][0].looked);
  BOOST_TEST((*found)[1][0].label == -1); // it sees things only
}

BOOST_AUTO_TEST_CASE(without_a_budget_nothing_is_looked_at) {
  auto uut = second_look::load(model, {}, config());
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  auto found = uut->look({{grey(128, 128, 90, 1), {at(.1f, .1f)}, {}, {}, 0}});
  BOOST_REQUIRE_MESSAGE(found, why(found));
  BOOST_TEST(!(*found)[0][0].looked);
  BOOST_TEST((*found)[0][0].label == -1);
}

BOOST_AUTO_TEST_SUITE_END()
