#include "runtime/node/tls.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace vpaas;

namespace {

struct fixture {
  fixture() {
    BOOST_REQUIRE(!make_authority(dir.path("a"), 30));
    BOOST_REQUIRE(!issue_certificate(dir.path("a"), "fog-1", 30));
  }

  tls_files good() const {
    return {dir.path("a/fog-1.pem"), dir.path("a/fog-1.key"),
            dir.path("a/ca.pem")};
  }

  /// What is said of `files`, without the folder of the test.
  std::string error_of(const tls_files& files) const {
    auto x = check_tls(files);
    if (x)
      return *x ? "on" : "off";
    return without_folder(describe(x.error()));
  }

  std::string without_folder(std::string text) const {
    for (auto at = text.find(dir.path() + "/"); at != std::string::npos;
         at = text.find(dir.path() + "/"))
      text.erase(at, dir.path().size() + 1);
    return text;
  }

  test::temp_dir dir;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls_tests, fixture)

BOOST_AUTO_TEST_CASE(issued_certificates_are_accepted_and_none_is_off) {
  BOOST_TEST(error_of(good()) == "on");
  BOOST_TEST(error_of({}) == "off");
}

BOOST_AUTO_TEST_CASE(a_key_is_readable_by_its_owner_only) {
  using std::filesystem::perms;
  for (auto name : {"a/ca.key", "a/fog-1.key"}) {
    auto mode = std::filesystem::status(dir.path(name)).permissions();
    BOOST_TEST(
      ((mode & (perms::group_all | perms::others_all)) == perms::none));
  }
}

BOOST_AUTO_TEST_CASE(each_partial_or_wrong_set_gets_its_one_line) {
  BOOST_REQUIRE(!make_authority(dir.path("b"), 30));
  BOOST_REQUIRE(!issue_certificate(dir.path("b"), "fog-1", 30));
  BOOST_REQUIRE(!issue_certificate(dir.path("a"), "old", -1));
  auto junk = dir.write("junk.pem", "no certificate");
  auto partial = [&](auto member) {
    auto x = good();
    (x.*member).clear();
    return error_of(x);
  };
  auto changed = [&](auto member, const std::string& path) {
    auto x = good();
    x.*member = path;
    return error_of(x);
  };
  auto all = " is missing; TLS needs certificate, key and cafile, or none of "
             "them";
  BOOST_TEST(partial(&tls_files::certificate)
             == std::string{"bad_config: openssl.certificate"} + all);
  BOOST_TEST(partial(&tls_files::key)
             == std::string{"bad_config: openssl.key"} + all);
  BOOST_TEST(partial(&tls_files::cafile)
             == std::string{"bad_config: openssl.cafile"} + all);
  BOOST_TEST(changed(&tls_files::certificate, dir.path("none.pem"))
             == "bad_config: failed to load openssl.certificate none.pem: No "
                "such file or directory; make one with vpaas certs");
  BOOST_TEST(changed(&tls_files::key, dir.path("none.key"))
             == "bad_config: failed to load openssl.key none.key: No such file "
                "or directory; make one with vpaas certs");
  BOOST_TEST(changed(&tls_files::certificate, junk)
             == "bad_config: failed to load openssl.certificate junk.pem: no "
                "start line; make one with vpaas certs");
  BOOST_TEST(changed(&tls_files::cafile, junk).find("openssl.cafile junk.pem")
             != std::string::npos);
  BOOST_TEST(changed(&tls_files::key, dir.path("b/fog-1.key"))
             == "bad_config: openssl.key b/fog-1.key does not belong to "
                "openssl.certificate a/fog-1.pem");
  BOOST_TEST(changed(&tls_files::cafile, dir.path("b/ca.pem"))
               .find("openssl.certificate a/fog-1.pem is refused by "
                     "openssl.cafile b/ca.pem: ")
             != std::string::npos);
  BOOST_TEST(error_of({dir.path("a/old.pem"), dir.path("a/old.key"),
                       dir.path("a/ca.pem")})
             == "bad_config: openssl.certificate a/old.pem is refused by "
                "openssl.cafile a/ca.pem: certificate has expired; issue it "
                "again with vpaas certs issue");
}

BOOST_AUTO_TEST_CASE(nothing_is_overwritten) {
  auto authority = make_authority(dir.path("a"), 30);
  BOOST_TEST(describe(authority).find("has an authority already")
             != std::string::npos);
  auto again = issue_certificate(dir.path("a"), "fog-1", 30);
  BOOST_TEST(without_folder(describe(again))
             == "bad_config: a/fog-1.key exists; vpaas certs renew replaces "
                "both files");
  BOOST_TEST(error_of(good()) == "on");
}

BOOST_AUTO_TEST_CASE(a_name_that_leaves_the_folder_is_refused) {
  for (auto name : {"", "../x", "a/b", "ca", ".hidden", "x y"})
    BOOST_TEST((issue_certificate(dir.path("a"), name, 30) == ec::bad_input),
               name);
  BOOST_TEST((issue_certificate(dir.path("none"), "x", 30) == ec::io));
}

BOOST_AUTO_TEST_CASE(without_tls_only_loopback_is_listened_on) {
  BOOST_TEST(!check_exposure("0.0.0.0", true));
  for (auto host : {"127.0.0.1", "127.1.2.3", "localhost", "::1"})
    BOOST_TEST(!check_exposure(host, false), host);
  for (auto host : {"0.0.0.0", "10.0.0.1", "", "::", "cloud.example"})
    BOOST_TEST((check_exposure(host, false) == ec::bad_config), host);
}

BOOST_AUTO_TEST_SUITE_END()
