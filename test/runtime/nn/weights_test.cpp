#include "runtime/nn/weights.hpp"

#include "runtime/error.hpp"
#include "support/expect.hpp"
#include "support/temp_dir.hpp"
#include "support/weight_files.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <random>

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

std::string zipped(const std::string& pickle) {
  return zip_file({{"archive/data.pkl", pickle},
                   {"archive/data/0", bytes_of(four)},
                   {"archive/version", "3\n"}});
}

std::string safetensors(const std::string& header, const std::string& data) {
  return bytes_of(uint64_t(header.size())) + header + data;
}

} // namespace

BOOST_AUTO_TEST_SUITE(weights_tests)

BOOST_AUTO_TEST_CASE(both_forms_of_pth_are_read) {
  check_w(read_pth(zipped(dictionary("w", tensor_op())), "x"));
  check_w(read_pth(legacy_file(dictionary("w", tensor_op()), four), "x"));
}

BOOST_AUTO_TEST_CASE(a_dictionary_in_a_checkpoint_is_found) {
  auto inner = dictionary("module.w", tensor_op());
  inner = inner.substr(2, inner.size() - 3); // no header, no end
  auto outer = "\x80\2}(" + text_op("epoch") + "K\7" + text_op("model") + inner
               + "u.";
  check_w(read_pth(zipped(outer), "x"));
}

BOOST_AUTO_TEST_CASE(a_transposed_tensor_is_read_in_its_own_order) {
  auto op = tensor_op("0", std::string("K\0", 2), "K\2K\2\x86", "K\1K\2\x86");
  auto xs = read_pth(zipped(dictionary("w", op)), "x");
  BOOST_REQUIRE_MESSAGE(xs, why(xs));
  BOOST_TEST(xs->at("w").values == (std::vector<float>{1, 3, 2, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(attributes_and_unknown_classes_are_dropped) {
  auto with = "\x80\2ccollections\nOrderedDict\n)R(" + text_op("w")
              + tensor_op() + text_op("extra") + "cmine\nThing\n)Ru}b.";
  check_w(read_pth(zipped(with), "x"));
}

BOOST_AUTO_TEST_CASE(a_call_in_a_pickle_is_not_made) {
  test::temp_dir dir;
  auto mark = dir.path("pickle-was-executed");
  auto op = "cos\nsystem\n(" + text_op("touch " + mark) + "tR";
  check_refused(read_pth(zipped(dictionary("w", op)), "x"),
                "no dictionary of tensors");
  BOOST_TEST(!std::filesystem::exists(mark));
}

BOOST_AUTO_TEST_CASE(hostile_tensors_are_refused) {
  auto zero = std::string("K\0", 2);
  auto minus = "J" + bytes_of(int32_t{-1});
  auto large = "J" + bytes_of(int32_t{0x7fffffff});
  std::vector<std::string> ops{
    tensor_op("0", "K\1"),                        // beyond the end
    tensor_op("0", minus),                        // before it
    tensor_op("0", zero, "K\2" + minus + "\x86"), // negative size
    tensor_op("0", zero, "K\2K\2\x86", "K\2" + minus + "\x86"),
    tensor_op("0", zero, large + large + "\x86"), // overflow
    tensor_op("0", zero, "K\2K\2\x86", large + large + "\x86"),
    tensor_op("0", zero, large + "\x85", zero + "\x85"), // expands
    tensor_op("0", zero, "K\2K\2\x86", "K\1\x85"),       // fewer strides
    tensor_op("1"),                                      // no such array
  };
  for (auto& op : ops)
    check_refused(read_pth(zipped(dictionary("w", op)), "x"), "w");
}

BOOST_AUTO_TEST_CASE(hostile_opcodes_are_refused) {
  std::string deep = "\x80\2";
  for (int i = 0; i < 100000; ++i)
    deep += "]";
  for (int i = 1; i < 100000; ++i)
    deep += "a";
  std::vector<std::string> pickles{
    "",                         // nothing
    ".",                        // ends with an empty stack
    "\x80\2}",                  // never ends
    "\x80\2h\7.",               // recalls what is not there
    "\x80\2(((u.",              // marks without values
    "\x80\2}K\1u.",             // no mark
    "\x80\2X\xff\xff\xff\xff.", // text beyond the end
    "\x80\2\x8a\xff.",          // number beyond the end
    "\x80\2}}s.",               // a key without a value
    "\x80\2}(K\1u.",            // half an entry
    "\x80\2K\1Q.",              // a number as persistent id
    "\x80\2]q\1h\1a.",          // a list in itself
    "\x80\2\xff.",              // no such opcode
    "\x80\2ctorch\nno newline", // name without an end
    deep + ".",                 // nested without bound
  };
  for (auto& x : pickles) {
    BOOST_TEST(!read_pth(zipped(x), "x"));
    BOOST_TEST(!read_pth(legacy_file(x, four), "x"));
  }
}

BOOST_AUTO_TEST_CASE(truncation_anywhere_is_one_error) {
  for (auto& whole : {zipped(dictionary("w", tensor_op())),
                      legacy_file(dictionary("w", tensor_op()), four)})
    for (size_t n = 0; n < whole.size(); ++n) {
      auto xs = read_pth(whole.substr(0, n), "x");
      BOOST_TEST_INFO("of " << n << " bytes");
      BOOST_TEST(!xs);
    }
}

BOOST_AUTO_TEST_CASE(flipped_bits_never_break_the_reader) {
  std::mt19937 random(11);
  for (auto& whole : {zipped(dictionary("w", tensor_op())),
                      legacy_file(dictionary("w", tensor_op()), four)})
    for (int i = 0; i < 20000; ++i) {
      auto x = whole;
      for (auto n = 1 + random() % 4; n > 0; --n)
        x[random() % x.size()] ^= char(1 << random() % 8);
      auto xs = read_pth(x, "x"); // a flip in a value may well be read
      if (!xs)
        BOOST_REQUIRE((xs.error() == ec::bad_input));
    }
}

BOOST_AUTO_TEST_CASE(torchscript_is_told_apart) {
  auto file = zip_file({{"m/constants.pkl", ")."}, {"m/data.pkl", ")."}});
  check_refused(read_pth(file, "x"), "architecture = torchscript");
}

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

BOOST_AUTO_TEST_CASE(hostile_safetensors_are_refused) {
  auto data = bytes_of(four);
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
         R"({"w":{"dtype":"F32","shape":[4611686018427387904,4],)"
         R"("data_offsets":[0,16]}})",
         R"({"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0]}})",
       })
    check_refused(read_safetensors(safetensors(header, data), "file.st"),
                  "file.st");
  check_refused(read_safetensors(bytes_of(~uint64_t{0}) + "{}", "x"), "header");
  check_refused(read_safetensors("abc", "x"), "truncated");
}

BOOST_AUTO_TEST_CASE(the_darknet_header_grew_with_version_0_2) {
  auto header = [](int32_t major, int32_t minor) {
    return bytes_of(major) + bytes_of(minor) + bytes_of(int32_t{0});
  };
  auto values = bytes_of(four);
  auto old = read_darknet(header(0, 1) + bytes_of(uint32_t{5}) + values, "x");
  BOOST_REQUIRE_MESSAGE(old, why(old));
  BOOST_TEST(old->images_seen == 5u);
  BOOST_TEST(old->values == four, boost::test_tools::per_element());
  auto later = read_darknet(header(0, 2) + bytes_of(uint64_t{5}) + values, "x");
  BOOST_REQUIRE_MESSAGE(later, why(later));
  BOOST_TEST(later->values == four, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(damaged_darknet_weights_are_refused) {
  auto whole = tiny_weights(1);
  for (auto& x :
       {std::string{}, whole.substr(0, 11), whole.substr(0, 15),
        whole.substr(0, whole.size() - 1), bytes_of(int32_t{-7}) + whole})
    BOOST_TEST(!read_darknet(x, "x"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_named) {
  auto xs = read_weights("/nowhere/net.pth");
  BOOST_REQUIRE(!xs);
  BOOST_TEST(why(xs).find("failed to read /nowhere/net.pth")
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
