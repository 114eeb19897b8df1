#include "runtime/store/password.hpp"

#include "runtime/error.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace vpaas;
using test::value_of;

BOOST_AUTO_TEST_SUITE(password_tests)

BOOST_AUTO_TEST_CASE(a_hash_is_argon2id_and_knows_its_password) {
  auto hash = value_of(hash_password("correct horse battery"));
  BOOST_TEST(hash.rfind("$argon2id$v=19$m=65536,t=2,p=1$", 0) == 0u);
  BOOST_TEST(is_password(hash, "correct horse battery"));
  BOOST_TEST(!is_password(hash, "correct horse batterY"));
  BOOST_TEST(!is_password(hash, ""));
  BOOST_TEST(!is_password("", "correct horse battery"));
  BOOST_TEST(!is_password("$argon2id$nonsense", "correct horse battery"));
}

BOOST_AUTO_TEST_CASE(two_hashes_of_one_password_differ) {
  BOOST_TEST(value_of(hash_password("x")) != value_of(hash_password("x")));
}

BOOST_AUTO_TEST_CASE(a_hash_of_another_program_is_understood) {
  // Of the tests of the reference implementation, phc-winner-argon2.
  auto hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
              "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  BOOST_TEST(is_password(hash, "password"));
  BOOST_TEST(!is_password(hash, "differentpassword"));
}

BOOST_AUTO_TEST_CASE(short_and_simple_passwords_are_refused) {
  BOOST_TEST(bool(check_new_password("elevenchars")));
  BOOST_TEST(bool(check_new_password("aaaaaaaaaaaaaaab")));
  BOOST_TEST(bool(check_new_password(std::string(129, 'x') + "abc")));
  BOOST_TEST(!check_new_password("twelve chars"));
  BOOST_TEST(!check_new_password(random_password()));
  BOOST_TEST((check_new_password("short") == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(tokens_never_repeat_and_are_fit_for_headers) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    auto x = random_token();
    BOOST_TEST_REQUIRE(x.size() == 43u);
    BOOST_TEST_REQUIRE(
      x.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                          "0123456789-_")
      == std::string::npos);
    BOOST_TEST_REQUIRE(seen.insert(x).second);
  }
}

BOOST_AUTO_TEST_CASE(a_digest_says_nothing_of_its_token) {
  // printf abc | b2sum -l 256, in base64.
  BOOST_TEST(digest_of("abc") == "vd2BPGNCOXIxce8_7phXm5SWTjuxyz5CcmLIwGjVIxk");
  BOOST_TEST(digest_of("abc") != digest_of("abd"));
}

BOOST_AUTO_TEST_CASE(secrets_are_compared_whole) {
  BOOST_TEST(same_secret("abc", "abc"));
  BOOST_TEST(!same_secret("abc", "abd"));
  BOOST_TEST(!same_secret("abc", "ab"));
  BOOST_TEST(same_secret("", ""));
}

BOOST_AUTO_TEST_SUITE_END()
