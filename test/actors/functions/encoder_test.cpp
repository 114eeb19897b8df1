#include "actors/functions/encoder.hpp"

#include "runtime/media/chunk_decoder.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/regions.hpp"
#include "support/functions.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

struct fixture : test::functions {
  function_actor uut = remember(
    sys.spawn(function_of<encoder_function>,
              defaults(encoder_function::spec(), {{"backend", "libx264"}})));

  chunks encode(const std::string& stream, std::vector<uint64_t> numbers,
                json options = json::object()) {
    keyframes in;
    in.stream = stream;
    for (auto n : numbers)
      in.frames.push_back(grey(128, 64, uint8_t(60 + n), n));
    auto out = ask<item>(uut, apply_atom_v, make_item(stream, 0, in),
                         document{std::move(options)});
    return *value_of(out).value.get<chunks>();
  }

  static frame decode(const chunk& x) {
    chunk_decoder pictures;
    return value_of(pictures.decode(x)).at(0);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(encoder_function_tests, fixture)

BOOST_AUTO_TEST_CASE(rounds_of_a_stream_have_chunks_of_their_own) {
  auto first = encode("door", {0, 1}), fine = encode("door:fine", {1});
  auto next = encode("door", {2});
  BOOST_TEST(first.parts.at(1).part == 1u);
  BOOST_TEST(fine.parts.at(0).part == 0u);
  BOOST_TEST(fine.parts[0].seq == 1u);
  BOOST_TEST(fine.parts[0].stream == "door:fine");
  BOOST_TEST(next.parts.at(0).part == 2u); // it goes on
  BOOST_TEST(next.parts[0].seq == 0u);
  BOOST_TEST(status(uut)["streams"] == 2u);
}

BOOST_AUTO_TEST_CASE(quality_comes_with_the_item_from_the_next_chunk_on) {
  auto scaled = encode("door", {0}, {{"scale", .5}, {"chunk_frames", 2}});
  BOOST_TEST(scaled.parts.at(0).codec.width == 64);
  auto same = encode("door", {1}, {{"scale", 1.}, {"chunk_frames", 2}});
  BOOST_TEST(same.parts.at(0).last);
  auto whole = encode("door", {2}, {{"scale", 1.}});
  BOOST_TEST(whole.parts.at(0).codec.width == 128);
  auto usual = encode("gate", {0});
  BOOST_TEST(usual.parts.at(0).codec.width == 102); // 0.8
}

BOOST_AUTO_TEST_CASE(an_end_closes_one_chunk) {
  for (auto stream : {"door", "door/again", "door:fine"})
    BOOST_TEST(encode(stream, {0}, {{"transport", "whole"}}).parts.empty());
  for (auto stream : {"door", "door/again", "door:fine"}) {
    auto closed = encode(stream, {});
    BOOST_TEST_REQUIRE(closed.parts.size() == 1u);
    BOOST_TEST(closed.parts[0].stream == stream);
  }
  BOOST_TEST(status(uut)["streams"] == 0u);
}

BOOST_AUTO_TEST_CASE(of_regions_only_the_places_are_encoded) {
  regions in;
  in.picture = grey(128, 64, 200, 7);
  in.places = {{{.25f, .25f, .5f, .75f}, .5f, 0, .3f}};
  auto out
    = value_of(ask<item>(uut, apply_atom_v, make_item("door:fine", 7, in),
                         document{{{"scale", 1.}, {"qp", 10}}}));
  auto part = out.value.get<chunks>()->parts.at(0);
  BOOST_TEST(part.stream == "door:fine");
  BOOST_TEST(part.frames.at(0).number == 7u);
  auto x = decode(part);
  BOOST_TEST(luma_at(x, 48, 32) > 180);
  BOOST_TEST(luma_at(x, 100, 32) < 30);
  BOOST_TEST(luma_at(x, 8, 8) < 30);
}

BOOST_AUTO_TEST_CASE(a_preset_by_the_time_left_begins_with_a_slow_one) {
  auto parts = encode("door", {0}, {{"preset", "auto"}}).parts;
  BOOST_TEST_REQUIRE(parts.size() == 1u);
  auto slow = encode("gate", {0}, {{"preset", "slow"}}).parts;
  BOOST_TEST_REQUIRE(slow.size() == 1u);
  auto &a = parts[0].bytes, &b = slow[0].bytes;
  BOOST_TEST((a == b));
  BOOST_TEST(encode("yard", {0}, {{"preset", "best"}}).lost.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
