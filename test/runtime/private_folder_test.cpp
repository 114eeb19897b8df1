#include "runtime/private_folder.hpp"

#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>

using namespace vpaas;

namespace {

int mode_of(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 0777 : -1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(private_folder_tests)

BOOST_AUTO_TEST_CASE(all_that_was_missing_is_nobody_elses) {
  test::temp_dir dir;
  BOOST_TEST(make_private_folder(dir.path("a/b/c")) == 0);
  for (auto x : {"a", "a/b", "a/b/c"})
    BOOST_TEST(mode_of(dir.path(x)) == 0700, x);
}

BOOST_AUTO_TEST_CASE(one_that_is_there_stays_as_it_is) {
  test::temp_dir dir;
  std::filesystem::create_directory(dir.path("a"));
  ::chmod(dir.path("a").c_str(), 0750);
  BOOST_TEST(make_private_folder(dir.path("a")) == 0);
  BOOST_TEST(make_private_folder("") == 0);
  BOOST_TEST(mode_of(dir.path("a")) == 0750);
}

BOOST_AUTO_TEST_CASE(a_file_in_the_way_is_an_error) {
  test::temp_dir dir;
  std::ofstream{dir.path("a")}.close();
  BOOST_TEST(make_private_folder(dir.path("a/b")) == ENOTDIR);
}

BOOST_AUTO_TEST_SUITE_END()
