#include "runtime/store/folder_lock.hpp"

#include "runtime/pulse.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <memory>
#include <thread>

using namespace vpaas;

namespace {

struct fixture {
  test::temp_dir dir;
  std::string folder = dir.path("");
  folder_lock uut;

  /// Takes the folder in a thread with this pulse; the lock stays taken.
  std::unique_ptr<folder_lock> take_in_thread(uint64_t id, bool abandoned) {
    auto result = std::make_unique<folder_lock>();
    std::thread{[&] {
      begin_pulse(id);
      BOOST_TEST(result->take(folder) == 0);
      if (abandoned)
        abandon_pulse(id);
    }}.join();
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(folder_lock_tests, fixture)

BOOST_AUTO_TEST_CASE(one_has_the_folder_until_it_gives_it_up) {
  auto first = take_in_thread(2001, false);
  BOOST_TEST(uut.take(folder) == EWOULDBLOCK);
  first = nullptr;
  BOOST_TEST(uut.take(folder) == 0);
}

BOOST_AUTO_TEST_CASE(who_was_abandoned_shares_it_with_the_next_one) {
  auto first = take_in_thread(2002, true);
  BOOST_TEST(uut.take(folder) == 0);
  folder_lock third;
  BOOST_TEST(third.take(folder) == EWOULDBLOCK);
  first = nullptr; // it came back, and ended
  BOOST_TEST(third.take(folder) == EWOULDBLOCK);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_cannot_be_had) {
  BOOST_TEST(uut.take(folder + "/none") == ENOENT);
}

BOOST_AUTO_TEST_SUITE_END()
