#include "runtime/learning/labels.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

struct word_log {
  word_log& says(const std::string& who, const std::string& crop,
                 const std::string& label) {
    label_entry x;
    x.id = entries.size() + 1;
    x.who = who;
    x.crop = crop;
    x.label = label;
    entries.push_back(x);
    return *this;
  }

  word_log& undoes(const std::string& who, uint64_t id) {
    label_entry x;
    x.id = entries.size() + 1;
    x.who = who;
    x.crop = entries[id - 1].crop;
    x.undoes = id;
    entries.push_back(x);
    return *this;
  }

  std::vector<label_entry> entries;
};

} // namespace

BOOST_AUTO_TEST_SUITE(labels_tests)

BOOST_AUTO_TEST_CASE(the_last_word_of_an_annotator_counts) {
  auto found = standing_labels(
    word_log{}.says("eve", "a", "car").says("eve", "a", "van").entries);
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].label == "van");
  BOOST_TEST(found[0].id == 2u);
  BOOST_TEST(found[0].who == "eve");
  BOOST_TEST(found[0].opinions == 1u);
  BOOST_TEST(!found[0].disputed);
}

BOOST_AUTO_TEST_CASE(what_is_taken_back_counts_no_more) {
  word_log x;
  x.says("eve", "a", "car").undoes("eve", 1);
  BOOST_TEST(standing_labels(x.entries).empty());
  x.says("eve", "a", "car");
  BOOST_TEST(standing_labels(x.entries).size() == 1u);
  // The word before it holds again.
  word_log y;
  y.says("eve", "a", "car").says("eve", "a", "van").undoes("eve", 2);
  BOOST_TEST(standing_labels(y.entries)[0].label == "car");
}

BOOST_AUTO_TEST_CASE(of_several_annotators_most_are_right) {
  word_log x;
  x.says("eve", "a", "car").says("zoe", "a", "").says("bob", "a", "car");
  auto found = standing_labels(x.says("zoe", "a", "van").entries);
  BOOST_TEST(found[0].label == "car");
  BOOST_TEST(found[0].opinions == 3u);
  BOOST_TEST(found[0].disputed);
}

BOOST_AUTO_TEST_CASE(of_as_many_the_newest) {
  auto found = standing_labels(
    word_log{}.says("zoe", "a", "van").says("eve", "a", "car").entries);
  BOOST_TEST(found[0].label == "car");
}

BOOST_AUTO_TEST_CASE(who_is_often_alone_is_seen) {
  word_log x;
  for (auto* crop : {"a", "b", "c"})
    x.says("eve", crop, "van")
      .says("zoe", crop, "van")
      .says("bob", crop, "car");
  x.says("bob", "d", "car").undoes("bob", 10);
  auto found = annotators_of(x.entries);
  BOOST_REQUIRE(found.size() == 3u);
  BOOST_TEST(found[0].who == "bob");
  BOOST_TEST(found[0].labels == 3u);
  BOOST_TEST(found[0].undone == 1u);
  BOOST_TEST(found[0].shared == 3u);
  BOOST_TEST(found[0].outvoted == 3u);
  BOOST_TEST(found[1].outvoted == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
