#include "runtime/store/cells.hpp"

#include "runtime/result.hpp"
#include "support/expect.hpp"
#include "support/results.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using test::why;

BOOST_AUTO_TEST_SUITE(cells_tests)

BOOST_AUTO_TEST_CASE(any_bytes_become_text_and_come_back) {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> cases[] = {
    {"gate 'A' \"B\"", "gate 'A' \"B\""},
    {"50%", "50%25"},
    {"a\0b\n"s, "a%00b%0A"},
    {"T\xC3\xBCr \xE9\x96\x80 \xF0\x9F\x9A\x97",
     "T\xC3\xBCr \xE9\x96\x80 \xF0\x9F\x9A\x97"},
    {"\xFF\x80", "%FF%80"},        // no first bytes
    {"\xC0\xAF", "%C0%AF"},        // longer than need be
    {"\xED\xA0\x80", "%ED%A0%80"}, // a surrogate
    {"\xE9\x96", "%E9%96"},        // cut off
    {"", ""},
  };
  for (const auto& [raw, text] : cases) {
    BOOST_TEST(escape_text(raw) == text);
    BOOST_TEST(unescape_text(text) == raw);
  }
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += static_cast<char>(i);
  BOOST_TEST(unescape_text(escape_text(all)) == all);
  BOOST_TEST(unescape_text("100% %4") == "100% %4");
}

BOOST_AUTO_TEST_CASE(a_struct_is_a_row_and_comes_back) {
  auto x = test::result_of("cam-1", 31, 2);
  auto row = columns_of<frame_result>();
  write_cells(x, row);
  BOOST_TEST(row.size() == 13u);
  BOOST_TEST(row[3].column == "captured");
  BOOST_TEST(!row[3].is_text);
  BOOST_TEST(row[3].number == 1'600'000'000'000'000'032);
  BOOST_TEST(row[8].text == "backup");
  BOOST_TEST(row[12].is_text);
  auto y = read_cells<frame_result>(row);
  BOOST_TEST_REQUIRE(why(y) == "");
  BOOST_TEST((*y == x));
}

BOOST_AUTO_TEST_CASE(objects_of_before_there_were_tracks_have_none) {
  auto row = columns_of<frame_result>();
  write_cells(test::result_of("cam-1", 31), row);
  row[12].text = R"([{"where":{"x0":0,"y0":0,"x1":1,"y1":1},"label":"car",)"
                 R"("score":0.5,"by":"fog"}])";
  auto x = read_cells<frame_result>(row);
  BOOST_TEST_REQUIRE(why(x) == "");
  BOOST_TEST(x->objects.at(0).label == "car");
  BOOST_TEST(x->objects.at(0).track == 0u);
}

BOOST_AUTO_TEST_CASE(a_cell_that_cannot_be_is_an_error_with_its_column) {
  auto good = columns_of<frame_result>();
  write_cells(test::result_of("cam-1", 31), good);
  auto row = good;
  row[1].number = -1;
  BOOST_TEST(why(read_cells<frame_result>(row))
             == "bad_input: frame: the number is out of range");
  row = good;
  row[8].text = "nobody";
  BOOST_TEST(why(read_cells<frame_result>(row)).find("located: expected one")
             != std::string::npos);
  row = good;
  row[12].text = "[{";
  BOOST_TEST(!why(read_cells<frame_result>(row)).empty());
}

BOOST_AUTO_TEST_CASE(a_label_that_is_no_text_costs_only_its_bad_bytes) {
  auto x = test::result_of("cam-1", 31);
  x.objects[0].label = std::string{"c\xFFr\0", 4};
  auto row = columns_of<frame_result>();
  write_cells(x, row);
  auto y = read_cells<frame_result>(row);
  BOOST_TEST_REQUIRE(why(y) == "");
  BOOST_TEST(y->objects[0].label == std::string("c\xEF\xBF\xBDr\0", 6));
}

BOOST_AUTO_TEST_SUITE_END()
