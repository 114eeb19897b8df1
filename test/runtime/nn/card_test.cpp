#include "runtime/nn/card.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/zoo.hpp"
#include "support/expect.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

using test::why;

namespace {

const std::string model = "[model]\nname = x\ntask = detect\n"
                          "architecture = torchscript\nlicence = none\n"
                          "source = here\n";
const std::string input = "[input]\nwidth = 64\nheight = 32\n";
const std::string output = "[output]\ndecoder = nanodet\nclasses = 2\n"
                           "names = cat, dog\n";
const std::string file = "[file.weights]\nname = x.pt\nsha256 = 0123abcd\n";
const std::string whole = model + input + output + file;

} // namespace

BOOST_AUTO_TEST_SUITE(card_tests)

BOOST_AUTO_TEST_CASE(a_card_is_read_with_its_defaults) {
  auto x = parse_card(whole, "x.ini");
  BOOST_REQUIRE_MESSAGE(x, why(x));
  BOOST_TEST((x->task == model_task::detect));
  BOOST_TEST((x->engine == model_engine::torch));
  BOOST_TEST((x->type == number_type::fp32));
  BOOST_TEST(x->input.width == 64);
  BOOST_TEST(x->input.std[2] == 1);
  BOOST_TEST(x->labels[1] == "dog");
  BOOST_TEST(x->regions.theta_cls == .5f);
  BOOST_TEST(x->file("weights")->sha256 == "0123abcd");
}

BOOST_AUTO_TEST_CASE(every_card_that_ships_is_right) {
  auto all = default_zoo().cards();
  BOOST_TEST(all.size() >= 15u);
  for (auto& [name, path] : all) {
    auto x = read_card(path);
    BOOST_REQUIRE_MESSAGE(x, why(x));
    BOOST_TEST(x->name == name);
    if (x->output.classes > 0)
      BOOST_TEST(x->labels.size() == size_t(x->output.classes));
  }
}

BOOST_AUTO_TEST_CASE(a_card_that_is_written_reads_back_the_same) {
  for (auto name : {"crossroad-0078", "fasterrcnn-resnet101-fpn", "carn_m"}) {
    auto first = default_zoo().card(name);
    BOOST_REQUIRE_MESSAGE(first, why(first));
    auto text = to_ini(*first);
    auto second = parse_card(text, "again.ini");
    BOOST_REQUIRE_MESSAGE(second, why(second));
    BOOST_TEST(to_ini(*second) == text);
    BOOST_TEST(second->output.priors.size() == first->output.priors.size());
  }
}

BOOST_AUTO_TEST_CASE(classes_without_names_are_numbered) {
  auto text = whole;
  text.erase(text.find("names"), 16);
  auto x = parse_card(text, "x.ini");
  BOOST_REQUIRE_MESSAGE(x, why(x));
  BOOST_TEST(x->labels == (std::vector<std::string>{"class_0", "class_1"}),
             boost::test_tools::per_element());
  BOOST_TEST(x->label(1) == "class_1");
  for (auto none : {-1, 2})
    BOOST_TEST(x->label(none) == "class_" + std::to_string(none));
}

BOOST_AUTO_TEST_CASE(text_that_is_no_utf8_is_refused_with_its_line) {
  auto text = whole;
  text.insert(text.find("cat"), "caf\xe9 ");
  auto x = parse_card(text, "bad.ini");
  BOOST_REQUIRE(!x);
  BOOST_TEST(why(x).find("bad.ini, line 13: it is no UTF-8")
               != std::string::npos,
             why(x));
  text = whole;
  text.replace(text.find("names = cat, dog"), 16, "labels = l.txt");
  std::string labels = "cat\nd\xf6g\n";
  x = parse_card(text, "bad.ini", &labels);
  BOOST_REQUIRE(!x);
  BOOST_TEST(why(x).find("labels, line 2") != std::string::npos, why(x));
}

BOOST_AUTO_TEST_CASE(any_text_in_a_card_reads_back) {
  auto x = parse_card(whole, "x.ini");
  BOOST_REQUIRE_MESSAGE(x, why(x));
  x->licence = "a\nb # c ; d";
  x->about = "#first \xff";
  x->source = "here/caf\xc3\xa9";
  x->labels = {"#1, the", ""};
  x->made_by = darknet_program::alexeyab;
  x->input.light = 124;
  auto text = to_ini(*x);
  auto again = parse_card(text, "again.ini");
  BOOST_REQUIRE_MESSAGE(again, why(again) << text);
  BOOST_TEST(to_ini(*again) == text);
  BOOST_TEST(again->source == x->source);
  BOOST_TEST(again->licence == "a?b ? c ? d");
  BOOST_TEST(again->labels[0] == "?1__the");
  BOOST_TEST((again->made_by == darknet_program::alexeyab));
  BOOST_TEST(again->input.light == 124.f);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named_with_what_is_allowed) {
  auto without = [](std::string text, const std::string& part,
                    const std::string& by = "") {
    auto at = text.find(part);
    BOOST_REQUIRE(at != std::string::npos);
    return text.replace(at, part.size(), by);
  };
  std::vector<std::pair<std::string, std::string>> table{
    {"", "section [model]"},
    {"hello", "line 1"},
    {whole + model, "it is there twice"},
    {whole + "[extra]\n", "section [extra]: unknown"},
    {without(whole, input), "section [input]: it is missing"},
    {without(whole, file), "[file.weights]: it is missing"},
    {without(whole, "name = x\n"), "name"},
    {without(whole, "width = 64", "width = many"), "many"},
    {without(whole, "width = 64", "width = 0"), "from 1 to 16384"},
    {without(whole, "width = 64", "wide = 64"), "wide"},
    {without(whole, "task = detect", "task = guess"), "super_resolve"},
    {without(whole, "task = detect", "task = classify"), "decoder"},
    {without(whole, "= torchscript", "= onnx"), "other engine"},
    {without(whole, "= torchscript", "= darknet"), "[file.config]"},
    {without(whole, "= torchscript", "= torchscript\ntype = int8"), "bf16"},
    {without(whole, "decoder = nanodet", "decoder = none"), "decoder"},
    {without(whole, "decoder = nanodet", "decoder = ssd"), "[prior.STEP]"},
    {without(whole, "cat, dog", "cat"), "1 names for 2 classes"},
    {without(whole, "names = cat, dog", "labels = gone.txt"), "gone.txt"},
    {without(whole, "classes = 2\nnames = cat, dog\n"), "classes"},
    {without(whole, "0123abcd", "123"), "hexadecimal"},
    {without(whole, "0123abcd", "0123ABCD"), "hexadecimal"},
    {without(whole, "x.pt", "../x.pt"), "without folders"},
    {without(whole, "height = 32", "height = 32\nmean = 1, 2"), "or three"},
    {without(whole, "height = 32", "height = 32\nstd = 0"), "above zero"},
    {without(whole, "height = 32", "height = 32\nmultiple = 64"), "multiples"},
    {without(whole, "height = 32", "height = 32\nlight = 256"), "0 to 255"},
    {whole + "[regions]\ntheta_loc = 2\n", "theta_loc"},
    {whole + "[prior.x]\nwidths = 1\nheights = 1\n", "[prior.x]"},
    {whole + "[prior.8]\nwidths = 1 2\nheights = 1\n", "as many"},
  };
  for (auto& [text, cause] : table) {
    auto x = parse_card(text, "bad.ini");
    BOOST_REQUIRE_MESSAGE(!x, text);
    BOOST_TEST((x.error() == ec::bad_config));
    BOOST_TEST_INFO(text << "\n" << why(x));
    BOOST_TEST(why(x).find("bad.ini") != std::string::npos);
    BOOST_TEST(why(x).find(cause) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(labels_of_another_length_are_refused) {
  std::string three = "a\nb\nc\n";
  auto text = model + input
              + "[output]\ndecoder = nanodet\nclasses = 2\n"
                "labels = three.txt\n"
              + file;
  auto x = parse_card(text, "x.ini", &three);
  BOOST_REQUIRE(!x);
  BOOST_TEST(why(x).find("3 names for 2 classes") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
