#include "runtime/store/label_log.hpp"

#include "runtime/error.hpp"
#include "runtime/store/data_store.hpp"
#include "support/postgres_server.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace vpaas;
using test::value_of;

namespace {

label_log open(const std::string& connection) {
  database_config cfg;
  cfg.connection = connection;
  return value_of(label_log::open(cfg));
}

label_entry says(const std::string& who, const std::string& crop,
                 const std::string& label, const std::string& once = "") {
  label_entry result;
  result.time = caf::timestamp{std::chrono::seconds(1'700'000'000)};
  result.who = who;
  result.crop = crop;
  result.label = label;
  result.origin = "page";
  result.once = once;
  return result;
}

kept_crop crop(const std::string& id) {
  kept_crop result;
  result.id = id;
  result.node = "fog-1";
  result.stream = "d\xC3\xB6or";
  result.frame = 450;
  result.captured = caf::timestamp{std::chrono::seconds(1'700'000'000)};
  result.place.where = {.1f, .2f, .3f, .4f};
  result.place.hint_score = .25f;
  result.hint = "van";
  result.score = .4f;
  result.model = "m@1 fp32/heads";
  float features[] = {1.5f, -2};
  result.features = packed_floats(features, 2);
  result.jpeg = blob{{0xFF, 0xD8, 0x00, 0x25}};
  return result;
}

void keeps_labels_and_crops(const std::string& connection) {
  auto uut = open(connection);
  auto added = value_of(uut.add({says("eve", "a", "car")}, {crop("a")}));
  BOOST_TEST_REQUIRE(added.size() == 1u);
  BOOST_TEST(added[0].id == 1u);
  auto undo = says("eve", "a", "");
  undo.undoes = 1;
  BOOST_TEST(value_of(uut.add({undo, says("zoe", "a", "")}, {crop("a")})).size()
             == 2u);
  auto again = open(connection);
  auto all = value_of(again.entries(0, 100));
  BOOST_TEST_REQUIRE(all.size() == 3u);
  BOOST_TEST(all[0].label == "car");
  BOOST_TEST(all[1].undoes == 1u);
  BOOST_TEST((all[2].time == undo.time));
  BOOST_TEST(value_of(again.entries(1, 1))[0].id == 2u);
  BOOST_TEST((value_of(again.find_crop("a")) == crop("a")));
  BOOST_TEST(!value_of(again.find_crop("b")));
  auto crops = value_of(again.crops());
  BOOST_TEST_REQUIRE(crops.size() == 1u);
  BOOST_TEST(crops[0].jpeg.empty());
}

void counts_what_is_sent_twice_once(const std::string& connection) {
  auto uut = open(connection);
  auto first = value_of(uut.add({says("eve", "a", "car", "k1")}, {}));
  auto second = value_of(uut.add({says("eve", "a", "car", "k1")}, {}));
  BOOST_TEST(first[0].id == second[0].id);
  value_of(uut.add({says("zoe", "a", "car", "k1")}, {})); // of somebody else
  value_of(uut.add({says("eve", "a", "car")}, {}));       // without a key
  value_of(uut.add({says("eve", "a", "car")}, {}));
  BOOST_TEST(value_of(uut.entries(0, 100)).size() == 4u);
}

void lives_beside_users(const std::string& connection) {
  database_config cfg;
  cfg.connection = connection;
  auto users = value_of(data_store::open(cfg));
  auto uut = open(connection);
  value_of(uut.add({says("eve", "a'; drop table labels", "car")}, {}));
  user eve;
  eve.name = "eve";
  BOOST_TEST(!users.keep(eve));
  BOOST_TEST(value_of(uut.entries(0, 100)).size() == 1u);
}

constexpr std::array cases{keeps_labels_and_crops,
                           counts_what_is_sent_twice_once, lives_beside_users};

} // namespace

BOOST_AUTO_TEST_SUITE(label_log_tests)

BOOST_AUTO_TEST_CASE(in_sqlite) {
  for (auto f : cases) {
    test::temp_dir dir;
    f(dir.path("data.db"));
  }
}

BOOST_AUTO_TEST_CASE(in_postgresql) {
  for (auto f : cases) {
    test::postgres_server server;
    if (!server.runs()) {
      BOOST_TEST_MESSAGE("skipped: no PostgreSQL server");
      return;
    }
    f(server.connection());
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_database_is_refused) {
  database_config cfg;
  cfg.connection = "mysql://x";
  BOOST_TEST((label_log::open(cfg).error() == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
