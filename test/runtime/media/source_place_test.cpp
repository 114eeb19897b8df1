// Places that cannot be opened.

#include "runtime/error.hpp"
#include "runtime/media/source.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <chrono>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

source_config at(const std::string& url) {
  source_config result;
  result.url = url;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(source_place_tests)

BOOST_AUTO_TEST_CASE(a_pipe_without_a_writer_is_given_up) {
  test::temp_dir folder;
  auto pipe = folder.path("pipe");
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  auto config = at(pipe);
  config.open_timeout = 200ms;
  auto start = std::chrono::steady_clock::now();
  auto x = source::open(config);
  BOOST_REQUIRE(!x);
  BOOST_TEST(describe(x.error()).find("nobody writes") != std::string::npos);
  config.open_timeout = 1h;
  x = source::open(config, std::make_shared<std::atomic<bool>>(true));
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::cancelled));
  BOOST_TEST((std::chrono::steady_clock::now() - start < 30s));
}

BOOST_AUTO_TEST_CASE(an_address_is_of_a_known_scheme_and_shows_no_password) {
  auto text = [](const std::string& url) {
    auto x = source::open(at(url));
    BOOST_REQUIRE(!x);
    return describe(x.error());
  };
  auto unknown = text("gopher://joe:s3cret@10.0.0.1/a");
  BOOST_TEST(unknown.find("bad_config") == 0u, unknown);
  BOOST_TEST(unknown.find("s3cret") == std::string::npos, unknown);
  auto refused = text("http://joe:s3cret@127.0.0.1:9/a?token=abc123");
  BOOST_TEST(refused.find("s3cret") == std::string::npos, refused);
  BOOST_TEST(refused.find("abc123") == std::string::npos, refused);
  BOOST_TEST(refused.find("joe:***@127.0.0.1:9") != std::string::npos, refused);
  auto missing = source::open(at("/nowhere/a.mp4"));
  BOOST_TEST((trouble_of(missing.error()) == trouble::missing));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_source_is_no_trouble) {
  BOOST_TEST((trouble_of({}) == trouble::none));
  BOOST_TEST((trouble_of(caf::make_error(ec::io, "x")) == trouble::broken));
}

BOOST_AUTO_TEST_SUITE_END()
