#include "runtime/node/secret.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <set>
#include <thread>
#include <vector>

using namespace vpaas;

namespace {

std::string error_of(const std::string& path) {
  auto x = read_secret(path);
  return x ? "good" : describe(x.error());
}

} // namespace

BOOST_AUTO_TEST_SUITE(secret_tests)

BOOST_AUTO_TEST_CASE(it_is_made_once_and_for_its_owner_only) {
  test::temp_dir dir;
  auto path = dir.path("new/secret");
  auto first = read_secret(path);
  BOOST_REQUIRE(first);
  BOOST_TEST(first->size() == 64u);
  BOOST_TEST(*read_secret(path) == *first);
  using std::filesystem::perms;
  auto mode = std::filesystem::status(path).permissions();
  BOOST_TEST((mode == (perms::owner_read | perms::owner_write)));
  auto around = std::filesystem::status(dir.path("new")).permissions();
  BOOST_TEST((around == perms::owner_all));
  BOOST_TEST(*read_secret(dir.path("other")) != *first);
}

BOOST_AUTO_TEST_CASE(who_makes_it_at_the_same_time_gets_the_same) {
  test::temp_dir dir;
  std::vector<std::string> got(8);
  std::vector<std::thread> threads;
  for (auto& x : got)
    threads.emplace_back([&x, &dir] {
      auto secret = read_secret(dir.path("secret"));
      x = secret ? *secret : describe(secret.error());
    });
  for (auto& x : threads)
    x.join();
  BOOST_TEST(std::set<std::string>(got.begin(), got.end()).size() == 1u,
             got[0]);
}

BOOST_AUTO_TEST_CASE(what_others_could_read_or_write_is_refused) {
  test::temp_dir dir;
  auto path = dir.path("secret");
  BOOST_REQUIRE(read_secret(path));
  std::filesystem::permissions(path, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  BOOST_TEST(error_of(path)
             == "bad_config: the secret " + path
                  + " can be read by others; remove it, and a new one is "
                    "made");
  std::filesystem::remove(path);
  std::filesystem::create_symlink("/etc/hostname", path);
  BOOST_TEST(error_of(path).find("io: failed to open the secret") == 0u);
}

BOOST_AUTO_TEST_CASE(half_of_it_is_none) {
  test::temp_dir dir;
  auto path = dir.write("secret", "abc");
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  BOOST_TEST(error_of(path).find("is damaged") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
