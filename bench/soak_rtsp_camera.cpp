// A camera on a real RTSP server, for a time: the server is killed and started
// again, stalls, and changes its resolution in mid-stream, over and over, and
// then runs undisturbed; the law of conservation is checked at every step.
//
//   soak_rtsp_camera [--json] [--restarts=50] [--seconds=60]

#include "measure.hpp"
#include "support/camera_watch.hpp"
#include "support/rtsp_server.hpp"
#include "targets.hpp"

#include <fstream>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

using bench::json;

double resident_mb() {
  std::ifstream in{"/proc/self/statm"};
  long size = 0, resident = 0;
  in >> size >> resident;
  return static_cast<double>(resident) * 4096 / 1e6;
}

template <class F>
double wait_for(test::camera_watch& camera, const char* what, F done) {
  return bench::took([&] {
    if (!camera.take_until(done, 60s))
      throw std::runtime_error(std::string{"no "} + what + ": " + camera.state
                               + ", " + camera.status.last_error);
  });
}

json restart(test::rtsp_server& server, test::camera_watch& camera, int count) {
  std::vector<double> recovery;
  for (int i = 0; i < count; ++i) {
    auto before = camera.keyframes;
    wait_for(camera, "keyframe", [&] { return camera.keyframes > before; });
    auto failures = camera.status.failures;
    server.kill();
    wait_for(camera, "failure",
             [&] { return camera.status.failures > failures; });
    server.start();
    before = camera.keyframes;
    recovery.push_back(wait_for(camera, "keyframe after a restart",
                                [&] { return camera.keyframes > before; }));
  }
  return {{"restarts", count},
          {"recovery_s_p50", bench::median(recovery)},
          {"recovery_s_max", bench::quantile(recovery, 1)}};
}

json disturb(test::rtsp_server& server, test::camera_watch& camera) {
  auto failures = camera.status.failures;
  auto noticed = wait_for(camera, "stall", [&] {
    server.command("stall on"); // of the connection that there is now
    return camera.status.failures > failures;
  });
  server.command("stall off");
  auto before = camera.keyframes;
  auto recovered = wait_for(camera, "keyframe after a stall",
                            [&] { return camera.keyframes > before; });
  server.command("size 640 360");
  auto resized = wait_for(camera, "frame of another size",
                          [&] { return camera.sizes.count("640x360") > 0; });
  return {{"stall_noticed_s", noticed},
          {"stall_recovered_s", recovered},
          {"resolution_changed_s", resized}};
}

} // namespace

int main(int argc, char** argv) {
  if (!test::rtsp_server::available())
    return 1;
  auto restarts = std::stoi(bench::option(argc, argv, "restarts", "50"));
  auto seconds = std::stod(bench::option(argc, argv, "seconds", "60"));
  test::rtsp_server server;
  source_config config;
  config.url = server.url();
  config.stall_timeout = 1s;
  test::camera_watch camera{config};
  json report{{"restart", restart(server, camera, restarts)},
              {"disturb", disturb(server, camera)}};
  auto start = bench::seconds();
  auto frames = camera.frames;
  auto memory = resident_mb();
  camera.take_until([&] { return bench::seconds() - start > seconds; }, 24h);
  auto& s = camera.status;
  report["run"] = {{"seconds", bench::seconds() - start},
                   {"frames", camera.frames - frames},
                   {"growth_mb", resident_mb() - memory}};
  report["total"] = {{"received", s.received},
                     {"forwarded", s.forwarded},
                     {"overflowed", s.overflowed},
                     {"incomplete", s.incomplete},
                     {"before_intra", s.before_intra},
                     {"waiting", s.waiting},
                     {"opened", s.opened},
                     {"failures", s.failures},
                     {"replaced", s.replaced},
                     {"keyframes", camera.keyframes},
                     {"lost", camera.lost},
                     {"law_checked", camera.samples}};
  return bench::finish(report, "soak_rtsp_camera", argc, argv);
}
