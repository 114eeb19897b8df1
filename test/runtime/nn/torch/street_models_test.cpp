// The models that ship with the code, on the scenes that they were made for:
// frames drawn here from a seed that they were not trained on.

#include "runtime/learning/head_rows.hpp"
#include "runtime/nn/backbone.hpp"
#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/heads.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/vision/iou.hpp"
#include "runtime/vision/street.hpp"
#include "support/pictures.hpp"

#include <boost/test/unit_test.hpp>

#include <opencv2/imgproc.hpp>

#include <algorithm>

using namespace vpaas;

namespace {

struct fixture {
  zoo models = default_zoo();
  street_config config;
  std::vector<frame_truth> truths;
  std::vector<cv::Mat> pictures;

  fixture() {
    config.seed = 9;
    street scene{config};
    for (uint64_t n = 0; n < 4; ++n) {
      auto w = config.width, h = config.height;
      std::vector<uint8_t> yuv(size_t(w) * size_t(h) * 3 / 2);
      auto luma = size_t(w) * size_t(h);
      scene.draw(n * 150, {yuv.data(), yuv.data() + luma,
                           yuv.data() + luma * 5 / 4, w, w / 2});
      cv::Mat bgr;
      cv::cvtColor(cv::Mat(h * 3 / 2, w, CV_8UC1, yuv.data()), bgr,
                   cv::COLOR_YUV2BGR_I420);
      pictures.push_back(bgr);
      truths.push_back(scene.truth(n * 150));
    }
  }

  /// Share of the objects that are found, one box an object.
  double recall(const char* name, float score, bool by_name) {
    auto model = models.locate(name);
    BOOST_REQUIRE(model);
    auto uut = detection_model::load(*model, {});
    BOOST_REQUIRE(uut);
    auto names = street::labels();
    size_t right = 0, all = 0;
    for (size_t i = 0; i < pictures.size(); ++i) {
      auto found
        = uut->detect(batch_of(test::view(pictures[i]), model->card.input));
      BOOST_REQUIRE(found);
      for (auto& x : truths[i].objects) {
        ++all;
        right += std::any_of(
          (*found)[0].begin(), (*found)[0].end(), [&](const detection& y) {
            return y.score >= score && iou(x.where, y.where) >= .5f
                   && (!by_name
                       || model->card.labels[size_t(y.label)]
                            == names[size_t(x.label)]);
          });
      }
    }
    return double(right) / double(all);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(street_models_tests, fixture)

BOOST_AUTO_TEST_CASE(the_cloud_detector_finds_and_names_what_is_in_a_street) {
  BOOST_TEST(recall("street-detector", .1f, false) > .93);
  BOOST_TEST(recall("street-detector", .5f, true) > .8);
}

BOOST_AUTO_TEST_CASE(the_backup_detector_finds_most_of_it) {
  BOOST_TEST(recall("street-backup", .1f, false) > .85);
}

BOOST_AUTO_TEST_CASE(heads_name_crops_by_the_features_of_the_backbone) {
  auto model = models.locate("street-backbone");
  BOOST_REQUIRE(model);
  auto uut = backbone::load(*model, {});
  BOOST_REQUIRE(uut);
  auto heads = read_heads(models, "street-heads");
  BOOST_REQUIRE(heads);
  BOOST_REQUIRE(!heads->validate());
  auto names = street::labels();
  size_t right = 0, all = 0;
  for (size_t i = 0; i < pictures.size(); ++i)
    for (auto& x : truths[i].objects) {
      auto& from = pictures[i];
      auto x0 = int(x.where.x0 * float(from.cols));
      auto y0 = int(x.where.y0 * float(from.rows));
      cv::Mat crop = from(cv::Range(y0, int(x.where.y1 * float(from.rows))),
                          cv::Range(x0, int(x.where.x1 * float(from.cols))));
      auto found = uut->run(batch_of(test::view(crop), model->card.input));
      BOOST_REQUIRE(found);
      auto rows = head_rows(*heads, found->features, {});
      auto named = heads->name(rows.data());
      ++all;
      right += named.label >= 0
               && heads->classes[size_t(named.label)] == names[size_t(x.label)];
    }
  BOOST_TEST(double(right) > .93 * double(all), right << " of " << all);
}

BOOST_AUTO_TEST_SUITE_END()
