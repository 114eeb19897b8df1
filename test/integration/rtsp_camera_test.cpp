#include "support/camera_watch.hpp"
#include "support/clips.hpp"
#include "support/rtsp_server.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

source_config at(const test::rtsp_server& server) {
  source_config config;
  config.url = server.url();
  config.open_timeout = 5s;
  config.stall_timeout = 1s;
  return config;
}

template <class F>
void wait_for(test::camera_watch& camera, F done) {
  if (!camera.take_until(done, 90s))
    throw std::runtime_error("timed out: " + camera.state + ", "
                             + camera.status.last_error);
}

} // namespace

BOOST_AUTO_TEST_SUITE(rtsp_camera_tests)

BOOST_AUTO_TEST_CASE(a_camera_outlives_its_server) {
  if (!test::rtsp_server::available())
    return;
  auto clip = test::clip("rtsp.mkv", "320x180", "25",
                         "-c:v libx264 -preset ultrafast -g 25 -bf 0", 1000);
  test::rtsp_server server{clip};
  test::camera_watch camera{at(server)};
  for (int i = 0; i < 3; ++i) {
    auto before = camera.keyframes;
    wait_for(camera, [&] { return camera.keyframes > before + 2; });
    server.kill();
    auto failures = camera.status.failures;
    wait_for(camera, [&] { return camera.status.failures > failures; });
    server.start();
  }
  wait_for(camera, [&] { return camera.status.opened >= 4; });
  BOOST_TEST(camera.lost == 0u);
  BOOST_TEST(camera.samples > 20u);
}

BOOST_AUTO_TEST_CASE(a_stall_is_noticed_and_its_end_too) {
  if (!test::rtsp_server::available())
    return;
  for (auto transport : {rtsp_transport::tcp, rtsp_transport::udp}) {
    test::rtsp_server server;
    auto config = at(server);
    config.transport = transport;
    test::camera_watch camera{config};
    wait_for(camera, [&] { return camera.keyframes > 3; });
    auto failures = camera.status.failures;
    wait_for(camera, [&] {
      server.command("stall on"); // of the connection that there is now
      return camera.status.failures > failures;
    });
    server.command("stall off");
    auto before = camera.keyframes;
    wait_for(camera, [&] { return camera.keyframes > before + 3; });
  }
}

BOOST_AUTO_TEST_CASE(another_resolution_in_mid_stream_is_decoded) {
  if (!test::rtsp_server::available())
    return;
  test::rtsp_server server;
  test::camera_watch camera{at(server)};
  wait_for(camera, [&] { return camera.sizes.count("320x240") > 0; });
  server.command("size 640 360");
  wait_for(camera, [&] { return camera.sizes.count("640x360") > 0; });
  BOOST_TEST(camera.status.opened == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
