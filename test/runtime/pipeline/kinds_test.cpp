#include "runtime/pipeline/kinds.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(pipeline_kinds_tests)

BOOST_AUTO_TEST_CASE(pixels_and_answers_are_told_apart) {
  BOOST_TEST(holds_pixels("keyframes"));
  BOOST_TEST(holds_pixels("regions"));
  BOOST_TEST(!holds_pixels("chunks"));
  BOOST_TEST(is_answer("detections"));
  BOOST_TEST(!is_answer("chunks"));
  BOOST_TEST(!holds_pixels("unheard of"));
  BOOST_TEST(!is_answer("unheard of"));
}

BOOST_AUTO_TEST_CASE(inputs_are_taken_as_they_are_or_joined) {
  BOOST_TEST(joined({"keyframes"}, "keyframes|regions") == "keyframes");
  BOOST_TEST(joined({"keyframes", "chunk_answer"}, "keyframes|regions")
             == "regions");
  BOOST_TEST(joined({"keyframes", "chunk_answer"}, "answered_frame")
             == "answered_frame");
  BOOST_TEST(joined({"chunks"}, "chunk") == "chunk");
  BOOST_TEST(joined({"chunks"}, "keyframes") == "");
  BOOST_TEST(joined({"keyframes", "keyframes"}, "keyframes") == "");
  BOOST_TEST(joined({"frames"}, "keyframes") == "");
}

BOOST_AUTO_TEST_CASE(what_was_encoded_can_be_decoded) {
  BOOST_TEST(converter("chunks") == "chunk_decoder");
  BOOST_TEST(converter("detections") == "");
  BOOST_TEST(holds_back("chunks"));
  BOOST_TEST(!holds_back("detections"));
}

BOOST_AUTO_TEST_SUITE_END()
