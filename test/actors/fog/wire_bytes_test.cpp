#include "actors/fog/wire_bytes.hpp"

#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

// What CAF writes, by hand: a header of 32 bytes and no stages (1); a message's
// types as a zero id (2) and a text; texts and blobs with their length (1, or 3
// from 16 KiB on), atoms 8, numbers 7 bits a byte.

constexpr uint64_t header = 33;

constexpr uint64_t text(const char* x) {
  return 1 + std::char_traits<char>::length(x);
}

constexpr uint64_t types(const char* x) {
  return 2 + text(x);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(wire_bytes_tests, test::test_system)

BOOST_AUTO_TEST_CASE(a_call_and_its_answer_are_what_caf_writes) {
  auto x = make_item("cam", 7, transfer_key{"cam", 7});
  auto item_bytes = text("transfer_key") + text("cam") + 1 // seq
                    + 1 // the value's type is the kind
                    + text("cam") + 1;
  BOOST_TEST(call_bytes(sys, "echo", x)
             == header + types("@<>+@atom+@str+item") + 8 + text("echo")
                  + item_bytes);
  BOOST_TEST(answer_bytes(sys, x) == header + types("@<>+item") + item_bytes);
}

BOOST_AUTO_TEST_CASE(a_transfer_is_two_offers_and_its_slices) {
  transfer_offer offer{{"cam", 7}, "sink", 0, 0};
  auto key = text("cam") + 1;
  auto two = 2
             * (header + types("@<>+@atom+transfer_offer") + 8 + key
                + text("sink") + 3 + 10 + 1); // size, checksum, live
  auto slice = header + types("@<>+@atom+transfer_slice") + 8 + key;
  static_assert(max_slice_bytes == 1 << 16);
  BOOST_TEST(transfer_bytes(sys, offer, max_slice_bytes)
             == two + slice + 1 + 3 + max_slice_bytes);
  BOOST_TEST(transfer_bytes(sys, offer, max_slice_bytes + 1)
             == two + slice + 1 + 3 + slice + 3 + 1 + max_slice_bytes + 1);
}

BOOST_AUTO_TEST_SUITE_END()
