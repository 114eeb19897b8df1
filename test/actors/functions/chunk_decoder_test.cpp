#include "actors/functions/chunk_decoder.hpp"

#include "runtime/media/keyframes.hpp"
#include "support/chunks.hpp"
#include "support/functions.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

struct fixture : test::functions {
  function_actor begin(json values = json::object()) {
    return remember(
      sys.spawn(function_of<chunk_decoder_function>,
                defaults(chunk_decoder_function::spec(), values)));
  }

  caf::expected<keyframes> decode(const function_actor& uut, const chunk& x) {
    return apply<keyframes>(uut, x, x.seq);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cloud_decoder_tests, fixture)

BOOST_AUTO_TEST_CASE(streams_are_decoded_side_by_side) {
  auto uut = begin();
  auto a = test::encoded("a", 0, 3);
  auto b = test::encoded("b", 30, 3);
  for (size_t i = 0; i < 3; ++i)
    for (auto* x : {&a[i], &b[i]}) {
      auto out = test::value_of(decode(uut, *x));
      BOOST_TEST(out.stream == x->stream);
      BOOST_REQUIRE(out.frames.size() == 1u);
      BOOST_TEST(out.frames[0].number() == x->seq + i);
      BOOST_TEST(!out.frames[0].info().damaged);
    }
  auto x = status(uut);
  BOOST_TEST(x["parts"] == 6u);
  BOOST_TEST(x["frames"] == 6u);
  BOOST_TEST(x["streams"] == 2u);
  BOOST_TEST(x["failed"] == 0u);
  BOOST_TEST(x["time"]["count"] == 6u);
}

BOOST_AUTO_TEST_CASE(a_whole_chunk_comes_out_with_all_its_frames) {
  auto out = test::value_of(decode(begin(), join(test::encoded("a", 15, 4))));
  BOOST_REQUIRE(out.frames.size() == 4u);
  BOOST_TEST(out.frames[3].number() == 18u);
}

BOOST_AUTO_TEST_CASE(after_a_corrupt_part_the_next_chunk_works) {
  auto uut = begin();
  auto bad = test::encoded("a", 0, 3);
  bad[1].bytes = blob{blob::buffer(bad[1].bytes.size(), 0xff)};
  test::value_of(decode(uut, bad[0]));
  for (size_t i : {1, 2}) {
    auto refused = decode(uut, bad[i]);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error() == ec::codec));
  }
  for (auto& x : test::encoded("a", 3, 3))
    BOOST_TEST(test::value_of(decode(uut, x)).frames.size() == 1u);
  auto x = status(uut);
  BOOST_TEST(x["failed"] == 2u);
  BOOST_TEST(x["parts"] == 4u);
  BOOST_TEST(x["last_problem"].get<std::string>().find("a, chunk 0.2")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_stream_that_rested_longest_makes_room) {
  auto uut = begin({{"streams", 2}});
  auto a = test::encoded("a", 0, 3);
  auto b = test::encoded("b", 0, 3);
  auto c = test::encoded("c", 0, 3);
  test::value_of(decode(uut, a[0]));
  advance(1s);
  test::value_of(decode(uut, b[0]));
  advance(1s);
  test::value_of(decode(uut, a[1]));
  advance(1s);
  test::value_of(decode(uut, c[0]));
  BOOST_TEST((decode(uut, b[1]).error() == ec::codec)); // it takes a's place
  BOOST_TEST((decode(uut, a[2]).error() == ec::codec));
  auto x = status(uut);
  BOOST_TEST(x["streams"] == 2u);
  BOOST_TEST(x["evicted"] == 3u);
}

BOOST_AUTO_TEST_CASE(the_decoder_of_a_stream_that_is_gone_goes) {
  auto uut = begin({{"idle", "10s"}});
  auto a = test::encoded("a", 0, 2);
  auto b = test::encoded("b", 0, 2);
  test::value_of(decode(uut, a[0]));
  advance(6s);
  test::value_of(decode(uut, b[0]));
  advance(5s);
  BOOST_TEST(status(uut)["streams"] == 1u);
  test::value_of(decode(uut, b[1]));
  advance(9s);
  BOOST_TEST(status(uut)["streams"] == 1u);
  advance(1s);
  auto x = status(uut);
  BOOST_TEST(x["streams"] == 0u);
  BOOST_TEST(x["expired"] == 2u);
  BOOST_TEST(x["evicted"] == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_no_chunk_is_refused) {
  auto refused = apply<keyframes>(begin(), box{});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(fewer_streams_can_be_kept_from_now_on) {
  auto uut = begin();
  for (auto name : {"a", "b", "c"})
    test::value_of(decode(uut, test::encoded(name, 0, 1)[0]));
  test::value_of(
    ask<document>(uut, configure_atom_v, document{{{"streams", 1}}}));
  BOOST_TEST(status(uut)["streams"] == 1u);
  auto refused = ask<document>(uut, configure_atom_v,
                               document{{{"streams", 0}}});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::bad_config));
  auto spec = test::value_of(ask<function_spec>(uut, describe_atom_v));
  BOOST_TEST(spec.input == "chunk");
  BOOST_TEST(spec.output == "keyframes");
  BOOST_TEST(spec.blocks);
}

BOOST_AUTO_TEST_SUITE_END()
