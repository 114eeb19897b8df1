#include "actors/stream/outbox.hpp"

#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/sec.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

using numbers = std::vector<uint64_t>;

struct fixture {
  std::vector<std::pair<numbers, outbox::answer>> offered;
  numbers stored, refused;
  int again = 0;
  outbox::time_point start{};
  outbox uut{[this](const outbox::results& xs, outbox::answer f) {
               numbers batch;
               for (auto& x : xs)
                 batch.push_back(x.frame);
               offered.emplace_back(std::move(batch), std::move(f));
             },
             [this](const frame_result& x, bool on_disk) {
               (on_disk ? stored : refused).push_back(x.frame);
             },
             [this](bool x) { again += x; }};

  void put(uint64_t n) {
    frame_result x;
    x.frame = n;
    uut.put(std::move(x));
  }

  void answer(size_t i, const caf::error& x = {}) {
    auto f = offered.at(i).second;
    f(x);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(outbox_tests, fixture)

BOOST_AUTO_TEST_CASE(what_waits_goes_as_one_batch) {
  put(0);
  uut.flush(start);
  put(15);
  put(30);
  uut.flush(start);
  BOOST_TEST(offered.size() == 1u);
  answer(0);
  uut.flush(start);
  BOOST_REQUIRE(offered.size() == 2u);
  BOOST_TEST(offered[1].first == (numbers{15, 30}));
  BOOST_TEST(stored == numbers{0});
  BOOST_TEST(uut.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_slow_disk_holds_nobody_up) {
  put(0);
  uut.flush(start);
  put(15);
  uut.flush(start + 999ms);
  BOOST_TEST(offered.size() == 1u);
  BOOST_TEST((uut.next() == start + 1s));
  uut.flush(start + 1s);
  BOOST_TEST(offered.size() == 2u);
  BOOST_TEST(!uut.next());
  BOOST_TEST(uut.size() == 2u);
  answer(1);
  answer(0);
  BOOST_TEST(stored == (numbers{15, 0}));
  BOOST_TEST(uut.size() == 0u);
}

BOOST_AUTO_TEST_CASE(what_nobody_took_is_offered_again_in_its_place) {
  put(0);
  uut.flush(start);
  put(15);
  answer(0, caf::sec::request_receiver_down);
  BOOST_TEST(again == 1);
  uut.flush(start);
  BOOST_REQUIRE(offered.size() == 2u);
  BOOST_TEST(offered[1].first == (numbers{0, 15}));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_handed_back) {
  put(0);
  uut.flush(start);
  answer(0, caf::make_error(ec::io, "full"));
  BOOST_TEST(refused == numbers{0});
  BOOST_TEST(again == 0);
  BOOST_TEST(uut.size() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_too_much_is_handed_back) {
  for (uint64_t n = 0; n <= outbox::most; ++n)
    put(n);
  BOOST_TEST(uut.size() == outbox::most);
  BOOST_TEST(refused == numbers{outbox::most});
}

BOOST_AUTO_TEST_SUITE_END()
