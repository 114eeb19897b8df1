#include "actors/functions/decoder.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/functions/renderer.hpp"
#include "runtime/media/chunk_decoder.hpp"
#include "support/clips.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

struct fixture : test::test_system {
  std::vector<caf::actor> begun;

  ~fixture() {
    for (auto& x : begun)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  static document defaults(const function_spec& spec, json values) {
    return test::value_of(check(spec.parameters, values, spec.name));
  }

  decoder_actor begin_decoder(json values = json::object()) {
    auto result = sys.spawn(stream_decoder,
                            defaults(decoder_function::spec(), values));
    begun.push_back(caf::actor_cast<caf::actor>(result));
    return result;
  }

  function_actor begin_encoder(json values = json::object()) {
    values["backend"] = "libx264";
    auto result = sys.spawn(function_of<encoder_function>,
                            defaults(encoder_function::spec(), values));
    begun.push_back(caf::actor_cast<caf::actor>(result));
    return result;
  }

  template <class Result, class Handle, class... Ts>
  caf::expected<Result> ask(const Handle& to, Ts... xs) {
    caf::expected<Result> result{caf::sec::none};
    auto reply = self->request(to, caf::infinite, std::move(xs)...);
    run();
    reply.receive([&](Result& x) { result = std::move(x); },
                  [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  template <class Out, class Handle, class In>
  caf::expected<Out> apply(const Handle& to, In value, uint64_t seq = 1) {
    auto out = ask<item>(to, apply_atom_v,
                         make_item("s", seq, std::move(value)));
    if (!out)
      return out.error();
    BOOST_TEST(out->kind == Out::type_name);
    return *out->value.template get<Out>();
  }

  template <class Handle>
  json status(const Handle& of) {
    return test::value_of(ask<status_report>(of, status_atom_v))
      .details.value();
  }

  /// 60 frames of 25 a second in segments of 20.
  static std::vector<segment> segments() {
    source_config config;
    config.url = test::clip("functions.mp4", "320x180", "25",
                            "-c:v libx264 -preset ultrafast -g 20 -bf 0");
    segment_limits limits;
    limits.min_time = 100ms;
    auto result = test::segments_of(config, limits);
    result.back().last = true;
    return result;
  }

  std::vector<frame> decode_all(const decoder_actor& uut) {
    std::vector<frame> result;
    for (auto& x : segments()) {
      auto out = test::value_of(apply<keyframes>(uut, x, x.number));
      BOOST_TEST(out.lost.empty());
      result.insert(result.end(), out.frames.begin(), out.frames.end());
    }
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(function_tests, fixture)

BOOST_AUTO_TEST_CASE(the_decoder_makes_keyframes_of_segments) {
  auto uut = begin_decoder({{"every", 5}});
  auto frames = decode_all(uut);
  BOOST_REQUIRE(frames.size() == 12u);
  for (size_t i = 0; i < frames.size(); ++i)
    BOOST_TEST(frames[i].number() == 5 * i);
  auto x = status(uut);
  BOOST_TEST(x["segments"] == 3u);
  BOOST_TEST(x["decoded"]["keyframes"] == 12u);
  BOOST_TEST(x["time"]["count"] == 3u);
  BOOST_TEST(x["bytes"].get<uint64_t>() > 1000u);
}

BOOST_AUTO_TEST_CASE(keyframes_are_fetched_until_they_are_released) {
  auto uut = begin_decoder({{"every", 5}, {"pixel_memory", "1KiB"}});
  auto frames = decode_all(uut);
  BOOST_TEST(status(uut)["store"]["pixel_bytes"] == 0u);
  auto out = test::value_of(ask<item>(uut, fetch_atom_v, uint64_t{35}));
  auto* again = out.value.get<keyframes>();
  BOOST_REQUIRE((again && again->frames.size() == 1));
  BOOST_TEST(again->frames[0].number() == 35u);
  BOOST_TEST(status(uut)["store"]["decoded_again"] == 1u);
  self->send(uut, release_atom_v, uint64_t{35});
  run();
  auto gone = ask<item>(uut, fetch_atom_v, uint64_t{35});
  BOOST_REQUIRE(!gone);
  BOOST_TEST((gone.error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_decoded_comes_out_as_lost) {
  auto uut = begin_decoder({{"every", 5}});
  auto x = segments().front();
  x.bytes = blob{{1, 2, 3}};
  auto out = test::value_of(apply<keyframes>(uut, x));
  BOOST_TEST(out.frames.empty());
  BOOST_TEST(out.lost.size() == 4u);
  BOOST_TEST((out.problem == ec::codec));
  auto clean = test::value_of(apply<keyframes>(uut, segments().front()));
  BOOST_TEST(clean.frames.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_decoder_belongs_to_one_stream_and_takes_segments) {
  auto uut = begin_decoder();
  auto x = segments().front();
  test::value_of(apply<keyframes>(uut, x));
  x.stream = "other";
  BOOST_TEST((apply<keyframes>(uut, x).error() == ec::bad_input));
  BOOST_TEST((apply<keyframes>(uut, box{}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(configuration_is_checked_and_answered_whole) {
  auto uut = begin_decoder();
  auto changed = test::value_of(
    ask<document>(uut, configure_atom_v, document{{{"pixel_memory", "1MiB"}}}));
  BOOST_TEST(changed.get<uint64_t>("pixel_memory") == 1u << 20);
  BOOST_TEST(changed.get<uint64_t>("every") == 15u);
  for (auto& bad : {document{{{"every", 3}}}, document{{{"nonsense", 1}}}}) {
    auto refused = ask<document>(uut, configure_atom_v, bad);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error() == ec::bad_config));
  }
  auto spec = test::value_of(ask<function_spec>(uut, describe_atom_v));
  BOOST_TEST(spec.input == "segment");
  BOOST_TEST(spec.output == "keyframes");
}

BOOST_AUTO_TEST_CASE(a_streamed_chunk_leaves_frame_by_frame) {
  auto frames = decode_all(begin_decoder({{"every", 5}}));
  auto uut = begin_encoder({{"chunk_frames", 4}});
  auto out
    = test::value_of(apply<chunks>(uut, keyframes{"s", frames, {7}, {}}));
  BOOST_REQUIRE(out.parts.size() == 12u);
  BOOST_TEST(out.lost == std::vector<uint64_t>{7},
             boost::test_tools::per_element());
  for (size_t i = 0; i < 12; ++i) {
    BOOST_TEST(out.parts[i].seq == i / 4 * 20);
    BOOST_TEST(out.parts[i].part == i % 4);
    BOOST_TEST(out.parts[i].last == (i % 4 == 3));
  }
  auto x = status(uut);
  BOOST_TEST(x["frames"] == 12u);
  BOOST_TEST(x["chunks"] == 3u);
  BOOST_TEST(x["backend"] == "libx264");
}

BOOST_AUTO_TEST_CASE(a_whole_chunk_leaves_when_it_is_closed) {
  auto frames = decode_all(begin_decoder({{"every", 5}}));
  auto uut = begin_encoder({{"chunk_frames", 5}, {"transport", "whole"}});
  std::vector<chunk> got;
  for (auto& f : frames) {
    auto out = test::value_of(apply<chunks>(uut, keyframes{"s", {f}, {}, {}}));
    got.insert(got.end(), out.parts.begin(), out.parts.end());
  }
  BOOST_REQUIRE(got.size() == 2u);
  BOOST_TEST(status(uut)["held"] == 2u);
  auto rest = test::value_of(apply<chunks>(uut, keyframes{"s", {}, {}, {}}));
  BOOST_REQUIRE(rest.parts.size() == 1u);
  got.push_back(rest.parts[0]);
  chunk_decoder back;
  size_t count = 0;
  for (auto& x : got) {
    BOOST_TEST(x.part == 0u);
    BOOST_TEST(x.last);
    count += test::value_of(back.decode(x)).size();
  }
  BOOST_TEST(count == 12u);
}

BOOST_AUTO_TEST_CASE(a_chunk_closes_by_time_too) {
  // Keyframes are 0.2 s apart: 0, 0.2, 0.4 and 0.6 close a chunk.
  auto frames = decode_all(begin_decoder({{"every", 5}}));
  auto uut = begin_encoder({{"max_chunk_time", "500ms"}});
  auto out = test::value_of(apply<chunks>(uut, keyframes{"s", frames, {}, {}}));
  BOOST_REQUIRE(out.parts.size() == 12u);
  for (size_t i = 0; i < 12; ++i)
    BOOST_TEST(out.parts[i].last == (i % 4 == 3));
}

BOOST_AUTO_TEST_CASE(another_quality_holds_from_the_next_chunk_on) {
  auto frames = decode_all(begin_decoder({{"every", 5}}));
  auto uut = begin_encoder({{"chunk_frames", 6}});
  auto half = frames.begin() + 3;
  auto a = test::value_of(
    apply<chunks>(uut, keyframes{"s", {frames.begin(), half}, {}, {}}));
  test::value_of(
    ask<document>(uut, configure_atom_v, document{{{"scale", 0.5}}}));
  auto b = test::value_of(
    apply<chunks>(uut, keyframes{"s", {half, frames.end()}, {}, {}}));
  BOOST_TEST(a.parts[0].codec.width == 256);
  BOOST_TEST(b.parts[0].codec.codec == ""); // what part 0 said holds on
  BOOST_TEST(b.parts[3].codec.width == 160);
  auto refused = ask<document>(uut, configure_atom_v,
                               document{{{"preset", "nonsense"}}});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::bad_config));
}

BOOST_AUTO_TEST_CASE(a_frame_that_cannot_be_encoded_comes_out_as_lost) {
  auto frames = decode_all(begin_decoder({{"every", 30}}));
  auto uut = begin_encoder();
  frames.insert(frames.begin() + 1, frame{});
  auto out = test::value_of(apply<chunks>(uut, keyframes{"s", frames, {}, {}}));
  BOOST_TEST(out.parts.size() == 2u);
  BOOST_TEST(out.lost.size() == 1u);
  BOOST_TEST(status(uut)["lost"] == 1u);
}

BOOST_AUTO_TEST_CASE(the_renderer_makes_a_jpeg_each_and_one_mp4) {
  test::temp_dir folder;
  auto path = folder.path("run.mp4");
  auto frames = decode_all(begin_decoder({{"every", 5}}));
  auto uut = sys.spawn(function_of<renderer_function>,
                       defaults(renderer_function::spec(), {{"file", path}}));
  for (auto& f : frames) {
    auto out = test::value_of(apply<picture>(
      uut, scene{f, {{{.1f, .1f, .5f, .5f}, "car 0.9", palette(1)}}}));
    BOOST_TEST(out.number == f.number());
    BOOST_REQUIRE(out.bytes.size() > 2u);
    BOOST_TEST(out.bytes.data()[0] == 0xff); // SOI of a JPEG
    BOOST_TEST(out.bytes.data()[1] == 0xd8);
  }
  BOOST_TEST((apply<picture>(uut, scene{}).error() == ec::bad_input));
  auto x = status(uut);
  BOOST_TEST(x["in_file"] == 12u);
  BOOST_TEST(x["failed"] == 1u);
  self->send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  auto count = test::output_of("ffprobe -v error -count_packets -show_entries "
                               "stream=nb_read_packets -of csv=p=0 "
                               + path);
  BOOST_TEST((std::string{count.begin(), count.end()} == "12\n"));
}

BOOST_AUTO_TEST_SUITE_END()
