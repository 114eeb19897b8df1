#include "runtime/parameter.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

const parameter_specs specs{
  integer("port", 4711, 0, 65535, "where it listens"),
  number("share", .5, 0, 1, "of the queue"),
  duration("wait", "20ms", 0, 10, "before a batch leaves"),
  size("slice", "64KiB", 1024, 65536, "of a transfer"),
  choice("mode", {"streamed", "whole"}, "transport"),
  address("peer", "127.0.0.1:4712", "of it"),
  flag("loop", false, "begin again at the end"),
  texts("peers", "host:port of each"),
  required(text("to", "", "host:port of the cloud")),
};

std::string error_of(const json& values) {
  auto result = check(specs, values, "kind \"x\"");
  return result ? "" : describe(result.error());
}

} // namespace

BOOST_AUTO_TEST_SUITE(parameter_tests)

BOOST_AUTO_TEST_CASE(absent_keys_take_their_defaults) {
  auto x = check(specs, {{"to", "cloud:4712"}}, "x");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->get<int>("port") == 4711);
  BOOST_TEST((x->get<caf::timespan>("wait") == 20ms));
  BOOST_TEST(x->get<uint64_t>("slice") == 65536u);
  BOOST_TEST(x->get<std::string>("mode") == "streamed");
  BOOST_TEST(!x->get<bool>("loop"));
  BOOST_TEST(x->get<std::vector<std::string>>("peers").empty());
}

BOOST_AUTO_TEST_CASE(changes_leave_the_rest) {
  document now{{{"to", "a"}, {"port", 80}, {"loop", true}}};
  auto x = check_changes(specs, now, document{{{"port", 81}}}, "x");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->get<int>("port") == 81);
  BOOST_TEST(x->get<bool>("loop"));
  BOOST_TEST(!check_changes(specs, now, document{{{"prt", 81}}}, "x"));
}

BOOST_AUTO_TEST_CASE(an_empty_table_of_lua_is_an_empty_list) {
  auto x = check(specs, {{"to", "a"}, {"peers", json::object()}}, "x");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->value()["peers"].is_array());
  BOOST_TEST(error_of({{"to", "a"}, {"peers", {{"a", "b"}}}}) != "");
}

BOOST_AUTO_TEST_CASE(values_take_their_canonical_form) {
  auto x = check(
    specs, {{"to", "a"}, {"wait", "0.02s"}, {"slice", "1KiB"}, {"share", 1}},
    "x");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->value()["wait"] == "20ms");
  BOOST_TEST(x->value()["slice"] == 1024);
  BOOST_TEST(x->value()["share"].is_number_float());
  x = check(specs, {{"to", "a"}, {"slice", 2048}}, "x"); // as Lua writes it
  BOOST_REQUIRE(x);
  BOOST_TEST(x->value()["slice"] == 2048);
  BOOST_TEST(!check(specs, {{"to", "a"}, {"slice", -2048}}, "x"));
}

BOOST_AUTO_TEST_CASE(each_mistake_says_what_is_allowed) {
  BOOST_TEST(error_of({{"too", "a"}})
             == "bad_config: kind \"x\": unknown key \"too\"; known: port, "
                "share, wait, slice, mode, peer, loop, peers, to");
  BOOST_TEST(error_of(json::object())
             == "bad_config: kind \"x\": missing \"to\" (host:port of the "
                "cloud); write text");
  BOOST_TEST(error_of({{"port", 70000}})
             == "bad_config: kind \"x\": port = 70000 is not allowed; write "
                "an integer from 0 to 65535");
  BOOST_TEST(error_of({{"port", 1.5}}).find("an integer") != std::string::npos);
  BOOST_TEST(error_of({{"wait", "11s"}}).find("from 0 to 10 s")
             != std::string::npos);
  BOOST_TEST(error_of({{"slice", "1"}}).find("from 1024 to 65536 bytes")
             != std::string::npos);
  BOOST_TEST(error_of({{"mode", "hole"}})
             == "bad_config: kind \"x\": mode = \"hole\" is not allowed; write "
                "one of streamed, whole");
  BOOST_TEST(error_of({{"loop", "yes"}}).find("true or false")
             != std::string::npos);
  for (auto x :
       {"", "cloud", "cloud:", ":4712", "cloud:0", "cloud:65536", "cloud:47x"})
    BOOST_TEST(
      error_of({{"peer", x}}).find("write host:port") != std::string::npos, x);
  BOOST_TEST(error_of({{"peers", {1}}}).find("a list of text")
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
