#include "runtime/store/file_store.hpp"

#include "runtime/error.hpp"
#include "runtime/sha256.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace vpaas;
using test::value_of;

namespace {

blob bytes_of(const std::string& x) {
  return blob{blob::buffer(x.begin(), x.end())};
}

struct fixture {
  file_store open(uint64_t quota = 100) {
    return value_of(file_store::open(dir.path("files"), quota));
  }

  static caf::error put(file_store& to, const std::string& text,
                        const file_store::pinned_fun& pinned = {}) {
    return to.put(bytes_of(text), sha256(text), pinned);
  }

  std::string path(const std::string& text) const {
    return dir.path("files/" + sha256(text));
  }

  test::temp_dir dir;
};

const std::string a(40, 'a'), b(40, 'b'), c(40, 'c');

} // namespace

BOOST_FIXTURE_TEST_SUITE(file_store_tests, fixture)

BOOST_AUTO_TEST_CASE(what_it_keeps_is_there_after_the_next_start) {
  {
    auto uut = open();
    BOOST_TEST(!put(uut, a));
    BOOST_TEST(!put(uut, a)); // once more
    BOOST_TEST(uut.bytes() == 40u);
  }
  std::ofstream{dir.path("files/half.part")} << "x";
  auto uut = open();
  BOOST_TEST(uut.bytes() == 40u);
  BOOST_TEST((value_of(uut.read(sha256(a))) == bytes_of(a)));
  BOOST_TEST(!std::filesystem::exists(dir.path("files/half.part")));
}

BOOST_AUTO_TEST_CASE(what_has_another_hash_is_refused) {
  auto uut = open();
  BOOST_TEST((uut.put(bytes_of(a), sha256(b), {}) == ec::bad_input));
  BOOST_TEST((uut.put(bytes_of(a), "../../etc/passwd", {}) == ec::bad_input));
  BOOST_TEST(uut.names().empty());
}

BOOST_AUTO_TEST_CASE(the_least_recently_used_makes_room) {
  auto uut = open();
  BOOST_TEST(!put(uut, a));
  BOOST_TEST(!put(uut, b));
  BOOST_TEST(uut.check(sha256(a)));
  BOOST_TEST(!put(uut, c));
  BOOST_TEST(uut.has(sha256(a)));
  BOOST_TEST(!uut.has(sha256(b)));
  BOOST_TEST(uut.bytes() == 80u);
}

BOOST_AUTO_TEST_CASE(what_is_pinned_stays) {
  auto uut = open();
  BOOST_TEST(!put(uut, a));
  BOOST_TEST(!put(uut, b));
  auto all = [](const std::string&) { return true; };
  BOOST_TEST((put(uut, c, all) == ec::overload));
  BOOST_TEST(uut.bytes() == 80u);
  auto first = [](const std::string& x) { return x == sha256(a); };
  BOOST_TEST(!put(uut, c, first));
  BOOST_TEST(uut.has(sha256(a)));
  BOOST_TEST((put(uut, std::string(101, 'd')) == ec::overload));
  BOOST_TEST(uut.has(sha256(a))); // nothing went for what does not fit anyway
}

BOOST_AUTO_TEST_CASE(a_file_that_was_damaged_is_dropped) {
  auto uut = open();
  BOOST_TEST(!put(uut, a));
  BOOST_TEST(!put(uut, b));
  std::ofstream{path(a)} << "rot";
  std::filesystem::resize_file(path(b), 3);
  BOOST_TEST((uut.read(sha256(a)).error() == ec::bad_input));
  BOOST_TEST(!uut.check(sha256(b)));
  BOOST_TEST(uut.names().empty());
  BOOST_TEST(uut.bytes() == 0u);
  BOOST_TEST((uut.read(sha256(a)).error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_said) {
  auto x = file_store::open("/proc/none/files", 100);
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::io));
}

BOOST_AUTO_TEST_SUITE_END()
