#include "runtime/nn/import.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/sha256.hpp"
#include "support/expect.hpp"
#include "support/temp_dir.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

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

BOOST_AUTO_TEST_CASE(what_cannot_be_one_model_is_refused) {
  auto config = write("net.cfg", tiny_darknet());
  auto weights = write("net.weights", tiny_weights(1));
  auto other = write("other.weights", tiny_weights(2));
  auto refused = [&](const std::vector<std::string>& paths,
                     const std::string& name, const char* cause) {
    auto card = describe_files(paths, name);
    BOOST_REQUIRE(!card);
    BOOST_TEST(why(card).find(cause) != std::string::npos, why(card));
  };
  refused({config, weights, other}, "mine", "two files for weights");
  refused({config, config, weights}, "mine", "two files for config");
  refused({weights}, "mine", "name its .cfg");
  for (auto name : {"", "a/b", "..", "a\nb", "-x", "caf\xe9", "a b"})
    refused({config, weights}, name, "a name is letters");
}

BOOST_AUTO_TEST_CASE(a_darknet_of_odd_sides_has_a_multiple_that_fits) {
  auto config = write("net.cfg", tiny_darknet(56));
  auto weights = write("net.weights", tiny_weights(1));
  auto card = describe_files({config, weights}, "mine");
  BOOST_REQUIRE_MESSAGE(card, why(card));
  BOOST_TEST(card->input.multiple == 8);
  auto again = parse_card(to_ini(*card), "mine.ini");
  BOOST_REQUIRE_MESSAGE(again, why(again));
}

BOOST_AUTO_TEST_CASE(an_installed_model_is_kept_by_hash_and_runs) {
  auto config = write("net.cfg", tiny_darknet());
  std::vector<std::string> cards;
  // Two models whose files have one name.
  for (auto value : {.01f, .02f}) {
    auto weights = write("best (1).weights", tiny_weights(value));
    auto name = "mine" + std::to_string(cards.size());
    auto card = describe_files({config, weights}, name);
    BOOST_REQUIRE_MESSAGE(card, why(card));
    auto made = install_model(*card, {config, weights}, path("zoo"));
    BOOST_REQUIRE_MESSAGE(made, why(made));
    cards.push_back(name);
  }
  zoo models{{path("zoo")}, {path("zoo")}};
  for (auto& name : cards) {
    auto found = models.locate(name);
    BOOST_REQUIRE_MESSAGE(found, why(found));
    auto& weights = found->card.files[1];
    BOOST_TEST(weights.name == "best__1_.weights");
    BOOST_TEST(std::filesystem::path(found->paths["weights"]).filename()
               == weights.sha256);
    BOOST_TEST(!try_model(*found));
  }
}

BOOST_AUTO_TEST_CASE(a_model_that_does_not_run_is_not_installed) {
  auto config = write("net.cfg", tiny_darknet());
  auto weights = write("net.weights", tiny_weights(1, 100)); // too few
  auto card = describe_files({config, weights}, "mine");
  BOOST_REQUIRE_MESSAGE(card, why(card));
  auto made = install_model(*card, {config, weights}, path("zoo"));
  BOOST_REQUIRE(!made);
  BOOST_TEST(why(made).find("holds 100 weights") != std::string::npos);
  BOOST_TEST(why(made).find(weights) != std::string::npos, why(made));
  BOOST_TEST(std::filesystem::is_empty(path("zoo")));
  // Nor one whose outputs are not those of its card.
  weights = write("net.weights", tiny_weights(.01f));
  card = describe_files({config, weights}, "mine");
  card->output.classes = 7;
  made = install_model(*card, {config, weights}, path("zoo"));
  BOOST_REQUIRE(!made);
  BOOST_TEST(std::filesystem::is_empty(path("zoo")));
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
