#include "runtime/policy/job_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

using queue = job_queue<int>;

constexpr auto never = queue::never;

/// All jobs in the order in which they leave.
std::vector<int> drain(queue& x) {
  std::vector<int> result;
  while (x.size() > 0)
    result.push_back(x.take().value);
  return result;
}

void check(const std::vector<int>& got, const std::vector<int>& expected) {
  BOOST_TEST(got == expected, boost::test_tools::per_element());
}

/// 1 to 4, of which 2 and 4 are more important.
void fill(queue& x) {
  for (int i = 1; i <= 4; ++i)
    BOOST_REQUIRE(!x.push(i, i % 2 == 0 ? 5 : 1, never));
}

} // namespace

BOOST_AUTO_TEST_SUITE(job_queue_tests)

BOOST_AUTO_TEST_CASE(priorities_go_first_and_equals_in_order) {
  queue uut{4, overflow::reject};
  fill(uut);
  check(drain(uut), {2, 4, 1, 3});
}

BOOST_AUTO_TEST_CASE(a_full_queue_rejects) {
  queue uut{4, overflow::reject};
  fill(uut);
  BOOST_TEST(uut.push(5, 255, never).value() == 5);
  BOOST_TEST(uut.losses().rejected == 1u);
  BOOST_TEST(uut.losses().displaced == 0u);
  check(drain(uut), {2, 4, 1, 3});
}

BOOST_AUTO_TEST_CASE(displace_takes_the_youngest_of_the_lowest_priority) {
  queue uut{4, overflow::displace};
  fill(uut);
  BOOST_TEST(uut.push(5, 2, never).value() == 3);
  BOOST_TEST(uut.push(6, 9, never).value() == 1);
  BOOST_TEST(uut.losses().displaced == 2u);
  check(drain(uut), {6, 2, 4, 5});
}

BOOST_AUTO_TEST_CASE(displace_never_takes_one_that_is_as_important) {
  queue uut{4, overflow::displace};
  fill(uut);
  BOOST_TEST(uut.push(5, 1, never).value() == 5);
  BOOST_TEST(uut.losses().rejected == 1u);
  BOOST_TEST(uut.losses().displaced == 0u);
  check(drain(uut), {2, 4, 1, 3});
}

BOOST_AUTO_TEST_CASE(a_job_that_comes_back_gets_its_old_place) {
  queue uut{2, overflow::reject};
  uut.push(1, 7, never);
  uut.push(2, 7, never);
  auto first = uut.take();
  uut.push(3, 7, never);
  uut.put_back(std::move(first));
  BOOST_TEST(uut.size() == 3u);
  check(drain(uut), {1, 2, 3});
}

BOOST_AUTO_TEST_CASE(jobs_expire_at_their_deadline_earliest_first) {
  queue uut{4, overflow::reject};
  uut.push(1, 0, 30s);
  uut.push(2, 9, 20s);
  uut.push(3, 0, never);
  uut.push(4, 0, 20s);
  BOOST_TEST((uut.next_due() == 20s));
  check(uut.expire(19s), {});
  check(uut.expire(20s), {2, 4});
  BOOST_TEST((uut.next_due() == 30s));
  check(uut.expire(1h), {1});
  BOOST_TEST((uut.next_due() == never));
  BOOST_TEST(uut.losses().expired == 3u);
  check(drain(uut), {3});
}

BOOST_AUTO_TEST_CASE(a_job_that_left_takes_its_deadline_along) {
  queue uut{2, overflow::displace};
  uut.push(2, 0, 20s);
  uut.push(1, 0, 10s);
  uut.push(3, 1, 30s); // displaces 1
  BOOST_TEST((uut.next_due() == 20s));
  auto taken = uut.take();
  BOOST_TEST((uut.next_due() == 20s));
  uut.take();
  BOOST_TEST((uut.next_due() == never));
  uut.put_back(std::move(taken));
  BOOST_TEST((uut.next_due() == 30s));
}

BOOST_AUTO_TEST_CASE(jobs_can_be_withdrawn) {
  queue uut{5, overflow::reject};
  fill(uut);
  uut.push(5, 0, 10s);
  check(uut.remove_if([](int x) { return x == 2 || x == 5; }), {2, 5});
  BOOST_TEST(uut.losses().withdrawn == 2u);
  BOOST_TEST((uut.next_due() == never));
  check(drain(uut), {4, 1, 3});
}

BOOST_AUTO_TEST_SUITE_END()
