#include "runtime/control/placement.hpp"

#include "bench/exact_placement.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;

namespace {

/// Worth what its quality is: nothing else has a price here.
placement::config plain() {
  placement::config result;
  result.worth = {0, 0, 0};
  return result;
}

/// good, fair: a device and half of one; poor: the fog alone.
ladder three() {
  return {{"good", .9, 300, .1, 1, 100},
          {"fair", .7, 200, .1, .5, 50},
          {"poor", .4, 100, .2, 0, 0}};
}

struct fixture {
  placement uut{plain(), {three()}};

  /// A fog with ways to all clouds that there are.
  uint32_t fog(double processors, double kbit_s = 1e6) {
    fog_site x{processors, kbit_s, {}};
    for (uint32_t c = 0; c < clouds; ++c)
      x.ways.push_back({c, 20. + 10 * c});
    return uut.add_fog(x);
  }

  uint32_t cloud(double devices) {
    ++clouds;
    return uut.add_cloud({devices});
  }

  uint32_t stream(std::vector<uint32_t> fogs, double weight = 1,
                  double load = 1) {
    stream_wants x;
    x.fogs = std::move(fogs);
    x.weight = weight;
    x.load = load;
    return uut.add(x);
  }

  uint32_t rung_of(uint32_t id) {
    return uut.where(id).rung;
  }

  uint32_t clouds = 0;
};

constexpr uint32_t good = 0, fair = 1, poor = 2;

} // namespace

BOOST_FIXTURE_TEST_SUITE(placement_tests, fixture)

BOOST_AUTO_TEST_CASE(where_there_is_room_all_get_the_best) {
  cloud(4);
  auto f = fog(1);
  for (int i = 0; i < 4; ++i)
    BOOST_TEST((uut.where(stream({f})) == seat{f, 0, good}));
}

BOOST_AUTO_TEST_CASE(too_little_lowers_quality_before_anybody_waits) {
  cloud(2);
  auto f = fog(1);
  std::vector<uint32_t> xs;
  for (int i = 0; i < 6; ++i)
    xs.push_back(stream({f}));
  // Each pair of good ones gives up .4 for two fair ones that gain .6.
  auto count = [&](uint32_t rung) {
    return std::count_if(xs.begin(), xs.end(),
                         [&](auto x) { return rung_of(x) == rung; });
  };
  BOOST_TEST(uut.waiting() == 0u);
  BOOST_TEST(count(fair) == 4);
  BOOST_TEST(count(poor) == 2);
}

BOOST_AUTO_TEST_CASE(quality_comes_back_with_the_room) {
  cloud(2);
  auto f = fog(1);
  auto a = stream({f}), b = stream({f}), c = stream({f}), d = stream({f});
  BOOST_TEST(rung_of(a) == fair);
  uut.remove(c);
  uut.remove(d);
  uut.set_cloud(0, {2.1}); // none is raised with the last of it
  BOOST_TEST(rung_of(a) == good);
  BOOST_TEST(rung_of(b) == good);
}

BOOST_AUTO_TEST_CASE(who_is_worth_less_becomes_poorer) {
  cloud(1.5);
  auto f = fog(1);
  auto light = stream({f}, 1), heavy = stream({f}, 2);
  BOOST_TEST(rung_of(light) == fair);
  BOOST_TEST(rung_of(heavy) == good);
}

BOOST_AUTO_TEST_CASE(a_full_fog_is_helped_before_anybody_becomes_poorer) {
  cloud(10);
  auto own = fog(.25), other = fog(1);
  auto a = stream({own, other}), b = stream({own, other}),
       c = stream({own, other});
  BOOST_TEST((uut.where(a) == seat{own, 0, good}));
  BOOST_TEST((uut.where(b) == seat{own, 0, good}));
  BOOST_TEST((uut.where(c) == seat{other, 0, good}));
}

BOOST_AUTO_TEST_CASE(another_fog_helps_before_a_cloud_does) {
  placement::config cfg; // with the usual worths
  placement both{cfg,
                 {{{"cloud", .6, 100, .1, 1, 10}, {"fog", .6, 100, .2, 0, 0}}}};
  both.add_cloud({10});
  both.add_fog({.2, 1e6, {{0, 0}}});
  both.add_fog({.2, 1e6, {{0, 0}}});
  stream_wants x;
  x.fogs = {0, 1};
  BOOST_TEST((both.where(both.add(x)) == seat{0, seat::none, 1}));
  BOOST_TEST((both.where(both.add(x)) == seat{1, seat::none, 1}));
  x.load = .1;
  both.set_fog(0, {.1, 1e6, {{0, 0}}}); // now the first needs the cloud
  BOOST_TEST((both.where(0) == seat{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(what_a_stream_wants_is_kept_to) {
  cloud(.5);
  auto f = fog(1);
  stream_wants x;
  x.fogs = {f};
  x.least_quality = .8; // good, for which there is no device
  auto a = uut.add(x);
  BOOST_TEST(!uut.where(a).is_taken());
  BOOST_TEST(uut.waiting() == 1u);
  x.least_quality = 0;
  x.most_ms = 219; // fair takes 200 and 20 for the way
  BOOST_TEST(rung_of(uut.add(x)) == poor);
  x.most_ms = 220;
  x.most_kbit_s = 49;
  BOOST_TEST(rung_of(uut.add(x)) == poor);
  x.most_kbit_s = 50;
  BOOST_TEST(rung_of(uut.add(x)) == fair);
  uut.set_cloud(0, {1.6});
  BOOST_TEST(rung_of(a) == good);
  BOOST_TEST(uut.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_link_that_is_slower_than_before_carries_poorer_copies) {
  cloud(10);
  auto f = fog(1, 220);
  auto a = stream({f}), b = stream({f});
  BOOST_TEST(rung_of(a) + rung_of(b) == 2 * good);
  uut.set_fog(f, {1, 110, {{0, 20}}});
  BOOST_TEST(rung_of(a) + rung_of(b) == 2 * fair);
  uut.set_fog(f, {1, 40, {{0, 20}}});
  BOOST_TEST(rung_of(a) + rung_of(b) == 2 * poor);
  uut.set_fog(f, {1, 220, {{0, 20}}});
  BOOST_TEST(rung_of(a) + rung_of(b) == 2 * good);
}

BOOST_AUTO_TEST_CASE(more_to_do_makes_poorer_and_less_richer) {
  cloud(2.1);
  auto f = fog(1);
  auto a = stream({f}), b = stream({f});
  uut.set_load(a, 1.5);
  BOOST_TEST(rung_of(a) + rung_of(b) > 2 * good);
  uut.set_load(a, 1);
  BOOST_TEST(rung_of(a) + rung_of(b) == 2 * good);
}

BOOST_AUTO_TEST_CASE(a_little_back_and_forth_changes_nothing) {
  cloud(2);
  auto f = fog(1);
  stream({f});
  auto b = stream({f});
  uut.set_load(b, 1.01); // one becomes poorer
  uut.take_changes();
  for (int i = 0; i < 10; ++i) {
    uut.set_load(b, 1);
    uut.set_load(b, 1.01);
    BOOST_TEST(uut.take_changes().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_lost_fog_moves_its_own_streams_only) {
  cloud(10);
  auto f = fog(.3), g = fog(.5), h = fog(.5);
  auto a = stream({f, g}), b = stream({f, h}), alone = stream({f});
  auto c = stream({g}), d = stream({h, g});
  uut.take_changes();
  uut.lose_fog(f);
  BOOST_TEST((uut.where(a) == seat{g, 0, good}));
  BOOST_TEST((uut.where(b) == seat{h, 0, good}));
  BOOST_TEST(!uut.where(alone).is_taken());
  BOOST_TEST((uut.where(c) == seat{g, 0, good}));
  BOOST_TEST((uut.where(d) == seat{h, 0, good}));
  BOOST_TEST(uut.take_changes().size() == 3u);
  uut.set_fog(f, {.3, 1e6, {{0, 20}}});
  BOOST_TEST((uut.where(alone) == seat{f, 0, good}));
  BOOST_TEST(uut.where(a).fog == g); // until it settles
}

BOOST_AUTO_TEST_CASE(a_lost_cloud_leaves_streams_on_their_fogs) {
  cloud(2), cloud(1.1);
  auto f = fog(1);
  auto a = stream({f}), b = stream({f}), c = stream({f});
  uut.take_changes();
  auto stays = uut.where(a).cloud == 1 ? a : uut.where(b).cloud == 1 ? b : c;
  uut.lose_cloud(0);
  for (auto x : {a, b, c})
    BOOST_TEST(uut.where(x).fog == f);
  BOOST_TEST(uut.where(stays).cloud == 1u);
  BOOST_TEST(uut.waiting() == 0u);
  BOOST_TEST(rung_of(a) + rung_of(b) + rung_of(c) == fair + fair + poor);
  uut.set_cloud(0, {2.1});
  BOOST_TEST(rung_of(a) + rung_of(b) + rung_of(c) == fair + fair + good);
  uut.settle(3);
  uut.settle(3);
  for (auto x : {a, b, c})
    BOOST_TEST(rung_of(x) == good);
}

BOOST_AUTO_TEST_CASE(streams_settle_where_they_are_better_off) {
  auto cfg = plain();
  cfg.worth.help = .1;
  placement x{cfg, {three()}};
  x.add_cloud({10});
  x.add_fog({.3, 1e6, {{0, 20}}});
  x.add_fog({.3, 1e6, {{0, 20}}});
  stream_wants wants;
  wants.fogs = {0, 1};
  x.lose_fog(0);
  auto a = x.add(wants), b = x.add(wants);
  x.set_fog(0, {.3, 1e6, {{0, 20}}});
  BOOST_TEST(x.where(a).fog == 1u);
  x.settle(1);
  BOOST_TEST(x.where(a).fog == 0u);
  BOOST_TEST(x.where(b).fog == 1u);
  x.settle(1);
  BOOST_TEST(x.where(b).fog == 0u);
}

BOOST_AUTO_TEST_CASE(whose_poorest_copies_do_not_fit_is_sent_to_another_fog) {
  auto f = fog(.4), g = fog(.2);
  auto a = stream({f, g}), b = stream({f, g});
  BOOST_TEST(uut.where(a).fog == f);
  BOOST_TEST(uut.where(b).fog == f);
  uut.set_fog(f, {.2, 1e6, {}});
  BOOST_TEST(uut.where(a).fog + uut.where(b).fog == f + g);
  BOOST_TEST(uut.waiting() == 0u);
  uut.set_fog(g, {.1, 1e6, {}});
  BOOST_TEST(uut.waiting() == 1u);
}

BOOST_AUTO_TEST_CASE(numbers_are_used_again) {
  cloud(1);
  auto f = fog(1);
  auto a = stream({f});
  uut.remove(a);
  BOOST_TEST(stream({f}) == a);
  BOOST_TEST(rung_of(a) == good);
}

// Whatever happens, what is used is what those who sit there take, and no more
// than there is.
BOOST_AUTO_TEST_CASE(books_are_right_after_anything) {
  std::mt19937 random{5};
  auto pick = [&](uint32_t n) { return uint32_t(random() % n); };
  auto part = [&] { return double(random() % 1000) / 1000; };
  for (int i = 0; i < 3; ++i)
    cloud(3);
  for (int i = 0; i < 5; ++i)
    fog(1.5, 800);
  std::vector<uint32_t> xs;
  auto site = [&] {
    return fog_site{1.5 * part(), 800 * part(), {{0, 5}, {1, 9}, {2, 70}}};
  };
  for (int i = 0; i < 3000; ++i) {
    auto what = pick(10);
    if (what < 3 || xs.empty())
      xs.push_back(stream({pick(5), pick(5)}, .5 + part(), .2 + part()));
    else if (what < 5) {
      auto k = pick(uint32_t(xs.size()));
      uut.remove(xs[k]);
      xs.erase(xs.begin() + k);
    } else if (what < 7)
      uut.set_load(xs[pick(uint32_t(xs.size()))], .1 + 2 * part());
    else if (what == 7)
      uut.set_fog(pick(5), site());
    else if (what == 8)
      pick(2) == 0 ? uut.lose_fog(pick(5)) : uut.lose_cloud(pick(3));
    else
      uut.set_cloud(pick(3), {3 * part()}), uut.settle(3);
    std::map<const supply*, double> used;
    size_t without = 0;
    for (auto id : xs) {
      without += !uut.where(id).is_taken();
      for (auto& p : uut.nodes().parts_of(id))
        if (p.of)
          used[p.of] += p.amount;
    }
    BOOST_REQUIRE_EQUAL(without, uut.waiting());
    for (uint32_t f = 0; f < 5; ++f)
      for (auto x :
           {&uut.nodes().fog(f).processors, &uut.nodes().fog(f).link}) {
        BOOST_REQUIRE_SMALL(x->used() - used[x], 1e-6);
        BOOST_REQUIRE_EQUAL(x->short_of(0), 0);
      }
    for (uint32_t c = 0; c < 3; ++c) {
      auto& x = uut.nodes().cloud(c).devices;
      BOOST_REQUIRE_SMALL(x.used() - used[&x], 1e-6);
      BOOST_REQUIRE_EQUAL(x.short_of(0), 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(it_comes_close_to_the_best_there_is) {
  double ours = 0, best = 0;
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random{seed};
    auto part = [&] { return double(random() % 1000) / 1000; };
    fixture x, free;
    std::vector<uint32_t> ids;
    for (auto* y : {&x, &free})
      y->cloud(2), y->cloud(1.5), y->fog(0), y->fog(0);
    fog_site site{.5 + part(), 100 + 300 * part(), {{0, 20}, {1, 50}}};
    for (uint32_t f = 0; f < 2; ++f)
      x.uut.set_fog(f, site);
    for (uint32_t i = 0; i < 7; ++i) {
      auto weight = .5 + part(), load = .5 + part();
      ids.push_back(x.stream({i % 2, 1 - i % 2}, weight, load));
      free.stream({i % 2, 1 - i % 2}, weight, load);
    }
    for (uint32_t f = 0; f < 2; ++f)
      free.uut.nodes().set_fog(f, true, site);
    x.uut.settle(ids.size());
    for (auto id : ids)
      ours += x.uut.value(id);
    best += bench::exact_placement{free.uut.nodes(), ids}.best();
  }
  BOOST_TEST(ours <= best + 1e-6);
  BOOST_TEST(ours >= .95 * best);
}

BOOST_AUTO_TEST_SUITE_END()
