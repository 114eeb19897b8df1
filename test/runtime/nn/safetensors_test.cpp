#include "runtime/error.hpp"
#include "runtime/nn/weights.hpp"
#include "support/expect.hpp"
#include "support/temp_dir.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

const std::vector<float> four{1, 2, 3, 4};

void check_w(const caf::expected<weight_map>& xs) {
  BOOST_REQUIRE_MESSAGE(xs, why(xs));
  BOOST_REQUIRE(xs->size() == 1u);
  auto& w = xs->at("w");
  BOOST_TEST(w.shape == (std::vector<int64_t>{2, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(w.values == four, boost::test_tools::per_element());
}

void check_refused(const caf::expected<weight_map>& xs,
                   const std::string& part) {
  BOOST_REQUIRE(!xs);
  BOOST_TEST((xs.error() == ec::bad_input));
  BOOST_TEST_INFO(why(xs));
  BOOST_TEST(why(xs).find(part) != std::string::npos);
}

std::string safetensors(const std::string& header, const std::string& data) {
  return bytes_of(uint64_t(header.size())) + header + data;
}

} // namespace

BOOST_AUTO_TEST_SUITE(safetensors_tests)

BOOST_AUTO_TEST_CASE(safetensors_of_all_widths_are_read) {
  auto header = R"({"__metadata__":{"format":"pt"},)"
                R"("w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})";
  check_w(read_safetensors(safetensors(header, bytes_of(four)), "x"));
  // 1.5 as a half is 0x3e00, as a bfloat16 0x3fc0.
  header = R"({"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},)"
           R"("b":{"dtype":"BF16","shape":[],"data_offsets":[2,4]}})";
  auto xs
    = read_safetensors(safetensors(header, bytes_of(uint16_t{0x3e00})
                                             + bytes_of(uint16_t{0x3fc0})),
                       "x");
  BOOST_REQUIRE_MESSAGE(xs, why(xs));
  BOOST_TEST(xs->at("h").values[0] == 1.5f);
  BOOST_TEST(xs->at("b").values[0] == 1.5f);
}

BOOST_AUTO_TEST_CASE(what_the_format_of_safetensors_allows_is_read) {
  // Blanks around the header, unsigned numbers, tensors without values.
  auto header = R"(  {"a":{"dtype":"U16","shape":[1],"data_offsets":[0,2]},)"
                R"("b":{"dtype":"U32","shape":[1],"data_offsets":[2,6]},)"
                R"("c":{"dtype":"U64","shape":[1],"data_offsets":[6,14]},)"
                R"("e":{"dtype":"F32","shape":[3,0,2],"data_offsets":[14,14]},)"
                R"("d":{"dtype":"BOOL","shape":[],"data_offsets":[14,15]}} )";
  auto data = bytes_of(uint16_t{65535}) + bytes_of(uint32_t{4000000000u})
              + bytes_of(uint64_t{1} << 63) + "\1";
  temp_dir dir;
  auto xs = read_weights(dir.write("w.safetensors", safetensors(header, data)));
  BOOST_REQUIRE_MESSAGE(xs, why(xs));
  BOOST_TEST(xs->at("a").values[0] == 65535);
  BOOST_TEST(xs->at("b").values[0] == 4e9f);
  BOOST_TEST(xs->at("c").values[0] == 9223372036854775808.f);
  BOOST_TEST(xs->at("d").values[0] == 1);
  BOOST_TEST(xs->at("e").values.empty());
}

BOOST_AUTO_TEST_CASE(what_the_format_of_safetensors_forbids_is_refused) {
  struct wrong {
    const char *header, *cause;
  };
  for (auto& x : std::initializer_list<wrong>{
         {R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})",
          "take 12 of 16 bytes"},
         {R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[4,16]}})",
          "begins at byte 4 where 0 is next"},
         {R"({"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
          R"("w":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
          "begins at byte 8 where 4 is next"},
         {R"({"v":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},)"
          R"("w":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
          "begins at byte 8 where 12 is next"},
         {R"({"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},)"
          R"("w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})",
          "has w twice"},
         {R"({"w":{"dtype":"F32","shape":[4],"shape":[4],)"
          R"("data_offsets":[0,16]}})",
          "has shape twice"},
         {R"({"w":{"dtype":"F32","shape":[4],"data_offsets":{"0":0,"1":16}}})",
          "two data_offsets"},
         {R"({"w":{"dtype":"F8_E4M3","shape":[16],"data_offsets":[0,16]}})",
          "numbers of type F8_E4M3"},
         {R"({"__metadata__":{"a":1},)"
          R"("w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})",
          "__metadata__"},
         {"{\"\xff\":{\"dtype\":\"F32\",\"shape\":[4],"
          "\"data_offsets\":[0,16]}}",
          "not a JSON object"},
       })
    check_refused(read_safetensors(safetensors(x.header, bytes_of(four)), "x"),
                  x.cause);
}

BOOST_AUTO_TEST_CASE(hostile_safetensors_are_refused) {
  auto data = bytes_of(four);
  auto overflowing = R"({"w":{"dtype":"F32","shape":[4611686018427387904,4],)"
                     R"("data_offsets":[0,16]}})";
  for (auto header : {
         "",
         "[]",
         "{",
         "{}",
         R"({"w":3})",
         R"({"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,20]}})",
         R"({"w":{"dtype":"F32","shape":[2,2],"data_offsets":[16,0]}})",
         R"({"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,16]}})",
         R"({"w":{"dtype":"F32","shape":[-2,2],"data_offsets":[0,16]}})",
         R"({"w":{"dtype":"F32","shape":[2,"2"],"data_offsets":[0,16]}})",
         R"({"w":{"dtype":"F99","shape":[2,2],"data_offsets":[0,16]}})",
         overflowing,
         R"({"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0]}})",
       })
    check_refused(read_safetensors(safetensors(header, data), "file.st"),
                  "file.st");
  check_refused(read_safetensors(bytes_of(~uint64_t{0}) + "{}", "x"), "header");
  check_refused(read_safetensors("abc", "x"), "truncated");
}

BOOST_AUTO_TEST_SUITE_END()
