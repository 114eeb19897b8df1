#include "runtime/store/sealer.hpp"

#include "runtime/error.hpp"
#include "support/expect.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace vpaas;
using namespace vpaas::test;

namespace {

struct fixture {
  test::temp_dir dir;

  sealer with(const std::string& key) {
    auto x = sealer::open(dir.path(key));
    BOOST_REQUIRE_MESSAGE(x, why(x));
    return *x;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sealer_tests, fixture)

BOOST_AUTO_TEST_CASE(text_comes_back_with_the_key_of_its_file) {
  for (auto& text : {std::string{}, std::string{"rtsp://guard:pass@door/1"},
                     std::string(5000, 'x'), std::string("a\0b", 3)}) {
    auto sealed = with("key").seal(text);
    BOOST_TEST(sealed.rfind("sealed:", 0) == 0u);
    BOOST_TEST((text.empty() || sealed.find(text) == std::string::npos));
    BOOST_TEST(sealed != with("key").seal(text));
    auto opened = with("key").unseal(sealed);
    BOOST_REQUIRE_MESSAGE(opened, why(opened));
    BOOST_TEST(*opened == text);
  }
  struct stat x {};
  BOOST_TEST(stat(dir.path("key").c_str(), &x) == 0);
  BOOST_TEST((x.st_mode & 0777) == 0600u);
}

BOOST_AUTO_TEST_CASE(what_was_never_sealed_is_as_it_is) {
  auto x = with("key").unseal("yard.mp4");
  BOOST_REQUIRE(x);
  BOOST_TEST(*x == "yard.mp4");
}

BOOST_AUTO_TEST_CASE(another_key_or_changed_text_is_refused) {
  auto sealed = with("key").seal("yard.mp4");
  auto changed = sealed;
  changed.back() = changed.back() == 'A' ? 'B' : 'A';
  BOOST_TEST((with("other").unseal(sealed).error() == ec::bad_input));
  for (auto& x : {changed, sealed.substr(0, sealed.size() / 2),
                  std::string{"sealed:"}, std::string{"sealed:?"}})
    BOOST_TEST((with("key").unseal(x).error() == ec::bad_input), x);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_none_or_cannot_be_made_says_so) {
  dir.write("short", "abc");
  BOOST_TEST(why(sealer::open(dir.path("short"))).find("holds no key")
             != std::string::npos);
  BOOST_TEST((sealer::open(dir.path("no/folder")).error() == ec::io));
}

BOOST_AUTO_TEST_SUITE_END()
