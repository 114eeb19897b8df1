#include "runtime/parameter_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

enum class colour : uint8_t { red, green };

constexpr auto names_of(colour) {
  return std::array{"red", "green"};
}

struct limits {
  caf::timespan time{0};
  size_t bytes = 0;
};

struct config {
  std::string name;
  colour paint = colour::red;
  limits most;
  bool told = false;
};

const parameter_table<config> table{
  parameter_for<config>(text("name", "nobody", "who"), &config::name),
  parameter_for<config>(choice("paint", {"red", "green"}, "its colour"),
                        &config::paint),
  parameter_for<config>(
    duration("time", "2s", 0, 60, "at most"),
    [](config& x) -> auto& { return x.most.time; }),
  parameter_for<config>(
    size("bytes", "1KiB", 0, 1e6, "at most"),
    [](config& x) -> auto& { return x.most.bytes; }),
  {text("other", "", "is read elsewhere"), nullptr}};

} // namespace

BOOST_AUTO_TEST_SUITE(parameter_table_tests)

BOOST_AUTO_TEST_CASE(a_table_reads_its_configuration) {
  auto x = check(specs_of(table),
                 {{"paint", "green"}, {"time", "250ms"}, {"other", "x"}}, "it");
  BOOST_REQUIRE(x);
  config out;
  read_parameters(table, *x, out);
  BOOST_TEST(out.name == "nobody");
  BOOST_CHECK(out.paint == colour::green);
  BOOST_CHECK(out.most.time == 250ms);
  BOOST_TEST(out.most.bytes == 1024u);
}

BOOST_AUTO_TEST_CASE(what_the_table_does_not_name_is_refused) {
  BOOST_TEST(!check(specs_of(table), {{"told", true}}, "it"));
}

BOOST_AUTO_TEST_SUITE_END()
