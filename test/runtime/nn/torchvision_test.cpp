// Our networks against Python's torchvision on the same random weights and the
// same frames. Skipped with a line where python3-torchvision or the clips are
// missing.

#include "runtime/nn/backbone.hpp"
#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/weights.hpp"
#include "support/expect.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <opencv2/imgproc.hpp>

#include <sys/wait.h>

#include <cmath>

using namespace vpaas;

using test::why;

namespace {

/// Made once for all cases of the suite: it takes Python half a minute.
struct reference {
  static reference& get() {
    static reference instance;
    return instance;
  }

  test::temp_dir folder;
  std::vector<cv::Mat> images;
  bool there = false;

private:
  reference() {
    // Sizes that are no multiples of 32, upright ones and odd ones.
    const std::pair<const char*, cv::Size> sources[]{
      {"traffic-eagleshot.mp4", {480, 270}},
      {"people-walking-swdee.mp4", {321, 243}},
      {"supermarket-argos.mp4", {200, 333}},
      {"kitti-0926.mp4", {512, 160}}};
    std::string files;
    for (auto& [clip, size] : sources) {
      auto frame = test::clip_frame(clip, 20);
      if (!frame) {
        BOOST_TEST_MESSAGE("skipped: no ../shared/videos");
        return;
      }
      cv::Mat small;
      cv::resize(*frame, small, size, 0, 0, cv::INTER_AREA);
      images.push_back(small);
      auto path = folder.path(std::to_string(images.size()) + ".ppm");
      cv::imwrite(path, small);
      files += " " + path;
    }
    auto command = "/usr/bin/python3 test/support/torchvision_reference.py "
                   + folder.path() + files + " 2>&1";
    auto status = std::system(command.c_str());
    if (WEXITSTATUS(status) == 77)
      BOOST_TEST_MESSAGE("skipped: no python3-torchvision; install it with "
                         "scripts/setup --reference");
    else
      BOOST_REQUIRE(status == 0);
    there = status == 0;
  }
};

card_input normalised(int width, int height) {
  card_input result;
  result.width = width;
  result.height = height;
  result.mean = result.pad = {123.675f, 116.28f, 103.53f};
  result.std = {58.395f, 57.12f, 57.375f};
  return result;
}

located_model model(architecture what, int depth, const std::string& weights) {
  located_model result;
  result.card.name = "reference";
  result.card.built_as = what;
  result.card.depth = depth;
  result.paths["weights"] = reference::get().folder.path(weights);
  return result;
}

/// Runs `f` on the CPU, and on a GPU where there is one.
template <class F>
void on_every_device(F f) {
  if (!reference::get().there)
    return;
  load_options options;
  options.threads = 2;
  f(options);
  options.device = "cuda:0";
  if (has_device(options.device))
    f(options);
  else
    BOOST_TEST_MESSAGE("skipped on cuda:0: no GPU, or a LibTorch without CUDA");
}

/// The frames as torchvision batches them: sides up to a multiple of 32, the
/// border the mean, nothing resized.
input_batch batch_of(const std::vector<cv::Mat>& images) {
  input_batch result;
  int width = 0, height = 0;
  for (auto& x : images) {
    width = std::max(width, (x.cols + 31) / 32 * 32);
    height = std::max(height, (x.rows + 31) / 32 * 32);
  }
  auto how = normalised(width, height);
  result.resize(int(images.size()), height, width);
  for (size_t i = 0; i < images.size(); ++i) {
    cv::Mat padded;
    auto border = cv::Scalar::all(0);
    cv::copyMakeBorder(images[i], padded, 0, height - images[i].rows, 0,
                       width - images[i].cols, cv::BORDER_CONSTANT, border);
    write_image(test::view(padded), how, result, int(i));
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        if (y >= images[i].rows || x >= images[i].cols)
          std::fill_n(result.image(int(i)) + (y * width + x) * 3, 3, 0.f);
    result.content[i] = {0, 0, float(images[i].cols), float(images[i].rows)};
  }
  return result;
}

/// Every detection of torchvision has to be among ours, and no other.
void compare(const std::vector<detection>& ours, const weight_map& answers,
             const std::string& key, const placement& size) {
  auto& boxes = answers.at(key + ".boxes").values;
  auto& scores = answers.at(key + ".scores").values;
  auto& labels = answers.at(key + ".labels").values;
  BOOST_TEST(ours.size() == scores.size());
  std::vector<bool> used(ours.size());
  size_t missed = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    auto b = boxes.data() + i * 4;
    box want{b[0] / size.width, b[1] / size.height, b[2] / size.width,
             b[3] / size.height};
    auto same = [&](const detection& x) {
      return x.label == int(labels[i]) && std::abs(x.score - scores[i]) < 1e-3
             && std::abs(x.where.x0 - want.x0) < 1e-3
             && std::abs(x.where.y0 - want.y0) < 1e-3
             && std::abs(x.where.x1 - want.x1) < 1e-3
             && std::abs(x.where.y1 - want.y1) < 1e-3;
    };
    auto k
      = size_t(std::find_if(ours.begin(), ours.end(), same) - ours.begin());
    if (k == ours.size() || used[k])
      ++missed;
    else
      used[k] = true;
  }
  BOOST_TEST_MESSAGE(key << ": " << scores.size() << " detections, best "
                         << (scores.empty() ? 0 : scores[0]));
  BOOST_TEST(scores.size() > 10u); // or the comparison says little
  BOOST_TEST(missed == 0u);
}

void check_detector(int depth, const load_options& options) {
  auto& ref = reference::get();
  auto name = "fasterrcnn" + std::to_string(depth);
  auto answers = read_weights(ref.folder.path(name + ".out.pth"));
  BOOST_REQUIRE(answers);
  auto card = model(architecture::faster_rcnn, depth, name + ".pth");
  card.card.input = normalised(320, 320);
  card.card.output.decoder = output_decoder::rcnn;
  card.card.output.classes = 91;
  card.card.output.limits.max_boxes = 100;
  auto uut = detection_model::load(card, options);
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  for (size_t i = 0; i < ref.images.size(); ++i) {
    auto batch = batch_of({ref.images[i]});
    auto found = uut->detect(batch);
    BOOST_REQUIRE_MESSAGE(found, why(found));
    compare((*found)[0], *answers, "single." + std::to_string(i),
            batch.content[0]);
  }
  auto batch = batch_of(ref.images);
  auto found = uut->detect(batch);
  BOOST_REQUIRE_MESSAGE(found, why(found));
  for (size_t i = 0; i < ref.images.size(); ++i)
    compare((*found)[i], *answers, "batch." + std::to_string(i),
            batch.content[i]);
}

double largest_difference(const std::vector<float>& a,
                          const std::vector<float>& b) {
  BOOST_REQUIRE(a.size() == b.size());
  double result = 0;
  for (size_t i = 0; i < a.size(); ++i)
    result = std::max(result, double(std::abs(a[i] - b[i])));
  return result;
}

void check_classifier(architecture what, const std::string& name,
                      const std::string& weights, const load_options& options) {
  auto& ref = reference::get();
  auto answers = read_weights(ref.folder.path(name + ".out.pth"));
  BOOST_REQUIRE(answers);
  auto card = model(what, 50, weights);
  card.card.task = model_task::classify;
  card.card.input = normalised(224, 224);
  card.card.output.probability = 0;
  card.card.output.feature = 1;
  auto uut = backbone::load(card, options);
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  auto& planes = answers->at("input");
  for (auto n : {int(planes.shape[0]), 1}) {
    input_batch batch;
    batch.resize(n, 224, 224);
    for (int i = 0; i < n; ++i)
      for (size_t p = 0; p < 224 * 224; ++p)
        for (size_t c = 0; c < 3; ++c)
          batch.image(i)[p * 3 + c]
            = planes.values[(size_t(i) * 3 + c) * 224 * 224 + p];
    auto found = uut->run(batch);
    BOOST_REQUIRE_MESSAGE(found, why(found));
    auto first = [&](const char* key, size_t width) {
      auto& all = answers->at(key).values;
      return std::vector<float>(all.begin(),
                                all.begin() + ptrdiff_t(width * size_t(n)));
    };
    BOOST_TEST(
      largest_difference(found->features, first("feature", found->dimensions))
      < 1e-3);
    BOOST_TEST(largest_difference(found->probabilities,
                                  first("probability", found->classes))
               < 1e-3);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(torchvision_tests)

BOOST_AUTO_TEST_CASE(faster_rcnn_over_resnet_50_answers_the_same) {
  on_every_device([](auto& options) { check_detector(50, options); });
}

BOOST_AUTO_TEST_CASE(faster_rcnn_over_resnet_101_answers_the_same) {
  on_every_device([](auto& options) { check_detector(101, options); });
}

BOOST_AUTO_TEST_CASE(mobilenet_v2_answers_the_same_from_both_forms_of_pth) {
  on_every_device([](auto& options) {
    for (auto file : {"mobilenet_v2.pth", "mobilenet_v2.legacy.pth"})
      check_classifier(architecture::mobilenet_v2, "mobilenet_v2", file,
                       options);
  });
}

BOOST_AUTO_TEST_CASE(resnet_50_answers_the_same) {
  on_every_device([](auto& options) {
    check_classifier(architecture::resnet, "resnet50", "resnet50.pth", options);
  });
}

BOOST_AUTO_TEST_SUITE_END()
