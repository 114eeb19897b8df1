#include "runtime/checksum.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace vpaas;

namespace {

uint64_t of(const std::string& x) {
  return checksum_of(reinterpret_cast<const uint8_t*>(x.data()), x.size());
}

} // namespace

BOOST_AUTO_TEST_SUITE(checksum_tests)

BOOST_AUTO_TEST_CASE(it_is_xxh64) {
  // xxhsum -H1 of xxHash 0.8.
  BOOST_TEST(of("") == 0xef46db3751d8e999u);
  BOOST_TEST(of("abc") == 0x44bc2cf5ad770999u);
  BOOST_TEST(of("The quick brown fox jumps over the lazy dog")
             == 0x0b242d361fda71bcu);
}

BOOST_AUTO_TEST_CASE(pieces_give_the_checksum_of_the_whole) {
  std::vector<uint8_t> bytes(1000);
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<uint8_t>(i * 37);
  auto whole = checksum_of(bytes.data(), bytes.size());
  for (size_t piece : {1u, 7u, 31u, 32u, 33u, 100u, 999u}) {
    checksum x;
    for (size_t i = 0; i < bytes.size(); i += piece)
      x.update(bytes.data() + i, std::min(piece, bytes.size() - i));
    BOOST_TEST(x.value() == whole, "pieces of " << piece);
  }
}

BOOST_AUTO_TEST_SUITE_END()
