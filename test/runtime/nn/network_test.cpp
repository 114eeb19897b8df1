// Loading and running under bad input, and many times. The networks are tiny
// and made here.

#include "runtime/nn/network.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/backbone.hpp"
#include "runtime/nn/detection_model.hpp"
#include "support/expect.hpp"
#include "support/pictures.hpp"
#include "support/resident_memory.hpp"
#include "support/temp_dir.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <fstream>

using namespace vpaas;
using namespace vpaas::test;

namespace {

struct fixture {
  test::temp_dir folder;

  void write(const std::string& name, const std::string& content) {
    std::ofstream{folder.path(name), std::ios::binary} << content;
  }

  /// A darknet of one head for pictures of 32 x 32.
  located_model tiny(const std::string& weights) {
    write("net.cfg", tiny_darknet());
    write("net.weights", weights);
    located_model result;
    result.card.name = "tiny";
    result.card.built_as = architecture::darknet;
    result.card.input.width = result.card.input.height = 32;
    result.card.output.decoder = output_decoder::yolo;
    result.card.output.classes = 1;
    result.paths = {{"config", folder.path("net.cfg")},
                    {"weights", folder.path("net.weights")}};
    return result;
  }

  void refused(const located_model& model, ec code, const std::string& cause,
               const load_options& options = {}) {
    auto x = load_network(model, options);
    BOOST_REQUIRE(!x);
    BOOST_TEST((x.error() == code));
    BOOST_TEST_INFO(why(x));
    BOOST_TEST(why(x).find(cause) != std::string::npos);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(network_tests, fixture)

BOOST_AUTO_TEST_CASE(a_picture_of_one_pixel_is_a_picture) {
  auto uut = detection_model::load(tiny(tiny_weights(.01f)), {});
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  uint8_t pixel[3]{1, 2, 3};
  auto found = uut->detect(batch_of({pixel, 1, 1, 3}, uut->card().input));
  BOOST_REQUIRE_MESSAGE(found, why(found));
}

BOOST_AUTO_TEST_CASE(weights_that_do_not_fit_the_file_are_counted) {
  refused(tiny(tiny_weights(1, 153)), ec::bad_input,
          "holds 153 weights, the network needs 154");
  refused(tiny(tiny_weights(1, 155)), ec::bad_input, "holds 155 weights");
  refused(tiny(tiny_weights(1).substr(0, 9)), ec::bad_input, "truncated");
}

BOOST_AUTO_TEST_CASE(weights_that_are_no_numbers_are_refused) {
  refused(tiny(tiny_weights(NAN)), ec::bad_input, "line 5 holds a number");
  refused(tiny(tiny_weights(3e38f)), ec::bad_input, "numbers that are none");
}

BOOST_AUTO_TEST_CASE(tensors_missing_misshapen_and_left_over_are_named) {
  located_model model;
  model.card.name = "small";
  model.card.task = model_task::classify;
  model.card.built_as = architecture::mobilenet_v2;
  model.card.input.width = model.card.input.height = 32;
  model.paths["weights"] = folder.path("w.pth");
  std::vector<float> four{1, 2, 3, 4};
  write("w.pth", legacy_file(dictionary("w", tensor_op()), four));
  refused(model, ec::bad_input, "tensor features.0.0.weight is missing");
  write("w.pth",
        legacy_file(dictionary("features.0.0.weight", tensor_op()), four));
  refused(model, ec::bad_input, "has shape [2, 2]; the network needs 4 axes");
  write("w.pth", "no weights at all");
  refused(model, ec::bad_input, "not a file that PyTorch saved");
  model.paths["weights"] = folder.path("gone.pth");
  refused(model, ec::io, "gone.pth");
}

BOOST_AUTO_TEST_CASE(a_torchscript_file_that_is_none_is_refused) {
  located_model model;
  model.card.name = "script";
  model.card.input.width = model.card.input.height = 32;
  model.paths["weights"] = folder.path("x.pt");
  write("x.pt", "PK\3\4 and nothing else");
  refused(model, ec::bad_input, "failed to load model script");
}

BOOST_AUTO_TEST_CASE(an_onnx_file_that_is_none_is_refused) {
  located_model model;
  model.card.name = "onnx";
  model.card.engine = model_engine::opencv;
  model.card.built_as = architecture::onnx;
  model.card.input.width = model.card.input.height = 32;
  model.paths["weights"] = folder.path("x.onnx");
  write("x.onnx", "nothing");
  refused(model, ec::bad_input, "failed to load model onnx");
}

BOOST_AUTO_TEST_CASE(a_card_of_other_classes_is_told_from_the_outputs) {
  auto model = tiny(tiny_weights(.01f));
  model.card.output.classes = 7;
  auto uut = detection_model::load(model, {});
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  input_batch batch;
  batch.resize(1, 32, 32);
  batch.content[0] = {0, 0, 32, 32};
  auto found = uut->detect(batch);
  BOOST_REQUIRE(!found);
  BOOST_TEST((found.error() == ec::inference));
  BOOST_TEST(why(found).find("output 0 has shape [1, 16, 16, 6]")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_batch_of_another_size_is_one_error) {
  auto uut = detection_model::load(tiny(tiny_weights(.01f)), {});
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  input_batch batch;
  batch.resize(1, 64, 64); // the heads were made for 32 x 32
  BOOST_TEST(!uut->detect(batch));
}

BOOST_AUTO_TEST_CASE(a_device_that_is_not_there_is_named) {
  load_options options;
  options.device = "cuda:0";
  auto x = load_network(tiny(tiny_weights(.01f)), options);
  if (x) {
    BOOST_TEST_MESSAGE("skipped: this machine has a GPU");
    return;
  }
  BOOST_TEST((x.error() == ec::bad_config));
  options.device = "abacus";
  BOOST_TEST(!load_network(tiny(tiny_weights(.01f)), options));
}

BOOST_AUTO_TEST_CASE(the_card_chooses_the_type_where_the_processor_has_it) {
  model_card card;
  card.type = number_type::bf16;
  auto fast = __builtin_cpu_supports("avx512bw") != 0;
  BOOST_TEST(
    (options_for(card).type == (fast ? number_type::bf16 : number_type::fp32)));
  BOOST_TEST((options_for(card, "cuda:0").type == number_type::bf16));
  BOOST_TEST(options_for(card, "cpu", 3).threads == 3);
}

BOOST_AUTO_TEST_CASE(bf16_is_near_fp32) {
  auto model = tiny(tiny_weights(.05f));
  auto wide = load_network(model, {});
  BOOST_REQUIRE_MESSAGE(wide, why(wide));
  load_options options;
  options.type = number_type::bf16;
  auto narrow = load_network(model, options);
  BOOST_REQUIRE_MESSAGE(narrow, why(narrow));
  input_batch batch;
  batch.resize(3, 32, 32);
  for (size_t i = 0; i < batch.values.size(); ++i)
    batch.values[i] = float(i % 17) / 17;
  auto a = (*wide)->run(batch), b = (*narrow)->run(batch);
  BOOST_REQUIRE_MESSAGE(a, why(a));
  BOOST_REQUIRE_MESSAGE(b, why(b));
  BOOST_REQUIRE((*a)[0].size() == (*b)[0].size());
  for (size_t i = 0; i < (*a)[0].size(); ++i)
    BOOST_TEST(std::abs((*a)[0].data[i] - (*b)[0].data[i]) < .02);
}

BOOST_AUTO_TEST_CASE(every_output_of_rows_is_checked) {
  // A network of two outputs, of which only the first is rows of its card.
  auto model = tiny(tiny_weights(.01f));
  auto text = tiny_darknet();
  text.insert(text.find("[convolutional]\nfilters=6"),
              "[convolutional]\nfilters=12\nsize=1\nactivation=linear\n"
              "[yolo]\nmask=0,1\nanchors=8,8,9,9\nclasses=1\nnum=2\n"
              "[route]\nlayers=-3\n");
  write("net.cfg", text);
  write("net.weights", tiny_weights(.01f, 124 + 12 * 5 + 6 * 5));
  model.card.engine = model_engine::opencv;
  model.card.output.decoder = output_decoder::yolo_rows;
  model.card.output.classes = 1;
  auto uut = detection_model::load(model, {});
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  input_batch batch;
  batch.resize(1, 32, 32);
  batch.content.assign(1, {0, 0, 32, 32});
  BOOST_TEST(bool(uut->detect(batch)), "both are rows of six");
  // The second head has three classes more.
  auto at = text.rfind("filters=6");
  text.replace(at, 9, "filters=9");
  text.replace(text.rfind("classes=1"), 9, "classes=4");
  write("net.cfg", text);
  write("net.weights", tiny_weights(.01f, 124 + 12 * 5 + 9 * 5));
  uut = detection_model::load(model, {});
  BOOST_REQUIRE_MESSAGE(uut, why(uut));
  auto found = uut->detect(batch);
  BOOST_REQUIRE(!found);
  BOOST_TEST((found.error() == ec::inference));
  BOOST_TEST(why(found).find("output 1 has shape") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(opencv_is_not_asked_for_what_it_leaves_out) {
  auto model = tiny(tiny_weights(.01f));
  write("net.cfg", tiny_darknet() + "new_coords=1\n");
  model.card.engine = model_engine::opencv;
  refused(model, ec::bad_config, "use engine = torch");
}

BOOST_AUTO_TEST_CASE(a_thousand_loads_and_runs_leave_memory_flat) {
  auto model = tiny(tiny_weights(.01f));
  input_batch batch;
  batch.resize(2, 32, 32);
  batch.content.assign(2, {0, 0, 32, 32});
  double before = 0;
  for (int i = 0; i < 1000; ++i) {
    auto uut = detection_model::load(model, {});
    BOOST_REQUIRE_MESSAGE(uut, why(uut));
    BOOST_REQUIRE(uut->detect(batch));
    if (i == 100)
      before = test::resident_mb();
  }
  auto after = test::resident_mb();
  BOOST_TEST_MESSAGE("memory " << before << " MB, then " << after << " MB");
  BOOST_TEST(after < before + test::allowed_growth_mb(4));
}

BOOST_AUTO_TEST_SUITE_END()
