// Cameras over HTTP send by themselves: they are live, and opened again when
// they break.

#include "support/camera_watch.hpp"
#include "support/child_process.hpp"
#include "support/clips.hpp"
#include "support/streams.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

using clock_type = std::chrono::steady_clock;

/// test/support/http_camera.py, which dies with this object.
class http_camera {
public:
  explicit http_camera(const std::string& path,
                       const std::vector<std::string>& options = {})
    : process_(command(path, options)) {
    for (int i = 0; i < 6 && port_.empty(); ++i) // a busy machine
      port_ = process_.line();
    BOOST_TEST_REQUIRE(!port_.empty());
  }

  source_config source() const {
    source_config result;
    result.url = "http://127.0.0.1:" + std::to_string(std::stoi(port_)) + "/1";
    result.open_timeout = 5s;
    result.stall_timeout = 1s;
    return result;
  }

private:
  static std::vector<std::string>
  command(const std::string& path, const std::vector<std::string>& options) {
    std::vector<std::string> result{"python3", "-u",
                                    "test/support/http_camera.py", path};
    result.insert(result.end(), options.begin(), options.end());
    return result;
  }

  test::child_process process_;
  std::string port_;
};

/// A folder of JPEG pictures.
std::string pictures() {
  static test::temp_dir folder;
  auto path = folder.path("pictures");
  if (std::filesystem::create_directory(path))
    test::ffmpeg(test::pattern("160x96", 30) + "-q:v 5 " + path + "/%03d.jpg");
  return path;
}

template <class F>
void wait_for(test::camera_watch& camera, F done) {
  if (!camera.take_until(done, 60s))
    throw std::runtime_error("timed out: " + camera.state + ", "
                             + camera.status.last_error);
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_camera_tests)

BOOST_AUTO_TEST_CASE(pictures_over_http_have_the_times_of_their_arrival) {
  for (auto* length : {"length=1", "length=0"}) {
    http_camera there{pictures(), {"fps=4", length}};
    auto begin = clock_type::now();
    auto in = source::open(there.source());
    BOOST_REQUIRE(in);
    BOOST_TEST(in->live());
    BOOST_TEST(!in->finite());
    int64_t first = 0, last = 0;
    for (int i = 0; i < 9; ++i) {
      auto x = in->read();
      BOOST_REQUIRE((x && *x));
      auto time = (*x)->pts_us;
      BOOST_TEST((i == 0 || time > last));
      last = time;
      if (i == 0)
        first = time;
    }
    auto took = std::chrono::duration<double>(clock_type::now() - begin);
    auto told = static_cast<double>(last - first) / 1e6;
    BOOST_TEST(told > 1.7); // eight distances of a quarter of a second
    BOOST_TEST(told <= took.count());
  }
}

BOOST_AUTO_TEST_CASE(the_first_picture_of_a_slow_camera_does_not_wait) {
  http_camera there{pictures(), {"fps=2"}};
  auto begin = clock_type::now();
  test::camera_watch camera{there.source()};
  wait_for(camera, [&] { return camera.keyframes > 0; });
  BOOST_TEST((clock_type::now() - begin < 5s));
}

BOOST_AUTO_TEST_CASE(a_camera_that_hangs_up_is_opened_again) {
  http_camera there{pictures(), {"fps=25", "drop=15", "down=0.3"}};
  test::camera_watch camera{there.source()};
  wait_for(camera, [&] { return camera.status.opened >= 4; });
  BOOST_TEST(camera.state != "ended");
  BOOST_TEST(camera.status.failures >= 3u);
  BOOST_TEST(camera.keyframes >= 6u);
  BOOST_TEST(camera.lost == 0u);
  BOOST_TEST(camera.repeated == 0u);
  BOOST_TEST(camera.status.before_intra == 0u);
}

BOOST_AUTO_TEST_CASE(a_camera_that_falls_silent_is_opened_again) {
  http_camera there{pictures(), {"fps=25", "stall=15"}};
  test::camera_watch camera{there.source()};
  wait_for(camera, [&] { return camera.status.opened >= 3; });
  BOOST_TEST(camera.status.replaced == 0u);
  BOOST_TEST(camera.lost == 0u);
}

BOOST_AUTO_TEST_CASE(the_limit_of_a_stall_follows_the_cameras_own_pace) {
  http_camera there{pictures(), {"fps=2"}};
  auto source = there.source();
  source.stall_timeout = 200ms; // shorter than the way to its next picture
  test::camera_watch camera{source};
  wait_for(camera, [&] { return camera.frames >= 10; });
  BOOST_TEST(camera.status.failures == 0u);
  BOOST_TEST(camera.status.opened == 1u);
}

BOOST_AUTO_TEST_CASE(flv_over_http_is_opened_again_where_it_breaks) {
  auto clip = test::plain("camera.flv", "160x96", "-bf 0", 100);
  http_camera there{clip, {"fps=500"}};
  test::camera_watch camera{there.source()};
  wait_for(camera, [&] { return camera.status.opened >= 3; });
  BOOST_TEST(camera.state != "ended");
  BOOST_TEST(camera.frames >= 200u);
  BOOST_TEST(camera.lost == 0u);
  BOOST_TEST(camera.status.before_intra == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
