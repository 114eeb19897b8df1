#include "runtime/node/page_certificate.hpp"

#include "runtime/error.hpp"
#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace vpaas;

namespace {

std::string output_of(const std::string& command) {
  test::temp_dir dir;
  test::child_process{{"sh", "-c", command + " >" + dir.path("out")}}.finish();
  std::ifstream in{dir.path("out")};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(page_certificate_tests)

BOOST_AUTO_TEST_CASE(openssl_reads_it_as_a_server_s) {
  test::temp_dir dir;
  BOOST_TEST(!make_page_certificate(dir.path("page"), "cameras.example"));
  auto text
    = output_of("openssl x509 -noout -text -in " + dir.path("page.pem"));
  for (auto* x : {"DNS:localhost, IP Address:127.0.0.1", "DNS:cameras.example",
                  "TLS Web Server Authentication", "CA:FALSE"})
    BOOST_TEST(text.find(x) != std::string::npos, x << " in " << text);
  auto print = output_of("openssl x509 -noout -fingerprint -sha256 -in "
                         + dir.path("page.pem"));
  BOOST_TEST(print.find(fingerprint_of(dir.path("page.pem")))
             != std::string::npos);
  auto mode = std::filesystem::status(dir.path("page.key")).permissions();
  BOOST_TEST((mode
              == (std::filesystem::perms::owner_read
                  | std::filesystem::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(one_that_is_there_stays) {
  test::temp_dir dir;
  BOOST_TEST(!make_page_certificate(dir.path("page"), "10.0.0.7"));
  auto before = fingerprint_of(dir.path("page.pem"));
  BOOST_TEST(!make_page_certificate(dir.path("page"), "10.0.0.8"));
  BOOST_TEST(fingerprint_of(dir.path("page.pem")) == before);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_said) {
  BOOST_TEST((make_page_certificate("/proc/none/page", "x") == ec::io));
  BOOST_TEST(fingerprint_of("/proc/none/page.pem") == "");
}

BOOST_AUTO_TEST_SUITE_END()
