#include "runtime/store/spool_index.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

using numbers = std::vector<uint64_t>;

caf::timestamp at(int64_t s) {
  return caf::timestamp{std::chrono::seconds{s}};
}

struct fixture {
  spool_index uut;

  fixture() {
    for (auto name : {"a", "b"})
      uut.begin(name).name = name;
  }

  void add(const std::string& stream, uint64_t number, int64_t s,
           uint64_t disk = 4096) {
    spool_part x{stream, number, 0, 0, 10, at(s)};
    uut.add(*uut.find(stream), x, at(s), 1000, disk);
  }

  numbers too_old(int64_t now, caf::timespan most) const {
    numbers result;
    for (auto& [in, number] : uut.too_old(at(now), most))
      result.push_back(number);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_index_tests, fixture)

BOOST_AUTO_TEST_CASE(parts_add_up_to_their_segment) {
  add("a", 1, 10);
  add("a", 1, 11);
  add("b", 1, 5);
  auto x = uut.find("a", 1);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->info.parts == 2u);
  BOOST_TEST(x->info.frames == 20u);
  BOOST_TEST(x->info.bytes == 2000u);
  BOOST_TEST(uut.totals().segments == 2u);
  BOOST_TEST(uut.totals().kept == 2u);
  BOOST_TEST(uut.totals().streams == 2u);
  BOOST_TEST(uut.totals().bytes == 3 * 4096u);
  BOOST_CHECK(uut.oldest() == at(5));
}

BOOST_AUTO_TEST_CASE(what_is_removed_is_nowhere) {
  add("a", 1, 10);
  uut.remove(*uut.find("a"), 1);
  uut.remove(*uut.find("a"), 1);
  BOOST_CHECK(!uut.find("a", 1));
  BOOST_TEST(uut.totals().segments == 0u);
  BOOST_TEST(uut.totals().bytes == 0u);
  BOOST_TEST(!uut.oldest().has_value());
  BOOST_TEST(uut.empty_streams() == (std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(the_oldest_of_all_streams_go_first) {
  add("a", 1, 20);
  add("b", 2, 10);
  add("a", 3, 30);
  BOOST_TEST((too_old(40, 20s) == numbers{2, 1}));
  BOOST_TEST(uut.oldest_but(nullptr)->second == 2u);
  BOOST_TEST(uut.oldest_but(uut.find("b", 2))->second == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_found_has_no_age_under_a_doubtful_clock) {
  add("a", 1, 10);
  uut.all_found();
  add("a", 2, 10);
  BOOST_TEST(uut.totals().found == 1u);
  BOOST_TEST(uut.totals().kept == 1u);
  uut.trust_clock(false);
  BOOST_TEST(too_old(100, 20s) == numbers{2});
  uut.shift(85s, at(95)); // the clock was 85 s behind
  BOOST_TEST(too_old(100, 20s) == numbers{});
  uut.trust_clock(true);
  BOOST_TEST(too_old(100, 20s) == numbers{1});
}

BOOST_AUTO_TEST_CASE(what_was_given_up_is_told_once) {
  uut.give_up("a", 7, "spool_age");
  auto xs = uut.take_given_up();
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].number == 7u);
  BOOST_TEST(uut.take_given_up().empty());
}

BOOST_AUTO_TEST_SUITE_END()
