#include "runtime/json.hpp"

#include "runtime/document.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace std::chrono_literals;

namespace vpaas { // where the operators of structs with fields() are found

enum class json_colour : uint8_t { red, green };

constexpr auto names_of(json_colour) {
  return std::array{"red", "green"};
}

struct json_leaf {
  uint64_t big = 0;
  int8_t small = 0;
  float score = 0;

  static constexpr auto type_name = "json_leaf";
  static constexpr auto fields() {
    return std::make_tuple(field("big", &json_leaf::big),
                           field("small", &json_leaf::small),
                           field("score", &json_leaf::score));
  }
};

struct json_tree {
  std::string name;
  bool on = false;
  json_colour paint = json_colour::red;
  caf::timespan wait{0};
  blob bytes;
  std::vector<json_leaf> leaves;
  std::map<std::string, int32_t> counts;
  document free;

  static constexpr auto type_name = "json_tree";
  static constexpr auto fields() {
    return std::make_tuple(
      field("name", &json_tree::name), field("on", &json_tree::on),
      field("paint", &json_tree::paint), field("wait", &json_tree::wait),
      field("bytes", &json_tree::bytes), field("leaves", &json_tree::leaves),
      field("counts", &json_tree::counts), field("free", &json_tree::free));
  }
};

} // namespace vpaas

using namespace vpaas;

namespace {

std::string error_of(const std::string& text) {
  auto in = parse_json(text);
  if (!in)
    return describe(in.error());
  auto result = from_json<json_tree>(*in);
  return result ? "" : describe(result.error());
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_tests)

BOOST_AUTO_TEST_CASE(a_struct_survives_json_text_and_back) {
  json_tree x{"a \"b\"\n",
              true,
              json_colour::green,
              1234567ns,
              blob{{0, 255, 7, 8}},
              {{std::numeric_limits<uint64_t>::max(), -128, .1f}, {}},
              {{"n", -5}},
              document{{{"k", {1, 2, "three"}}}}};
  auto text = to_json_value(x).dump();
  auto back = from_json<json_tree>(*parse_json(text));
  BOOST_REQUIRE(back);
  BOOST_TEST((*back == x));
}

BOOST_AUTO_TEST_CASE(base64_follows_rfc_4648) {
  // The test vectors of RFC 4648, section 10.
  const std::pair<std::string, std::string> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : cases) {
    blob x{blob::buffer(plain.begin(), plain.end())};
    BOOST_TEST(encode_base64(x) == coded);
    blob y;
    BOOST_TEST(decode_base64(coded, y));
    BOOST_TEST((x == y));
  }
  blob unused;
  BOOST_TEST(!decode_base64("Zg=", unused));
  BOOST_TEST(!decode_base64("Z!==", unused));
}

BOOST_AUTO_TEST_CASE(a_mistake_names_its_place) {
  BOOST_TEST(error_of(R"({"nmae": "x"})")
             == "bad_input: the value: unknown key \"nmae\"");
  BOOST_TEST(error_of(R"({"leaves": [{}, {"small": 128}]})")
             == "bad_input: leaves[1].small: the number is out of range");
  BOOST_TEST(error_of(R"({"leaves": [{"big": -1}]})")
             == "bad_input: leaves[0].big: the number is out of range");
  BOOST_TEST(error_of(R"({"leaves": [{"big": 1.5}]})")
             == "bad_input: leaves[0].big: expected an integer");
  BOOST_TEST(error_of(R"({"on": 1})")
             == "bad_input: on: expected true or false");
  BOOST_TEST(error_of(R"({"paint": "blue"})")
             == "bad_input: paint: expected one of the names of this "
                "enumeration");
  BOOST_TEST(error_of("{\"name\": ").find("failed to parse JSON")
             != std::string::npos);
  auto deep = std::string(100, '[') + std::string(100, ']');
  BOOST_TEST(error_of(deep)
             == "bad_input: failed to parse JSON: nested deeper than 64");
}

BOOST_AUTO_TEST_CASE(times_are_text_and_durations_seconds) {
  using caf::timespan;
  using caf::timestamp;
  // 2^53 + 1 ns is the first that a double cannot hold.
  timestamp late{9'007'199'254'740'993ns};
  BOOST_TEST(to_json_value(late) == "1970-04-15T05:59:59.254740993Z");
  BOOST_TEST(to_json_value(timespan{282592918ns}) == 0.282592918);
  BOOST_TEST(to_json_value(timespan{2h}).dump() == "7200.0");
  BOOST_TEST((*from_json<timestamp>(to_json_value(late)) == late));
  for (timespan x : {timespan{0ns}, timespan{1ns}, timespan{282592918ns},
                     timespan{90 * 24h + 1ns}, timespan{-5ms}})
    BOOST_TEST(
      (*from_json<timespan>(*parse_json(to_json_value(x).dump())) == x));
}

BOOST_AUTO_TEST_CASE(a_number_beyond_53_bits_is_its_digits) {
  BOOST_TEST(to_json_value(uint64_t{1} << 53).dump() == "9007199254740992");
  BOOST_TEST(to_json_value((uint64_t{1} << 53) + 1) == "9007199254740993");
  BOOST_TEST(to_json_value(-(int64_t{1} << 53)).dump() == "-9007199254740992");
  BOOST_TEST(to_json_value(-(int64_t{1} << 53) - 1) == "-9007199254740993");
  for (auto x : {std::numeric_limits<int64_t>::min(),
                 std::numeric_limits<int64_t>::max(), int64_t{7}})
    BOOST_TEST(*from_json<int64_t>(*parse_json(to_json_value(x).dump())) == x);
  for (auto x : {"", "1.5", "12x", " 1", "7", "18446744073709551616",
                 "09007199254740993"})
    BOOST_TEST(!from_json<uint64_t>(json(x)), x);
}

BOOST_AUTO_TEST_CASE(times_and_durations_are_read_as_they_were_written_once) {
  BOOST_TEST((*from_json<caf::timestamp>(json(1772375400'123456789))
              == *parse_moment("2026-03-01T14:30:00.123456789Z")));
  BOOST_TEST((*from_json<caf::timespan>(json("250ms")) == 250ms));
  BOOST_TEST((*from_json<caf::timespan>(json(2)) == 2s));
  for (auto x : {json(1e10), json(true), json("2")})
    BOOST_TEST(!from_json<caf::timespan>(x), x);
  for (auto x : {json(1.5), json("yesterday"), json{}})
    BOOST_TEST(!from_json<caf::timestamp>(x), x);
}

BOOST_AUTO_TEST_CASE(a_duration_keeps_its_exact_value) {
  for (auto x : {0ns, 1ns, 1500us + 0ns, 250ms + 0ns, 90s + 0ns, 2h + 0ns})
    BOOST_TEST((*parse_duration(format_duration(x)) == x));
  BOOST_TEST((*parse_duration("1.5s") == 1500ms));
  for (auto text : {"", "5", "ms", "-1s", "1 s", "1e3s", "9999999999h"})
    BOOST_TEST(!parse_duration(text), text);
  BOOST_TEST(*parse_size("64KiB") == 65536u);
  BOOST_TEST(!parse_size("64 KiB"));
}

BOOST_AUTO_TEST_SUITE_END()
