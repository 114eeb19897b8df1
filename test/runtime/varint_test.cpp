#include "runtime/varint.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <vector>

using namespace vpaas;

namespace {

using bytes = std::vector<char>;

template <class T>
bytes written(T x) {
  bytes result;
  caf::binary_serializer sink{nullptr, result};
  varint<T> y{x};
  BOOST_REQUIRE(!sink(y));
  return result;
}

template <class T>
caf::error read(const bytes& from, T& x) {
  caf::binary_deserializer source{nullptr, from.data(), from.size()};
  varint<T> y{x};
  return source(y);
}

template <class T>
void check_round_trip() {
  using limits = std::numeric_limits<T>;
  for (int shift = 0; shift < limits::digits; ++shift)
    for (int step : {-1, 0, 1})
      for (T x : {T((T{1} << shift) + step), T(-(T{1} << shift) + step),
                  limits::min(), limits::max()}) {
        T y{};
        BOOST_TEST(!read(written(x), y));
        BOOST_TEST(x == y);
      }
}

} // namespace

BOOST_AUTO_TEST_SUITE(varint_tests)

BOOST_AUTO_TEST_CASE(every_size_comes_back_at_its_limits) {
  check_round_trip<uint16_t>();
  check_round_trip<int16_t>();
  check_round_trip<uint32_t>();
  check_round_trip<int32_t>();
  check_round_trip<uint64_t>();
  check_round_trip<int64_t>();
}

BOOST_AUTO_TEST_CASE(a_small_value_takes_few_bytes) {
  BOOST_TEST((written<uint64_t>(0) == bytes{0}));
  BOOST_TEST((written<uint64_t>(127) == bytes{127}));
  BOOST_TEST((written<uint64_t>(128) == bytes{char(0x80), 1}));
  BOOST_TEST((written<int64_t>(-1) == bytes{1}));
  BOOST_TEST(written<uint64_t>(~uint64_t{0}).size() == 10u);
}

BOOST_AUTO_TEST_CASE(more_than_the_type_holds_is_refused) {
  uint16_t small = 0;
  BOOST_TEST(bool(read(written<uint32_t>(65536), small)));
  uint64_t large = 0;
  bytes endless(11, char(0xff));
  BOOST_TEST(bool(read(endless, large)));
  bytes one_bit_too_many(9, char(0x80));
  one_bit_too_many.push_back(2);
  BOOST_TEST(bool(read(one_bit_too_many, large)));
}

BOOST_AUTO_TEST_CASE(a_cut_value_is_refused) {
  auto whole = written<uint64_t>(1ull << 40);
  for (size_t n = 0; n < whole.size(); ++n) {
    uint64_t x = 0;
    BOOST_TEST(
      bool(read(bytes(whole.begin(), whole.begin() + ptrdiff_t(n)), x)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
