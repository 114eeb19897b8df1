// What the networks of ../shared say about frames of ../shared/videos. The
// expected values were printed by test/support/expected_detections.py, which
// decodes in plain PyTorch, and looked at as boxes on the frames. Skipped with
// a line where ../shared is missing.

#include "runtime/nn/backbone.hpp"
#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/zoo.hpp"
#include "support/compare.hpp"
#include "support/expect.hpp"
#include "support/pictures.hpp"

#include <boost/test/unit_test.hpp>

#include <opencv2/imgproc.hpp>

using namespace vpaas;

using test::why;

namespace {

struct fixture {
  zoo models = default_zoo();

  std::optional<located_model> find(const char* name) {
    auto result = models.locate(name);
    if (result)
      return *result;
    BOOST_TEST_MESSAGE("skipped: " << why(result));
    return {};
  }

  void check(const char* name, const char* clip, float tolerance,
             const std::vector<detection>& wanted) {
    auto model = find(name);
    auto frame = test::clip_frame(clip, 30);
    if (!model || !frame)
      return;
    auto uut = detection_model::load(*model, {});
    BOOST_REQUIRE_MESSAGE(uut, why(uut));
    auto found = uut->detect(batch_of(test::view(*frame), model->card.input));
    BOOST_REQUIRE_MESSAGE(found, why(found));
    BOOST_TEST(test::missing(wanted, (*found)[0], tolerance) == 0u);
    // The list ends where the sixth best does: nothing else is above it.
    BOOST_TEST(test::above((*found)[0], wanted.back().score + tolerance).size()
               < wanted.size());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(frames_tests, fixture)

BOOST_AUTO_TEST_CASE(nanodet_finds_people_and_cars) {
  check("nanodet-plus-m", "people-walking-swdee.mp4", 1e-3f,
        {{{0.8381f, 0.3734f, 0.9304f, 0.8498f}, 0, 0.7997f, 0},
         {{0.5012f, 0.4719f, 0.5464f, 0.6677f}, 0, 0.7105f, 0},
         {{0.7698f, 0.3598f, 0.8545f, 0.8128f}, 0, 0.7057f, 0},
         {{0.9214f, 0.4065f, 0.9716f, 0.7401f}, 0, 0.7042f, 0},
         {{0.5698f, 0.2679f, 0.7123f, 0.9091f}, 0, 0.6980f, 0},
         {{0.2515f, 0.4987f, 0.2886f, 0.6814f}, 0, 0.6723f, 0}});
  check("nanodet-plus-m", "cars-swdee.mp4", 1e-3f,
        {{{0.4597f, 0.6966f, 0.6393f, 0.9591f}, 2, 0.7546f, 0},
         {{0.3850f, 0.4694f, 0.5354f, 0.6824f}, 2, 0.7445f, 0},
         {{0.7081f, 0.5458f, 0.8801f, 0.7875f}, 2, 0.7325f, 0},
         {{0.2809f, 0.2930f, 0.3965f, 0.4638f}, 2, 0.6410f, 0},
         {{0.1630f, 0.2503f, 0.2314f, 0.3346f}, 2, 0.6390f, 0},
         {{0.3428f, 0.3825f, 0.4611f, 0.5688f}, 2, 0.6339f, 0}});
}

// The reference resizes in float, we in 8 bits: hence the wider tolerance.
BOOST_AUTO_TEST_CASE(crossroad_finds_people_and_vehicles) {
  check("crossroad-0078", "people-walking-swdee.mp4", 5e-3f,
        {{{0.5026f, 0.4715f, 0.5460f, 0.6674f}, 0, 0.9974f, 0},
         {{0.5800f, 0.2199f, 0.7262f, 0.9333f}, 0, 0.9758f, 0},
         {{0.3066f, 0.2463f, 0.4903f, 1.0000f}, 0, 0.9691f, 0},
         {{0.2532f, 0.4921f, 0.2906f, 0.6854f}, 0, 0.9650f, 0},
         {{0.8407f, 0.3673f, 0.9320f, 0.8466f}, 0, 0.9511f, 0}});
  check("crossroad-0078", "cars-swdee.mp4", 5e-3f,
        {{{0.7074f, 0.5464f, 0.8767f, 0.7808f}, 1, 1.0000f, 0},
         {{0.4670f, 0.6856f, 0.6377f, 0.9557f}, 1, 1.0000f, 0},
         {{0.5212f, 0.3050f, 0.6437f, 0.4893f}, 1, 0.9999f, 0},
         {{0.3838f, 0.4632f, 0.5351f, 0.6771f}, 1, 0.9907f, 0}});
}

BOOST_AUTO_TEST_CASE(a_batch_finds_what_single_frames_do) {
  auto model = find("crossroad-0078"); // one image a call inside
  auto first = test::clip_frame("cars-swdee.mp4", 0);
  auto second = test::clip_frame("people-walking-swdee.mp4", 0);
  if (!model || !first || !second)
    return;
  auto uut = detection_model::load(*model, {});
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  input_batch batch;
  batch.resize(2, 1024, 1024);
  write_image(test::view(*first), model->card.input, batch, 0);
  write_image(test::view(*second), model->card.input, batch, 1);
  auto both = uut->detect(batch);
  BOOST_REQUIRE_MESSAGE(both, why(both));
  for (auto* frame : {&*first, &*second}) {
    auto alone = uut->detect(batch_of(test::view(*frame), model->card.input));
    BOOST_REQUIRE_MESSAGE(alone, why(alone));
    auto i = frame == &*first ? 0u : 1u;
    BOOST_TEST((*alone)[0].size() == (*both)[i].size());
    BOOST_TEST(test::missing((*alone)[0], (*both)[i], 1e-4f) == 0u);
  }
}

BOOST_AUTO_TEST_CASE(mobilenet_names_a_van) {
  auto model = find("mobilenet_v2");
  auto frame = test::clip_frame("traffic-eagleshot.mp4", 30);
  if (!model || !frame)
    return;
  auto uut = backbone::load(*model, {});
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  cv::Mat van = (*frame)(cv::Rect(1320, 940, 220, 140)); // as NanoDet found it
  auto answer = uut->run(batch_of(test::view(van), model->card.input));
  BOOST_REQUIRE_MESSAGE(answer, why(answer));
  BOOST_TEST(answer->dimensions == 1280u);
  auto best = std::max_element(answer->probabilities.begin(),
                               answer->probabilities.end());
  auto name = model->card.labels[size_t(best - answer->probabilities.begin())];
  BOOST_TEST(name == "minivan");
  BOOST_TEST(*best > .6f);
}

// Shrunk by 2 and enlarged again, the network's picture has to be closer to the
// original than the bicubic one: by 1.7 dB when this was written.
BOOST_AUTO_TEST_CASE(carn_is_closer_to_the_original_than_bicubic) {
  auto model = find("carn_m");
  auto frame = test::clip_frame("cars-swdee.mp4", 30);
  if (!model || !frame)
    return;
  cv::Mat original, small, bicubic, ours;
  cv::resize(*frame, original, {640, 352}, 0, 0, cv::INTER_AREA);
  cv::resize(original, small, {320, 176}, 0, 0, cv::INTER_AREA);
  model->card.input.width = 320;
  model->card.input.height = 176;
  auto uut = load_network(*model, {});
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  auto answer = (*uut)->run(batch_of(test::view(small), model->card.input));
  BOOST_REQUIRE_MESSAGE(answer, why(answer));
  BOOST_TEST((*answer)[0].shape == (std::vector<int64_t>{1, 352, 640, 3}),
             boost::test_tools::per_element());
  cv::Mat rgb(352, 640, CV_32FC3, const_cast<float*>((*answer)[0].data));
  rgb.convertTo(ours, CV_8UC3, 255);
  cv::cvtColor(ours, ours, cv::COLOR_RGB2BGR);
  cv::resize(small, bicubic, original.size(), 0, 0, cv::INTER_CUBIC);
  BOOST_TEST(cv::PSNR(ours, original) > cv::PSNR(bicubic, original) + 1.5);
}

BOOST_AUTO_TEST_SUITE_END()
