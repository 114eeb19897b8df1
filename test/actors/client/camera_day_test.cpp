// A day of a camera in virtual time: its clock is set, passes midnight, the end
// of daylight saving and the 33 bits of MPEG; it is lost three times and
// changes its size twice; the node's clock is set, too.

#include "actors/client/camera.hpp"
#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"
#include "support/grey.hpp"
#include "support/streams.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr auto picture_time = 500ms;
constexpr int group = 10;    ///< pictures from a key picture to the next
constexpr int pictures = 60; ///< of a film, each of its own grey
constexpr uint64_t every = 15;

int grey_of(int index) {
  return 40 + 3 * index;
}

/// A coded picture, and which of the film it shows.
struct coded {
  std::vector<uint8_t> bytes;
  bool key = false;
  int shows = 0;
};

struct film {
  codec_parameters codec;
  int width = 0;
  std::vector<coded> packets;
};

film make_film(const std::string& size) {
  source_config config;
  config.url = test::made(
    "day" + size + ".ts",
    "-f lavfi -i color=black:size=" + size
      + ":rate=2,geq=lum=40+3*N:cb=128:cr=128 -frames:v "
      + std::to_string(pictures)
      + " -c:v libx264 -threads 1 -qp 4 -g 10 -bf 2 -sc_threshold 0 "
        "-x264-params b-adapt=0:weightp=0 -pix_fmt yuv420p");
  auto in = source::open(config);
  BOOST_REQUIRE(in);
  film result;
  result.codec = in->codec();
  result.width = result.codec.width;
  auto first = no_time;
  for (;;) {
    auto x = in->read();
    BOOST_REQUIRE(x);
    if (!*x)
      break;
    if (first == no_time)
      first = (*x)->pts_us;
    auto shows = ((*x)->pts_us - first + 250'000) / 500'000;
    result.packets.push_back({{(*x)->data, (*x)->data + (*x)->size},
                              (*x)->key,
                              static_cast<int>(shows)});
  }
  BOOST_REQUIRE(result.packets.size() == size_t{pictures});
  return result;
}

/// When something happens, from noon on, and by how much.
struct step {
  caf::timespan at, by;
};

constexpr caf::timespan wrap = microseconds{(int64_t{1} << 33) * 100 / 9};

// Corrections are in the middle of groups of pictures, the wrap at one's start.
constexpr step of_camera[] = {{2h + 1700ms, 1h},
                              {5h + 3200ms, -1h},
                              {12h, -24h},        // midnight
                              {15h + 700ms, -1h}, // daylight saving ends
                              {20h, -wrap}};
constexpr step of_node[] = {{18h + 100ms, -1h}, {19h + 100ms, 1h}};
constexpr caf::timespan losses[] = {8h + 2100ms, 16h + 3600ms, 21h + 600ms};
constexpr caf::timespan small_until = 17h, small_from = 22h;

template <class Steps>
caf::timespan clock_at(caf::timespan t, const Steps& steps) {
  auto result = t;
  for (auto& x : steps)
    if (t >= x.at)
      result += x.by;
  return result;
}

/// A picture that somebody is to see.
struct shot {
  int grey, width;
  caf::timestamp captured;
};

/// What the camera films and sends, and what must become of it.
class day {
public:
  day() : small_(make_film("64x48")), large_(make_film("96x64")) {
    // nop
  }

  const film& showing(caf::timespan t) const {
    return t < small_until || t >= small_from ? small_ : large_;
  }

  static caf::timestamp node_time(caf::timespan t) {
    return caf::timestamp{1'792'800'000s} + clock_at(t, of_node);
  }

  /// Pushes the picture that is sent at `t` and returns the part that it ends.
  std::optional<segment> send(caf::timespan t, segmenter& to) {
    auto n = static_cast<size_t>(t / picture_time);
    auto& x = showing(t).packets[n % pictures];
    auto shift = x.shows - static_cast<int>(n % pictures);
    auto stamp = [](caf::timespan when) {
      return duration_cast<microseconds>(clock_at(when, of_camera)).count();
    };
    packet_view view{x.bytes.data(), x.bytes.size(), x.key,
                     stamp(t + shift * picture_time), stamp(t - picture_time)};
    if (x.key) {
      end_group();
      started_ = true;
    }
    if (started_)
      group_[x.shows] = {grey_of(x.shows), showing(t).width, node_time(t)};
    else
      ++early;
    return to.push(view, node_time(t));
  }

  /// The connection is gone.
  void lose() {
    end_group();
    started_ = false;
  }

  std::vector<shot> expected; ///< in display order
  uint64_t early = 0;         ///< sent before a key picture

private:
  void end_group() {
    for (auto& x : group_)
      expected.push_back(x.second);
    group_.clear();
  }

  film small_, large_;
  bool started_ = false;
  std::map<int, shot> group_;
};

/// What the day has come to, whoever reads.
struct progress {
  day what;
  caf::timespan filmed{0}; ///< when the last picture was sent
  size_t lost = 0;         ///< connections
};

using day_reader_actor = reader_actor::extend<caf::reacts_to<due_atom>>;

/// Reads in virtual time: an answer takes as long as its pictures. The second
/// time that the connection is lost it dies.
struct day_reader_state {
  static inline const char* name = "day_reader";

  explicit day_reader_state(day_reader_actor::pointer self) : self(self) {
    // nop
  }

  caf::result<reading> read() {
    if (dies) {
      self->quit(caf::make_error(ec::io, "dead"));
      return caf::make_error(ec::io, "dead");
    }
    auto now = self->clock().now().time_since_epoch();
    film->filmed = std::max(film->filmed, caf::timespan{now});
    answer = look();
    promise = self->make_response_promise<reading>();
    self->delayed_send(self, film->filmed - now, due_atom_v);
    return promise;
  }

  reading look() {
    reading result;
    result.live = true;
    if (!std::exchange(open, true)) {
      auto& x = film->what.showing(film->filmed).codec;
      cutter->restart(x, x.reorder_depth);
      seen = 0;
    }
    while (result.parts.empty() && !result.failure) {
      auto next = (film->filmed / picture_time + 1) * picture_time;
      if (film->lost < std::size(losses) && next > losses[film->lost]) {
        lose(result);
        break;
      }
      film->filmed = next;
      ++seen;
      if (auto part = film->what.send(next, *cutter))
        result.parts.push_back(std::move(*part));
    }
    result.pictures = seen;
    result.before_intra = cutter->discarded();
    return result;
  }

  void lose(reading& result) {
    film->filmed = losses[film->lost++] + 7s;
    open = false;
    film->what.lose();
    if (auto rest = cutter->finish())
      result.parts.push_back(std::move(*rest));
    dies = film->lost == 2;
    if (!dies)
      result.failure = caf::make_error(ec::io, "gone");
  }

  day_reader_actor::pointer self;
  progress* film = nullptr;
  std::optional<segmenter> cutter;
  bool open = false, dies = false;
  uint64_t seen = 0;
  reading answer;
  caf::typed_response_promise<reading> promise;
};

day_reader_actor::behavior_type
day_reader(day_reader_actor::stateful_pointer<day_reader_state> self,
           progress* film, stream_position from) {
  segment_limits limits;
  limits.part_time = 100ms;
  limits.live = true;
  self->state.film = film;
  self->state.cutter.emplace("s", limits, from);
  return {[self](read_atom) { return self->state.read(); },
          [self](due_atom) {
            self->state.promise.deliver(std::move(self->state.answer));
          }};
}

/// Decodes what comes and compares it with what was filmed.
struct receiver {
  explicit receiver(const day& what) : what(what) {
    // nop
  }

  const day& what;
  decoder pictures{{every, 1, true}};
  segment_key last;
  uint64_t next = 0; ///< number of the next keyframe
  uint64_t frames = 0;
  size_t lost = 0, damaged = 0, wrong = 0, jumps = 0, connected = 0;
  caf::timespan furthest{0}; ///< of a capture time from the right one

  void take(const segment& x) {
    BOOST_TEST((last < key_of(x)));
    last = key_of(x);
    BOOST_TEST(x.first_frame == frames);
    frames = end_frame(x);
    jumps += x.discontinuity;
    connected += x.connected;
    look(pictures.decode(x));
  }

  void look(const decoded& x) {
    lost += x.lost.size();
    for (auto& f : x.frames) {
      BOOST_TEST(f.number() == next); // ordered, none lost or doubled
      next = f.number() + every;
      seen.emplace_back(f.number(), test::luma_at(f, 20, 20), f.width(),
                        f.info().captured);
      damaged += f.info().damaged;
    }
  }

  void compare() {
    for (auto& [number, grey, width, captured] : seen) {
      auto& x = what.expected.at(number);
      wrong += std::abs(grey - x.grey) > 1 || width != x.width;
      auto off = captured - x.captured;
      furthest = std::max(furthest, off < 0s ? -off : off);
    }
  }

  std::vector<std::tuple<uint64_t, int, int, caf::timestamp>> seen;
};

/// Asks the camera for one part after the other.
void ask(caf::event_based_actor* self, const camera_actor& camera,
         receiver& to) {
  self->request(camera, 10min, next_atom_v, to.last)
    .then(
      [self, camera, &to](const segment& x) {
        to.take(x);
        ask(self, camera, to);
      },
      [](const caf::error& x) {
        BOOST_TEST((x == ec::cancelled), describe(x));
      });
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(camera_day_tests, test::test_system)

BOOST_AUTO_TEST_CASE(no_result_of_a_day_is_lost_doubled_or_late) {
  progress film;
  receiver to{film.what};
  size_t readers = 0;
  auto make = [&](cancel_flag, stream_position from) {
    ++readers;
    return caf::actor_cast<reader_actor>(sys.spawn(day_reader, &film, from));
  };
  camera_config cfg;
  cfg.stream = "s";
  cfg.seed = 1;
  auto uut = caf::actor_cast<camera_actor>(
    sys.spawn(camera, cfg, reader_factory{make}));
  sys.spawn([&](caf::event_based_actor* self) { ask(self, uut, to); });
  run();
  auto& clock = scheduler().clock();
  while (clock.now().time_since_epoch() < 24h)
    advance(500ms);
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  film.what.lose();
  to.look(to.pictures.finish());
  to.compare();
  // 24 hours of two pictures a second, but for the losses.
  BOOST_TEST(film.what.expected.size() > 172'700u);
  BOOST_TEST(to.next + 2 * every > film.what.expected.size());
  BOOST_TEST(to.lost == 0u);
  BOOST_TEST(to.damaged == 0u);
  BOOST_TEST(to.wrong == 0u);
  BOOST_TEST((to.furthest < 1s), to.furthest.count() << " ns");
  BOOST_TEST(readers == 2u);
  BOOST_TEST(to.jumps == std::size(of_camera) + std::size(losses));
  BOOST_TEST(to.connected == std::size(of_camera));
}

BOOST_AUTO_TEST_SUITE_END()
