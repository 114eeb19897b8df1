#include "runtime/node/process.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(process_tests)

BOOST_AUTO_TEST_CASE(usage_counts_threads_and_descriptors) {
  auto before = usage_of_this_process();
  BOOST_TEST(before.rss_bytes > 1000000u);
  BOOST_TEST(before.peak_bytes >= before.rss_bytes);
  BOOST_TEST(before.threads >= 1u);
  auto file = open("/dev/null", O_RDONLY);
  BOOST_TEST(usage_of_this_process().descriptors == before.descriptors + 1);
  close(file);
}

BOOST_AUTO_TEST_CASE(a_lowered_priority_stays_with_its_thread) {
  auto mine = getpriority(PRIO_PROCESS, 0);
  auto other = mine;
  std::thread{[&] {
    lower_thread_priority();
    other = getpriority(PRIO_PROCESS, 0);
  }}.join();
  BOOST_TEST(other == 5);
  BOOST_TEST(getpriority(PRIO_PROCESS, 0) == mine);
}

BOOST_AUTO_TEST_SUITE_END()
