// Our networks against OpenCV's reading of the same files. Skipped with a line
// where ../shared is missing.

#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/zoo.hpp"
#include "support/compare.hpp"
#include "support/expect.hpp"
#include "support/pictures.hpp"

#include <boost/test/unit_test.hpp>

#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>

using namespace vpaas;

using test::above;
using test::why;

namespace {

std::optional<located_model> shared_model(const char* name) {
  auto found = default_zoo().locate(name);
  if (found)
    return *found;
  BOOST_TEST_MESSAGE("skipped: " << why(found));
  return {};
}

load_options one_thread() {
  return {};
}

void check_darknet(const char* name, int size) {
  auto model = shared_model(name);
  if (!model)
    return;
  model->card.input.width = model->card.input.height = size;
  model->card.made_by = darknet_program::opencv; // like is compared with like
  auto theirs = *model;
  theirs.card.engine = model_engine::opencv;
  theirs.card.output.decoder = output_decoder::yolo_rows;
  auto ours = detection_model::load(*model, one_thread());
  BOOST_REQUIRE_MESSAGE(ours, why(ours));
  auto reference = detection_model::load(theirs, one_thread());
  BOOST_REQUIRE_MESSAGE(reference, why(reference));
  size_t all = 0;
  for (auto clip : {"traffic-eagleshot.mp4", "cars-swdee.mp4",
                    "dashcam-kb2.mp4", "people-walking-swdee.mp4"}) {
    auto frame = test::clip_frame(clip, 15);
    if (!frame) {
      BOOST_TEST_MESSAGE("skipped: no ../shared/videos");
      return;
    }
    auto batch = batch_of(test::view(*frame), model->card.input);
    auto a = ours->detect(batch);
    BOOST_REQUIRE_MESSAGE(a, why(a));
    auto b = reference->detect(batch);
    BOOST_REQUIRE_MESSAGE(b, why(b));
    // OpenCV itself drops what scores below 0.2.
    BOOST_TEST(test::missing(above((*a)[0], .21f), (*b)[0], 1e-3f) == 0u);
    BOOST_TEST(test::missing(above((*b)[0], .21f), (*a)[0], 1e-3f) == 0u);
    all += above((*b)[0], .21f).size();
  }
  BOOST_TEST_MESSAGE(name << " at " << size << ": " << all << " detections");
  BOOST_TEST(all > 20u); // or the comparison says little
}

} // namespace

BOOST_AUTO_TEST_SUITE(opencv_tests)

BOOST_AUTO_TEST_CASE(mobilenet_yolov3_nano_answers_as_in_opencv) {
  check_darknet("yolov3-nano", 320);
}

BOOST_AUTO_TEST_CASE(yolo_fastest_answers_as_in_opencv) {
  check_darknet("yolo-fastest-xl", 320);
  check_darknet("yolo-fastest-xl", 640);
}

BOOST_AUTO_TEST_CASE(nanodet_answers_the_same_from_torchscript_and_onnx) {
  auto script = shared_model("nanodet-plus-m");
  auto onnx = shared_model("nanodet-plus-m-onnx");
  auto frame = test::clip_frame("people-walking-swdee.mp4", 30);
  if (!script || !onnx || !frame)
    return;
  auto a = detection_model::load(*script, one_thread());
  BOOST_REQUIRE_MESSAGE(a, why(a));
  auto b = detection_model::load(*onnx, one_thread());
  BOOST_REQUIRE_MESSAGE(b, why(b));
  auto batch = batch_of(test::view(*frame), script->card.input);
  auto ours = a->detect(batch);
  BOOST_REQUIRE_MESSAGE(ours, why(ours));
  auto theirs = b->detect(batch);
  BOOST_REQUIRE_MESSAGE(theirs, why(theirs));
  BOOST_TEST(test::missing(above((*ours)[0], .06f), (*theirs)[0], 1e-3f) == 0u);
  BOOST_TEST((*ours)[0].size() > 20u);
}

// Both run in OpenCV; what differs is the way to it: preprocessing, rows to
// boxes and suppression written out here the plain way.
BOOST_AUTO_TEST_CASE(yolox_answers_as_opencv_decoded_by_hand) {
  auto model = shared_model("yolox-nano");
  auto frame = test::clip_frame("traffic-eagleshot.mp4", 15);
  if (!model || !frame)
    return;
  auto uut = detection_model::load(*model, one_thread());
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  auto found = uut->detect(batch_of(test::view(*frame), model->card.input));
  BOOST_REQUIRE_MESSAGE(found, why(found));

  auto net = cv::dnn::readNetFromONNX(model->paths["weights"]);
  cv::Mat canvas(416, 416, CV_8UC3, cv::Scalar::all(114)), small;
  cv::resize(*frame, small, {416, 234});
  small.copyTo(canvas(cv::Rect(0, 0, 416, 234)));
  net.setInput(cv::dnn::blobFromImage(canvas));
  auto y = net.forward();
  std::vector<cv::Rect2d> boxes;
  std::vector<float> scores;
  std::vector<int> labels;
  int row = 0;
  for (int stride : {8, 16, 32})
    for (int gy = 0; gy < 416 / stride; ++gy)
      for (int gx = 0; gx < 416 / stride; ++gx, ++row) {
        auto p = y.ptr<float>(0, row);
        auto best = int(std::max_element(p + 5, p + 85) - p - 5);
        auto w = std::exp(p[2]) * stride, h = std::exp(p[3]) * stride;
        boxes.emplace_back((p[0] + gx) * stride - w / 2 + best * 1000,
                           (p[1] + gy) * stride - h / 2, w, h);
        scores.push_back(p[4] * p[5 + best]);
        labels.push_back(best);
      }
  std::vector<int> kept;
  cv::dnn::NMSBoxes(boxes, scores, .3f, .45f, kept);
  std::vector<detection> wanted;
  for (auto i : kept) {
    auto k = size_t(i);
    auto& b = boxes[k];
    auto x = b.x - labels[k] * 1000;
    auto edge = [](double v) { return float(std::clamp(v, 0., 1.)); };
    wanted.push_back({{edge(x / 416), edge(b.y / 234),
                       edge((x + b.width) / 416), edge((b.y + b.height) / 234)},
                      labels[k],
                      scores[k],
                      0});
  }
  BOOST_TEST(wanted.size() > 5u);
  BOOST_TEST(test::missing(wanted, (*found)[0], 1e-3f) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
