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

BOOST_AUTO_TEST_SUITE_END()
