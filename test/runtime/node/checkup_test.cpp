#include "runtime/node/checkup.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(checkup_tests)

BOOST_AUTO_TEST_CASE(a_package_that_was_removed_counts_as_missing) {
  test::temp_dir dir;
  auto status = dir.write("status", "Package: here\n"
                                    "Status: install ok installed\n\n"
                                    "Package: gone\n"
                                    "Status: deinstall ok config-files\n");
  auto x = check_packages({"here", "gone", "never"}, status);
  BOOST_TEST((x.state == verdict::bad));
  BOOST_TEST(x.found == "missing: gone never");
  BOOST_TEST(x.mend == "run scripts/setup, or apt-get install gone never");
  BOOST_TEST((check_packages({"here"}, status).state == verdict::good));
}

BOOST_AUTO_TEST_CASE(only_the_openmp_flavour_of_openblas_is_good) {
  std::string folder = "/usr/lib/x86_64-linux-gnu/";
  BOOST_TEST((judge_blas(folder + "openblas-openmp/libblas.so.3").state
              == verdict::good));
  for (auto x : {"openblas-pthread/libblas.so.3", "blas/libblas.so.3.11.0"})
    BOOST_TEST((judge_blas(folder + x).state == verdict::poor), x);
  BOOST_TEST((judge_blas("").state == verdict::bad));
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_noticed) {
  auto holder = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto generic = reinterpret_cast<sockaddr*>(&address);
  BOOST_REQUIRE(bind(holder, generic, size) == 0);
  BOOST_REQUIRE(listen(holder, 1) == 0);
  getsockname(holder, generic, &size);
  auto port = ntohs(address.sin_port);
  BOOST_TEST((check_port("x", "127.0.0.1", port).state == verdict::poor));
  close(holder);
  BOOST_TEST((check_port("x", "127.0.0.1", port).state == verdict::good));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_bad) {
  BOOST_TEST((check_disk("/nonexistent").state == verdict::bad));
  test::temp_dir dir;
  BOOST_TEST(check_disk(dir.path()).found.find("GiB free in ")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_ends_soon_is_told_in_time) {
  using std::chrono::hours;
  caf::timestamp now{hours(24 * 20000)}; // 2024-10-04
  auto judged = [&](int days) {
    return judge_certificate("fog-1", now + hours(24 * days), now);
  };
  BOOST_TEST(judged(365).found
             == "that of fog-1 ends on 2025-10-04, in 365 days");
  BOOST_TEST((judged(365).state == verdict::good));
  BOOST_TEST((judged(29).state == verdict::poor));
  BOOST_TEST((judged(0).state == verdict::bad));
  BOOST_TEST(judged(-1).found == "that of fog-1 ended on 2024-10-03");
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_is_a_warning) {
  test::temp_dir dir;
  auto path = dir.write("x.key", "");
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms::owner_read | perms::group_read);
  BOOST_TEST((check_key(path).state == verdict::poor));
  BOOST_TEST(check_key(path).mend == "chmod 600 " + path);
  std::filesystem::permissions(path, perms::owner_read);
  BOOST_TEST((check_key(path).state == verdict::good));
}

BOOST_AUTO_TEST_SUITE_END()
