// A file that cannot be read now is not damaged: nothing is deleted for it.

#include "runtime/store/spool.hpp"

#include "support/expect.hpp"
#include "support/spool_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <functional>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace vpaas;
using test::why;

namespace {

/// What reads of this program answer; the first is taken, 0: as they are.
std::vector<int> read_errors;

} // namespace

/// In place of the C library's.
extern "C" ssize_t read(int file, void* to, size_t n) {
  auto code = read_errors.empty() ? 0 : read_errors.front();
  if (!read_errors.empty())
    read_errors.erase(read_errors.begin());
  if (code == 0)
    return ::syscall(SYS_read, file, to, n);
  errno = code;
  return -1;
}

namespace {

struct fixture : test::spool_folder {
  fixture() {
    open();
    keep("a", 1, 0, 0);
    keep("a", 1, 1, 0);
    keep("b", 2, 0, 0);
  }

  ~fixture() {
    read_errors.clear();
  }

  /// What `when` makes of a fetch and of an opening; all is there after it.
  void check_that_nothing_is_lost(const std::function<void()>& when,
                                  const std::function<void()>& after) {
    when();
    auto fetched = uut->fetch("a", 1);
    after();
    BOOST_TEST((fetched.error() == ec::io), why(fetched));
    BOOST_TEST(given_up().empty());
    BOOST_TEST(payloads("a", 1) == (strings{payload(1, 0), payload(1, 1)}),
               boost::test_tools::per_element());
    uut.reset();
    when();
    auto opened = spool::open(folder, {"test-1"}, limits);
    after();
    BOOST_TEST((opened.error() == ec::io), why(opened));
    open();
    BOOST_TEST(uut->totals().segments == 2u);
    BOOST_TEST(uut->totals().damaged == 0u);
    BOOST_TEST(given_up().empty());
    BOOST_TEST(files() == 3u);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_error_tests, fixture)

BOOST_AUTO_TEST_CASE(a_disk_that_fails_once_loses_nothing) {
  for (auto code : {EIO, ENOMEM, EAGAIN, ESTALE})
    check_that_nothing_is_lost([code] { read_errors = {code}; },
                               [] { read_errors.clear(); });
  // In the payload, behind a header that could be read.
  check_that_nothing_is_lost(
    [] {
      read_errors = {0, 0, EIO};
    },
    [] { read_errors.clear(); });
}

BOOST_AUTO_TEST_CASE(a_read_that_is_interrupted_goes_on) {
  read_errors = {EINTR, EINTR, 0, EINTR};
  BOOST_TEST(payloads("a", 1).size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_lack_of_descriptors_loses_nothing) {
  rlimit before{};
  BOOST_TEST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  auto few = before;
  auto all = [&] { ::setrlimit(RLIMIT_NOFILE, &before); };
  auto none = [&] {
    auto next = ::open("/dev/null", O_RDONLY); // the lowest that is free
    ::close(next);
    few.rlim_cur = static_cast<rlim_t>(next);
    ::setrlimit(RLIMIT_NOFILE, &few);
  };
  check_that_nothing_is_lost(none, all);
}

BOOST_AUTO_TEST_CASE(files_that_may_not_be_read_are_not_lost) {
  auto path = file("a", 1, 1);
  auto may = [&](bool x) {
    namespace fs = std::filesystem;
    fs::permissions(path, x ? fs::perms::owner_all : fs::perms::none);
    if (::getuid() != 0)
      return;
    // Root may read everything.
    if (x) {
      BOOST_TEST_REQUIRE(::seteuid(0) == 0);
      BOOST_TEST_REQUIRE(::chown(dir.path().c_str(), 0, 0) == 0);
    } else {
      for (const auto& x : fs::recursive_directory_iterator{dir.path()})
        BOOST_TEST_REQUIRE(::chown(x.path().c_str(), 65534, 65534) == 0);
      BOOST_TEST_REQUIRE(::chown(dir.path().c_str(), 65534, 65534) == 0);
      BOOST_TEST_REQUIRE(::seteuid(65534) == 0);
    }
  };
  check_that_nothing_is_lost([&] { may(false); }, [&] { may(true); });
}

BOOST_AUTO_TEST_SUITE_END()
