#include "runtime/http/otlp.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(otlp_tests)

// By hand from opentelemetry/proto/trace/v1/trace.proto and the encoding of
// protobuf: tag = number * 8 + type, then a length or the bytes themselves.
BOOST_AUTO_TEST_CASE(bytes_are_those_of_the_specification) {
  span x;
  x.trace = {0x0102030405060708, 0x090a0b0c0d0e0f10};
  x.id = 0x1112131415161718;
  x.parent = 0x2122232425262728;
  x.name = "n";
  x.kind = span_kind::client;
  x.tier = "fog";
  x.node = "f";
  x.start = caf::timestamp{1ns};
  x.end = caf::timestamp{2ns};
  x.attributes = {{"a", int64_t{300}}, {"b", true}};
  x.error = "e";
  auto body = otlp_request({x}, "1");
  using namespace std::string_literals;
  auto wanted
    = "\x0a\x10\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
      "\x12\x08\x11\x12\x13\x14\x15\x16\x17\x18"
      "\x22\x08\x21\x22\x23\x24\x25\x26\x27\x28"
      "\x2a\x01n"
      "\x30\x03"
      "\x39\x01\0\0\0\0\0\0\0"
      "\x41\x02\0\0\0\0\0\0\0"
      "\x4a\x08\x0a\x01"
      "a\x12\x03\x18\xac\x02"
      "\x4a\x07\x0a\x01"
      "b\x12\x02\x10\x01"
      "\x7a\x05\x12\x01"
      "e\x18\x02"
      "\x85\x01\x01\0\0\0"s;
  BOOST_TEST(body.size() > wanted.size());
  BOOST_TEST(body.substr(body.size() - wanted.size()) == wanted);
  BOOST_TEST(body.find("service.name\x12\x0b\x0a\x09vpaas-fog"s)
             != std::string::npos);
  BOOST_TEST(body.find("service.instance.id\x12\x03\x0a\x01"
                       "f"s)
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(spans_stand_below_their_nodes) {
  span a, b;
  a.tier = "fog";
  b.tier = "cloud";
  auto count = [](const std::string& text) {
    size_t result = 0;
    for (auto i = text.find("service.name\x12"); i != std::string::npos;
         i = text.find("service.name\x12", i + 1))
      ++result;
    return result;
  };
  BOOST_TEST(count(otlp_request({a, b, a, b}, "1")) == 2u);
}

BOOST_AUTO_TEST_CASE(text_that_is_none_is_made_readable) {
  span x;
  x.attributes = {{"k", std::string{"a\xff"}}};
  BOOST_TEST(otlp_request({x}, "1").find("a?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_answer_says_what_was_rejected) {
  BOOST_TEST(read_otlp_answer("")->rejected == 0u);
  auto x = read_otlp_answer(std::string{"\x0a\x06\x08\x05\x12\x02no", 8});
  BOOST_REQUIRE(x);
  BOOST_TEST(x->rejected == 5u);
  BOOST_TEST(x->problem == "no");
  BOOST_TEST(!read_otlp_answer("<html>"));
}

BOOST_AUTO_TEST_SUITE_END()
