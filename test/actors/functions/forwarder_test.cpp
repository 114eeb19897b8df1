#include "actors/functions/forwarder.hpp"

#include "runtime/media/chunk_decoder.hpp"
#include "support/functions.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

std::shared_ptr<const segment> part_of(uint64_t number, uint32_t part,
                                       size_t bytes) {
  auto result = std::make_shared<segment>();
  result->stream = "door";
  result->number = number;
  result->part = part;
  result->bytes = blob{blob::buffer(bytes, 7)};
  return result;
}

keyframes seen(uint64_t number, segment_run coded) {
  keyframes result;
  result.stream = "door";
  result.frames = {grey(32, 32, 90, number)};
  result.coded = std::move(coded);
  return result;
}

struct fixture : functions {
  ~fixture() {
    end_all();
  }

  chunks send(const keyframes& x) {
    return value_of(apply<chunks>(uut, x));
  }

  function_actor uut
    = remember(sys.spawn(function_of<forwarder_function>,
                         defaults(forwarder_function::spec(), {{"every", 5}})));
  std::shared_ptr<const segment> a0 = part_of(1, 0, 100),
                                 a1 = part_of(1, 1, 10), a2 = part_of(1, 2, 20),
                                 b0 = part_of(2, 0, 90), b1 = part_of(2, 1, 30);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(forwarder_tests, fixture)

BOOST_AUTO_TEST_CASE(each_packet_is_sent_once_and_chunks_begin_with_segments) {
  auto first = send(seen(0, {a0}));
  BOOST_TEST_REQUIRE(first.parts.size() == 1u);
  BOOST_TEST(first.parts[0].codec.codec == forwarded_codec);
  BOOST_TEST(first.parts[0].stream == "door");
  BOOST_TEST(first.parts[0].seq == 0u);
  BOOST_TEST(first.parts[0].part == 0u);
  BOOST_TEST(first.parts[0].frames.front().number == 0u);
  auto second = send(seen(5, {a0, a1, a2}));
  BOOST_TEST(second.parts[0].seq == 0u);
  BOOST_TEST(second.parts[0].part == 1u);
  auto third = send(seen(10, {a0, a1, a2})); // came out with the one before
  BOOST_TEST(third.parts[0].part == 2u);
  auto fourth = send(seen(15, {a0, a1, a2, b0}));
  BOOST_TEST(fourth.parts[0].seq == 15u);
  BOOST_TEST(fourth.parts[0].part == 0u);
  auto x = status(uut);
  BOOST_TEST(x["bytes"] == 100u + 10u + 20u + 90u);
  BOOST_TEST(x["segments"] == 4u);
  BOOST_TEST(x["repeated"] == 0u);
  BOOST_TEST(x["chunks"] == 2u);
}

BOOST_AUTO_TEST_CASE(a_chunk_that_was_ended_begins_at_an_intra_frame_again) {
  send(seen(0, {a0, a1}));
  keyframes end;
  end.stream = "door";
  BOOST_TEST(send(end).parts.empty());
  auto next = send(seen(5, {a0, a1, a2}));
  BOOST_TEST(next.parts.at(0).seq == 5u);
  BOOST_TEST(next.parts[0].part == 0u);
  auto x = status(uut);
  BOOST_TEST(x["bytes"] == 2 * 110u + 20u);
  BOOST_TEST(x["repeated"] == 110u);
}

BOOST_AUTO_TEST_CASE(a_gap_does_the_same_and_without_packets_nothing_goes) {
  send(seen(0, {a0}));
  auto next = send(seen(10, {b0, b1})); // a1 and a2 never came here
  BOOST_TEST(next.parts.at(0).seq == 10u);
  auto gap = send(seen(15, {part_of(3, 1, 5)}));
  BOOST_TEST(gap.parts.empty());
  BOOST_TEST((gap.lost == std::vector<uint64_t>{15}));
  BOOST_TEST(send(seen(20, {})).lost.size() == 1u);
  BOOST_TEST(status(uut)["lost"] == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_sent_again_has_a_chunk_of_its_own) {
  send(seen(0, {a0}));
  auto old = seen(5, {b0});
  old.stream = "door/again";
  auto again = send(old);
  BOOST_TEST(again.parts.at(0).stream == "door/again");
  BOOST_TEST(again.parts[0].part == 0u);
  BOOST_TEST(send(seen(10, {a0, a1})).parts.at(0).part == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_keyframe_is_stays) {
  BOOST_TEST(
    bool(ask<document>(uut, configure_atom_v, document{{{"every", 5}}})));
  BOOST_TEST(
    (ask<document>(uut, configure_atom_v, document{{{"every", 6}}}).error()
     == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
