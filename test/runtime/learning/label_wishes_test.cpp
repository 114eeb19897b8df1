#include "runtime/learning/label_wishes.hpp"

#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

const caf::timestamp now{std::chrono::seconds(1'700'000'000)};

bool all_known(const std::string&) {
  return true;
}

label_wish wish(const std::string& label) {
  label_wish result;
  result.crops = {"fog-1:door:1:0", "fog-1:door:2:0"};
  result.label = label;
  result.who = "eve";
  result.once = "k";
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(label_wishes_tests)

BOOST_AUTO_TEST_CASE(a_wish_is_an_entry_a_crop_each_with_a_key_of_its_own) {
  auto found = entries_of(wish("car"), all_known, now);
  BOOST_REQUIRE(bool(found));
  BOOST_REQUIRE(found->size() == 2u);
  BOOST_TEST((*found)[1].crop == "fog-1:door:2:0");
  BOOST_TEST((*found)[0].once == "k/fog-1:door:1:0");
  BOOST_TEST(((*found)[0].time == now));
  BOOST_TEST(bool(entries_of(wish(""), all_known, now))); // background
}

BOOST_AUTO_TEST_CASE(cameras_of_others_have_no_crops) {
  auto x = wish("car");
  x.cameras = {"yard*"};
  BOOST_TEST((entries_of(x, all_known, now).error() == ec::not_found));
  x.cameras = {"do*"};
  BOOST_TEST(bool(entries_of(x, all_known, now)));
  auto none = [](const std::string&) { return false; };
  BOOST_TEST((entries_of(x, none, now).error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(what_holds_is_taken_back_once) {
  auto log = *entries_of(wish("car"), all_known, now);
  log[0].id = 1;
  log[1].id = 2;
  undo_wish x;
  x.who = "zoe";
  x.annotator = "eve";
  auto undone = entries_of(x, log, now);
  BOOST_REQUIRE(bool(undone));
  BOOST_REQUIRE(undone->size() == 2u);
  BOOST_TEST((*undone)[0].undoes == 1u);
  BOOST_TEST((*undone)[0].once == "undo/1");
  log.insert(log.end(), undone->begin(), undone->end());
  BOOST_TEST((entries_of(x, log, now).error() == ec::not_found));
  x.who.clear();
  BOOST_TEST((entries_of(x, log, now).error() == ec::bad_input));
}

BOOST_AUTO_TEST_SUITE_END()
