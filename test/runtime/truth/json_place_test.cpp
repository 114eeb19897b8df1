#include "runtime/truth/json_place.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

std::string refusal_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const malformed& x) {
    return x.what();
  }
  return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_place_tests)

BOOST_AUTO_TEST_CASE(a_place_says_where_it_is) {
  auto text = json_of({"a.json", R"({"xs": [{"n": 1}, {"n": -1, "b": 2}]})"});
  json_place root{text, "a.json"};
  auto xs = root.at("xs").elements();
  BOOST_TEST(xs[0].at("n").whole() == 1u);
  BOOST_TEST(xs[0].at("n").flag());
  BOOST_TEST(xs[1].at("n").number() == -1);
  BOOST_TEST(refusal_of([&] { xs[1].at("n").whole(); }).find("a.json.xs[1].n:")
             == 0u);
  BOOST_TEST(refusal_of([&] { xs[1].at("b").flag(); }) != "");
  BOOST_TEST(refusal_of([&] { xs[0].at("m"); }).find("\"m\"")
             != std::string::npos);
  BOOST_TEST(refusal_of([&] { root.elements(); }) != "");
  BOOST_TEST(refusal_of([&] { xs[0].text(); }) != "");
  BOOST_TEST(refusal_of([] {
               json_of({"b.json", "{"});
             }).find("b.json:")
             == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
