#include "runtime/media/synthetic.hpp"

#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/vision/street.hpp"
#include "support/clips.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cmath>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

source_config at(const std::string& url) {
  source_config result;
  result.url = url;
  return result;
}

const std::string tiny = "synthetic://street?seed=7&size=320x180&fps=10";

std::string refusal(const std::string& url) {
  auto x = source::open(at(url));
  BOOST_REQUIRE_MESSAGE(!x, url);
  BOOST_TEST((x.error() == ec::bad_config));
  return describe(x.error());
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(synthetic_tests)

BOOST_AUTO_TEST_CASE(an_address_says_everything_of_the_street) {
  auto x = parse_street("synthetic://street?seed=9&fps=12.5&size=322x182&"
                        "seconds=4&density=0.5&light=0.3&blur=2&colours=1&"
                        "drift_at=2&new_class_at=3&noise=0&shadow=0");
  BOOST_REQUIRE(x);
  street_config wanted{9, 322, 182, 12.5, 4, .5, .3, 2, 1, 2, 3, 0, 0};
  BOOST_TEST((*x == wanted));
  BOOST_TEST(x->frames() == 50u);
  auto plain = parse_street("synthetic://street");
  BOOST_REQUIRE(plain);
  BOOST_TEST((*plain == street_config{}));
}

BOOST_AUTO_TEST_CASE(a_wrong_address_is_an_error_that_names_key_and_value) {
  auto text = refusal("synthetic://street?colour=1");
  BOOST_TEST(contains(text, "unknown key \"colour\""));
  BOOST_TEST(contains(text, "colours"));
  text = refusal("synthetic://street?light=3");
  BOOST_TEST(contains(text, "light = 3"));
  BOOST_TEST(contains(text, "from 0.05 to 1.2"));
  text = refusal("synthetic://street?fps=fast");
  BOOST_TEST(contains(text, "fps = \"fast\""));
  for (auto size : {"1280", "1281x720", "8x8", "9000x720", "1280x720x3", "x"})
    BOOST_TEST(contains(refusal(std::string{"synthetic://street?size="} + size),
                        std::string{"size is "} + size));
  BOOST_TEST(contains(refusal("synthetic://street?seed"), "\"seed\""));
  BOOST_TEST(contains(refusal("synthetic://street?fps=5&fps=6"), "twice"));
  BOOST_TEST(contains(refusal("synthetic://street?seed=nan"), "nan"));
  BOOST_TEST(contains(refusal("synthetic://shop"), "synthetic://street"));
}

BOOST_AUTO_TEST_CASE(it_is_coded_as_a_camera_codes) {
  auto x = source::open(at(tiny + "&seconds=3"));
  BOOST_REQUIRE(x);
  BOOST_TEST(x->codec().codec == "h264");
  BOOST_TEST(x->codec().width == 320);
  BOOST_TEST(x->codec().height == 180);
  BOOST_TEST(x->codec().fps == 10.);
  BOOST_TEST(x->reorder_depth() == 0u);
  BOOST_TEST(!x->live());
  BOOST_TEST(x->finite());
  for (int i = 0; i < 30; ++i) {
    auto p = x->read();
    BOOST_REQUIRE((p && *p));
    BOOST_TEST((*p)->pts_us == i * 100'000);
    BOOST_TEST((*p)->dts_us == i * 100'000);
    BOOST_TEST((*p)->key == (i % 10 == 0));
  }
  auto end = x->read();
  BOOST_REQUIRE(end);
  BOOST_TEST(!*end);
}

BOOST_AUTO_TEST_CASE(what_is_decoded_is_what_was_drawn) {
  auto url = tiny + "&seconds=2";
  street scene{*parse_street(url)};
  decoder uut{{1, 1, true}};
  uint64_t frames = 0;
  auto compare = [&](const frame& f) {
    std::vector<uint8_t> y(320 * 180), c(320 * 180 / 2);
    scene.draw(f.number(),
               {y.data(), c.data(), c.data() + 320 * 180 / 4, 320, 160});
    double sum = 0;
    auto luma = f.component(0);
    for (int i = 0; i < 320 * 180; ++i) {
      auto d = luma.data[i / 320 * luma.stride + i % 320] - y[size_t(i)];
      sum += d * d;
    }
    auto psnr = 10 * std::log10(255 * 255 / (sum / (320 * 180)));
    BOOST_TEST(psnr > 36, "frame " << f.number() << ": " << psnr << " dB");
    BOOST_TEST((f.info().color.matrix == color_matrix::bt709));
    ++frames;
  };
  for (auto& part : test::segments_of(at(url))) {
    auto out = uut.decode(part);
    BOOST_TEST(!out.problem);
    for (auto& f : out.frames)
      compare(f);
  }
  for (auto& f : uut.finish().frames)
    compare(f);
  BOOST_TEST(frames == 20u);
}

BOOST_AUTO_TEST_CASE(the_same_address_sends_the_same_bytes) {
  std::vector<uint8_t> sent[2];
  for (auto& bytes : sent) {
    auto x = source::open(at(tiny + "&seconds=1"));
    BOOST_REQUIRE(x);
    for (auto p = x->read(); p && *p; p = x->read())
      bytes.insert(bytes.end(), (*p)->data, (*p)->data + (*p)->size);
  }
  BOOST_TEST(sent[0].size() > 1000u);
  BOOST_TEST((sent[0] == sent[1]));
}

BOOST_AUTO_TEST_CASE(a_looped_street_begins_again_and_its_times_go_on) {
  auto config = at(tiny + "&seconds=0.5");
  config.loop = true;
  auto x = source::open(config);
  BOOST_REQUIRE(x);
  BOOST_TEST(!x->finite());
  for (int i = 0; i < 12; ++i) {
    auto p = x->read();
    BOOST_REQUIRE((p && *p));
    BOOST_TEST((*p)->pts_us == i * 100'000);
    BOOST_TEST((*p)->key == (i % 5 == 0));
  }
}

BOOST_AUTO_TEST_CASE(an_endless_street_is_live_and_takes_its_time) {
  auto x = source::open(at("synthetic://street?size=160x90&fps=50&seconds=0"));
  BOOST_REQUIRE(x);
  BOOST_TEST(x->live());
  BOOST_TEST(!x->finite());
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 11; ++i)
    BOOST_REQUIRE(x->read());
  BOOST_TEST((std::chrono::steady_clock::now() - start >= 200ms));
}

BOOST_AUTO_TEST_CASE(a_stopped_street_says_so) {
  auto cancel = std::make_shared<std::atomic<bool>>(false);
  auto config = at(tiny + "&seconds=100");
  config.real_time = true;
  auto x = source::open(config, cancel);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->live());
  BOOST_TEST(x->finite());
  BOOST_REQUIRE(x->read());
  *cancel = true;
  auto p = x->read();
  BOOST_REQUIRE(!p);
  BOOST_TEST((p.error() == ec::cancelled));
}

BOOST_AUTO_TEST_SUITE_END()
