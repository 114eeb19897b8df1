#include "actors/cloud/decoder_desks.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

const std::vector<std::string> three{"d-1", "d-2", "d-3"};

chunk part(const std::string& stream, uint16_t number, bool last = false) {
  chunk result;
  result.stream = stream;
  result.part = number;
  result.last = last;
  return result;
}

part_lines::entry entry(uint64_t ticket) {
  return {ticket, {}, {}, true};
}

} // namespace

BOOST_AUTO_TEST_SUITE(decoder_desks_tests)

BOOST_AUTO_TEST_CASE(a_chunk_stays_where_it_began) {
  decoder_desks uut;
  auto moved = 0;
  for (int k = 0; k < 20; ++k) {
    auto stream = "s" + std::to_string(k);
    BOOST_TEST(uut.decoder_of(part(stream, 0), {"d-1"}, 100) == "d-1");
    BOOST_TEST(uut.decoder_of(part(stream, 1), three, 100) == "d-1");
    BOOST_TEST(uut.decoder_of(part(stream, 2, true), three, 100) == "d-1");
    moved += uut.decoder_of(part(stream, 0), three, 100) != "d-1";
  }
  BOOST_TEST(moved > 0);
}

BOOST_AUTO_TEST_CASE(a_decoder_holds_two_and_live_ones_go_first) {
  decoder_desks uut;
  for (uint64_t i = 0; i < 3; ++i)
    uut.push("d-1", entry(i), false);
  uut.push("d-1", entry(9), true);
  BOOST_TEST(uut.next("d-1")->ticket == 9u);
  uut.take_up("d-1");
  BOOST_TEST(uut.next("d-1")->ticket == 0u);
  uut.take_up("d-1");
  BOOST_TEST(!uut.next("d-1").has_value());
  BOOST_TEST(!uut.next("d-2").has_value());
  uut.lay_down("d-1");
  BOOST_TEST(uut.next("d-1")->ticket == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
