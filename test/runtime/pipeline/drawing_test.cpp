#include "runtime/pipeline/drawing.hpp"

#include "support/pipelines.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

size_t count(const std::string& text, const std::string& what) {
  size_t result = 0;
  for (auto i = text.find(what); i != std::string::npos;
       i = text.find(what, i + 1))
    ++result;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pipeline_drawing_tests)

BOOST_AUTO_TEST_CASE(every_stage_has_a_box_and_every_input_an_arrow) {
  auto text = to_svg(*check(high_low(), some_functions()));
  for (auto id : {"keyframes", "copy", "copy_decoded", "found", "known",
                  "named", "without_cloud", "result"})
    BOOST_TEST(count(text, std::string{">"} + id + "</text>") == 1u, id);
  // Seven inputs of stages, two of the merge, one of who stands in.
  BOOST_TEST(count(text, "marker-end") == 10u);
  BOOST_TEST(count(text, "stroke-dasharray") == 2u);   // optional, stands in
  BOOST_TEST(count(text, "stroke-width=\"3\"") == 3u); // over the link
  BOOST_TEST(count(text, "<svg ") == count(text, "</svg>"));
}

BOOST_AUTO_TEST_CASE(names_are_escaped) {
  auto x = high_low();
  x.stages.back().id = "a<b&\"c\"";
  x.result.back() = x.stages.back().id;
  auto text = to_svg(*check(x, some_functions()));
  BOOST_TEST(count(text, "a&lt;b&amp;&quot;c&quot;") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
