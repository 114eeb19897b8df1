#include "runtime/vision/street.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

using namespace vpaas;

namespace {

struct picture {
  explicit picture(const street_config& cfg)
    : width(cfg.width), height(cfg.height),
      bytes(size_t(width) * size_t(height) * 3 / 2) {
    // nop
  }

  street_planes planes() {
    auto luma = size_t(width) * size_t(height);
    auto data = bytes.data();
    return {data, data + luma, data + luma * 5 / 4, width, width / 2};
  }

  int width, height;
  std::vector<uint8_t> bytes;
};

street_config small(uint64_t seed = 7) {
  street_config result;
  result.seed = seed;
  result.width = 640;
  result.height = 360;
  return result;
}

std::vector<uint8_t> drawn(const street& x, uint64_t frame) {
  picture result{x.config()};
  x.draw(frame, result.planes());
  return result.bytes;
}

double mean_luma(const street& x, uint64_t frame) {
  auto bytes = drawn(x, frame);
  auto n = size_t(x.config().width) * size_t(x.config().height);
  double sum = 0;
  for (size_t i = 0; i < n; ++i)
    sum += bytes[i];
  return sum / double(n);
}

/// Mean difference of neighbours in a row: how sharp a picture is.
double sharpness(const street& x, uint64_t frame) {
  auto bytes = drawn(x, frame);
  auto n = size_t(x.config().width) * size_t(x.config().height);
  double sum = 0;
  for (size_t i = 1; i < n; ++i)
    sum += std::abs(bytes[i] - bytes[i - 1]);
  return sum / double(n);
}

size_t count_of(const street& x, street_kind kind, uint64_t from,
                uint64_t end) {
  size_t result = 0;
  for (auto frame = from; frame < end; frame += 30)
    for (auto& y : x.truth(frame).objects)
      result += y.label == int32_t(kind);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(street_tests)

BOOST_AUTO_TEST_CASE(a_seed_shows_the_same_pixels_in_any_order) {
  street a{small()}, b{small()};
  auto later = drawn(a, 100);
  auto sooner = drawn(a, 3);
  BOOST_TEST((drawn(b, 3) == sooner));
  BOOST_TEST((drawn(b, 100) == later));
  BOOST_TEST((sooner != later));
  BOOST_TEST((drawn(street{small(8)}, 3) != sooner));
}

BOOST_AUTO_TEST_CASE(a_frame_is_drawn_over_whatever_was_there) {
  street x{small()};
  picture dirty{x.config()};
  std::fill(dirty.bytes.begin(), dirty.bytes.end(), uint8_t{99});
  x.draw(5, dirty.planes());
  BOOST_TEST((dirty.bytes == drawn(x, 5)));
}

// The picture without an object differs from that with it inside its box only,
// and touches all four sides of the box.
BOOST_AUTO_TEST_CASE(a_box_is_what_can_be_seen_of_its_object) {
  auto cfg = small();
  cfg.shadow = 0;
  cfg.noise = 0;
  street x{cfg};
  size_t boxes = 0;
  for (uint64_t frame : {0, 200, 400}) {
    auto with = drawn(x, frame);
    auto all = x.objects(frame);
    for (auto& y : x.truth(frame).objects) {
      auto rest = all;
      rest.erase(std::find_if(rest.begin(), rest.end(), [&](auto& z) {
        return z.identity == y.identity;
      }));
      BOOST_REQUIRE(rest.size() + 1 == all.size());
      picture without{cfg};
      x.draw(frame, rest, without.planes());
      int x0 = cfg.width, y0 = cfg.height, x1 = -1, y1 = -1;
      for (int i = 0; i < cfg.width * cfg.height; ++i)
        if (std::abs(with[size_t(i)] - without.bytes[size_t(i)]) > 0) {
          x0 = std::min(x0, i % cfg.width), x1 = std::max(x1, i % cfg.width);
          y0 = std::min(y0, i / cfg.width), y1 = std::max(y1, i / cfg.width);
        }
      // Edges are soft, its own and those of what stands before it: a pixel
      // that is covered by less than half is not in the box.
      auto near = [](float a, int b, int side) {
        return std::abs(a * float(side) - float(b)) <= 4;
      };
      BOOST_TEST(near(y.where.x0, x0, cfg.width));
      BOOST_TEST(near(y.where.x1, x1 + 1, cfg.width));
      BOOST_TEST(near(y.where.y0, y0, cfg.height));
      BOOST_TEST(near(y.where.y1, y1 + 1, cfg.height));
      ++boxes;
    }
  }
  BOOST_TEST(boxes > 15u);
}

BOOST_AUTO_TEST_CASE(hidden_and_cut_off_objects_are_not_in_the_truth) {
  street x{small()};
  size_t all = 0, known = 0;
  for (uint64_t frame = 0; frame < 1800; frame += 60) {
    for (auto& y : x.objects(frame))
      all += y.kind != street_kind::lamp_post;
    auto truth = x.truth(frame);
    BOOST_TEST(truth.frame == frame);
    known += truth.objects.size();
    for (auto& y : truth.objects) {
      BOOST_TEST((y.where.x1 - y.where.x0) * 640 >= 6);
      BOOST_TEST((y.where.y1 - y.where.y0) * 360 >= 6);
      BOOST_TEST(y.where.x0 >= 0);
      BOOST_TEST(y.where.x1 <= 1);
    }
  }
  BOOST_TEST(known < all);
  BOOST_TEST(known * 2 > all);
}

BOOST_AUTO_TEST_CASE(objects_enter_stop_and_leave_and_keep_their_identity) {
  street x{small()};
  std::map<uint64_t, std::pair<int32_t, std::vector<float>>> seen;
  for (uint64_t frame = 0; frame < 1800; frame += 6)
    for (auto& y : x.objects(frame)) {
      if (y.kind == street_kind::lamp_post)
        continue;
      auto& z = seen[y.identity];
      if (z.second.empty())
        z.first = int32_t(y.kind);
      BOOST_REQUIRE(z.first == int32_t(y.kind));
      z.second.push_back(y.x);
    }
  size_t crossed = 0, stopped = 0;
  for (auto& [id, z] : seen) {
    auto& places = z.second;
    auto [low, high] = std::minmax_element(places.begin(), places.end());
    crossed += *low < 0 && *high > 640;
    for (size_t i = 1; i < places.size(); ++i)
      if (places[i] == places[i - 1]) {
        ++stopped;
        break;
      }
  }
  BOOST_TEST(crossed > 20u);
  BOOST_TEST(stopped > 20u);
}

BOOST_AUTO_TEST_CASE(every_kind_is_there_and_the_late_one_only_late) {
  auto cfg = small();
  street never{cfg};
  for (int32_t kind = 0; kind + 1 < street_labels; ++kind)
    BOOST_TEST(count_of(never, street_kind(kind), 0, 3600) > 0u, "" << kind);
  BOOST_TEST(count_of(never, street_kind::icecream_van, 0, 3600) == 0u);
  cfg.new_class_at = 30;
  street late{cfg};
  BOOST_TEST(count_of(late, street_kind::icecream_van, 0, 900) == 0u);
  BOOST_TEST(count_of(late, street_kind::icecream_van, 900, 3600) > 10u);
}

BOOST_AUTO_TEST_CASE(drift_begins_at_its_time) {
  auto cfg = small();
  cfg.light = .4;
  cfg.blur = 4;
  cfg.drift_at = 2;
  street plain{small()}, drifting{cfg};
  BOOST_TEST((drawn(plain, 59) == drawn(drifting, 59)));
  BOOST_TEST(mean_luma(drifting, 60) - 16 < .5 * (mean_luma(plain, 60) - 16));
  BOOST_TEST(sharpness(drifting, 60) < .5 * .4 * sharpness(plain, 60) + 1);
}

BOOST_AUTO_TEST_CASE(new_colours_change_paint_and_nothing_else) {
  auto cfg = small();
  cfg.colours = 1;
  auto before = street{small()}.objects(9), after = street{cfg}.objects(9);
  BOOST_REQUIRE(before.size() == after.size());
  size_t repainted = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    BOOST_TEST(before[i].x == after[i].x);
    BOOST_TEST(int(before[i].kind) == int(after[i].kind));
    repainted += before[i].paint.u != after[i].paint.u;
  }
  BOOST_TEST(repainted + 2 == before.size()); // all but two lamp posts
}

BOOST_AUTO_TEST_CASE(density_says_how_many_there_are) {
  auto cfg = small();
  cfg.density = 0;
  BOOST_TEST(street{cfg}.truth(0).objects.empty());
  size_t sparse = 0, dense = 0;
  for (auto density : {.5, 1.5}) {
    cfg.density = density;
    street x{cfg};
    for (uint64_t frame = 0; frame < 900; frame += 90)
      (density < 1 ? sparse : dense) += x.objects(frame).size();
  }
  BOOST_TEST(dense > 2 * sparse);
}

BOOST_AUTO_TEST_CASE(any_even_size_shows_the_same_street) {
  for (auto [w, h] : {std::pair{160, 90}, {322, 182}, {1280, 720}}) {
    auto cfg = small();
    cfg.width = w;
    cfg.height = h;
    cfg.density = 2;
    street x{cfg};
    BOOST_TEST(drawn(x, 0).size() == size_t(w * h * 3 / 2));
    BOOST_TEST(x.truth(0).objects.size() > 3u, w << " x " << h);
  }
}

BOOST_AUTO_TEST_SUITE_END()
