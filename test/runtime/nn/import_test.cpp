#include "runtime/nn/import.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/sha256.hpp"
#include "support/expect.hpp"
#include "support/temp_dir.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

BOOST_FIXTURE_TEST_SUITE(import_tests, temp_dir)

BOOST_AUTO_TEST_CASE(a_darknet_is_described_by_its_configuration) {
  auto config = write("net.cfg", tiny_darknet(64));
  auto weights = write("net.weights", tiny_weights(1));
  auto card = describe_files({config, weights}, "mine");
  BOOST_REQUIRE_MESSAGE(card, why(card));
  BOOST_TEST((card->built_as == architecture::darknet));
  BOOST_TEST(card->input.width == 64);
  BOOST_TEST(card->output.classes == 1);
  BOOST_TEST(card->file("weights")->sha256 == sha256(tiny_weights(1)));
  auto again = parse_card(to_ini(*card), "mine.ini");
  BOOST_REQUIRE_MESSAGE(again, why(again));
}

BOOST_AUTO_TEST_CASE(tensors_that_are_of_no_network_are_refused) {
  auto path = write("x.pth",
                    legacy_file(dictionary("w", tensor_op()), {1, 2, 3, 4}));
  auto card = describe_files({path}, "mine");
  BOOST_REQUIRE(!card);
  BOOST_TEST(why(card).find("no network that is known") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_says_nothing_needs_a_card_like_it) {
  auto path = write("x.onnx", "onnx");
  auto card = describe_files({path}, "mine");
  BOOST_REQUIRE(!card);
  BOOST_TEST(why(card).find("--like") != std::string::npos);
  model_card like;
  like.built_as = architecture::onnx;
  like.input.width = 77;
  card = describe_files({path}, "mine", &like);
  BOOST_REQUIRE_MESSAGE(card, why(card));
  BOOST_TEST(card->name == "mine");
  BOOST_TEST(card->input.width == 77);
  BOOST_TEST(card->files.size() == 1u);
}

BOOST_AUTO_TEST_CASE(files_that_are_missing_are_named) {
  BOOST_TEST(!describe_files({"/nowhere/x.pth"}, "mine"));
  BOOST_TEST(!describe_files({}, "mine"));
}

BOOST_AUTO_TEST_SUITE_END()
