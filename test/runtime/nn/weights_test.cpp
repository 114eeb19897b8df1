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

BOOST_AUTO_TEST_CASE(a_dictionary_is_found_at_any_depth) {
  auto inner = dictionary("w", tensor_op());
  inner = inner.substr(2, inner.size() - 3);
  auto two = "\x80\2}(" + text_op("best") + "}(" + text_op("state_dict") + inner
             + "uu.";
  check_w(read_pth(zipped(two), "x"));
  // A dictionary that holds itself ends the search.
  check_w(read_pth(zipped("\x80\2}q\1(" + text_op("self") + "h\1"
                          + text_op("net") + inner + "u."),
                   "x"));
}

BOOST_AUTO_TEST_CASE(wrappers_of_training_leave_the_names) {
  auto names_of = [](std::vector<std::string> names) {
    weight_map xs;
    for (auto& name : names)
      xs[name] = {{1}, {1}};
    std::vector<std::string> result;
    for (auto& [name, x] : without_wrappers(std::move(xs)))
      result.push_back(name);
    return result;
  };
  using list = std::vector<std::string>;
  BOOST_TEST((names_of({"module.a", "module.b"}) == list{"a", "b"}));
  BOOST_TEST((names_of({"module.a", "step"}) == list{"a", "step"}));
  BOOST_TEST((names_of({"net.module.a.w"}) == list{"net.a.w"}));
  BOOST_TEST((names_of({"_orig_mod.module.a"}) == list{"a"}));
  BOOST_TEST((names_of({"submodule.a"}) == list{"submodule.a"}));
  BOOST_TEST((names_of({"a", "module.a"}) == list{"a", "module.a"}));
  BOOST_TEST((names_of({"module"}) == list{"module"}));
}

BOOST_AUTO_TEST_CASE(an_expanded_tensor_is_read) {
  auto zero = std::string("K\0", 2);
  auto op = tensor_op("0", "K\2", "K\6K\2\x86", zero + zero + "\x86");
  auto xs = read_pth(zipped(dictionary("w", op)), "x");
  BOOST_REQUIRE_MESSAGE(xs, why(xs));
  BOOST_TEST(xs->at("w").values == std::vector<float>(12, 3),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(parameters_and_tensors_with_attributes_are_read) {
  auto args = tensor_op();
  auto parameter = "ctorch._utils\n_rebuild_parameter\n(" + args + "\x89"
                   + "ccollections\nOrderedDict\n)RtR";
  check_w(read_pth(zipped(dictionary("w", parameter)), "x"));
  // torch._tensor._rebuild_from_type_v2(function, type, arguments, state)
  auto call = std::string{"ctorch._utils\n_rebuild_tensor_v2\n"};
  auto inner = args.substr(call.size(), args.size() - call.size() - 1);
  auto typed = "ctorch._tensor\n_rebuild_from_type_v2\n(" + call
               + "ctorch\nTensor\n" + inner + "}tR";
  check_w(read_pth(zipped(dictionary("w", typed)), "x"));
}

BOOST_AUTO_TEST_CASE(tensors_of_other_kinds_are_named_not_dropped) {
  for (auto function : {"_rebuild_qtensor", "_rebuild_sparse_tensor",
                        "_rebuild_meta_tensor_no_storage"}) {
    auto op = "ctorch._utils\n" + std::string{function} + "\n("
              + text_op("anything") + "tR";
    auto xs = read_pth(zipped(dictionary("conv.w", op)), "file.pth");
    check_refused(xs,
                  "conv.w is made by torch._utils." + std::string{function});
    // As a parameter, too.
    op = "ctorch._utils\n_rebuild_parameter\n(" + op + "\x89}tR";
    check_refused(read_pth(zipped(dictionary("conv.w", op)), "x"), function);
  }
  auto op = tensor_op();
  op.replace(op.find("FloatStorage"), 12, "ComplexFloatStorage");
  check_refused(read_pth(zipped(dictionary("w", op)), "x"),
                "torch.ComplexFloatStorage");
}

BOOST_AUTO_TEST_CASE(big_endian_files_are_refused) {
  auto pickle = dictionary("w", tensor_op());
  auto file = zip_file({{"a/data.pkl", pickle},
                        {"a/byteorder", "big"},
                        {"a/data/0", bytes_of(four)}});
  check_refused(read_pth(file, "x"), "big-endian");
  file = zip_file({{"a/data.pkl", pickle},
                   {"a/byteorder", "little"},
                   {"a/data/0", bytes_of(four)}});
  check_w(read_pth(file, "x"));
  auto legacy = legacy_file(pickle, four);
  auto system = std::string{"\x80\2}."};
  auto at = legacy.find(system);
  auto says = [&](const char* value) {
    auto copy = legacy;
    return copy.replace(at, system.size(),
                        "\x80\2}" + text_op("little_endian") + value + "s.");
  };
  check_refused(read_pth(says("\x89"), "x"), "big-endian");
  check_w(read_pth(says("\x88"), "x"));
}

BOOST_AUTO_TEST_CASE(a_pickle_makes_no_more_than_its_size_warrants) {
  // A text that doubles: name = name + "." + name, forty times.
  std::string doubling = "\x80\4" + text_op("a");
  for (int i = 0; i < 40; ++i)
    doubling += "q\1h\1\x93";
  // One list of many numbers that every tensor takes for its shape.
  std::string list = "(";
  for (int i = 0; i < 60000; ++i)
    list += "K\1";
  list += "tq\2";
  auto shapes = "\x80\2](" + list;
  for (int i = 0; i < 20000; ++i)
    shapes += tensor_op("0", std::string("K\0", 2), "h\2", "h\2");
  // One long key that every storage has.
  auto keys = "\x80\2](" + text_op(std::string(100000, 'k')) + "q\3";
  for (int i = 0; i < 50000; ++i)
    keys += "(" + text_op("storage") + "ctorch\nFloatStorage\nh\3K\1K\1tQ";
  for (auto& x : {doubling + ".", shapes + "e.", keys + "e."})
    check_refused(read_pth(zipped(x), "x"), "pickle is damaged");
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
