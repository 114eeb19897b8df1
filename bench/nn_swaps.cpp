// Swaps the model of a busy detector a thousand times, between two types of the
// same weights: nothing may be lost or mixed, and memory must not grow.
//
//   bench_nn_swaps [--swaps=1000] [--model=street-backup] [--json]

#include "actors/batched_function.hpp"
#include "networks.hpp"
#include "one_node.hpp"
#include "report.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/nn/environment.hpp"
#include "runtime/node/process.hpp"
#include "runtime/vision/street.hpp"
#include "targets.hpp"

using namespace vpaas;

namespace {

frame drawn(const street& scene, uint64_t number) {
  auto& cfg = scene.config();
  auto w = size_t(cfg.width), h = size_t(cfg.height);
  std::vector<uint8_t> y(w * h), u(w * h / 4), v(w * h / 4);
  scene.draw(number,
             {y.data(), u.data(), v.data(), ptrdiff_t(w), ptrdiff_t(w / 2)});
  frame_info info;
  info.number = number;
  auto at = [](const std::vector<uint8_t>& x, size_t w, size_t h) {
    return plane{x.data(), ptrdiff_t(w), int(w), int(h)};
  };
  return bench::must(
    frame::copy({at(y, w, h), at(u, w / 2, h / 2), at(v, w / 2, h / 2)}, info));
}

double rss_mb() {
  return double(usage_of_this_process().rss_bytes) / 1e6;
}

} // namespace

int main(int argc, char** argv) {
  ensure_environment(argv);
  auto swaps = std::stoul(bench::option(argc, argv, "swaps", "1000"));
  auto model = bench::option(argc, argv, "model", "street-backup");
  auto config = bench::must(read_settings("", all_options(), {}));
  node_system_config cfg{config, nullptr};
  caf::actor_system sys{cfg};
  auto parameters = bench::must(check(
    detector_spec().parameters,
    {{"model", model}, {"max_batch", 4}, {"max_delay", "1ms"}}, "detector"));
  auto uut = sys.spawn<caf::detached>(
    batched_function, detector(parameters, networks_of(config).detectors));
  std::vector<frame> frames;
  street_config small;
  street scene{small};
  for (uint64_t i = 0; i < 4; ++i)
    frames.push_back(drawn(scene, i * 30));
  caf::scoped_actor self{sys};
  uint64_t answered = 0, lost = 0, mixed = 0;
  std::vector<double> memory;
  auto began = bench::seconds();
  for (size_t i = 0; i < swaps; ++i) {
    auto ask = [&](size_t k) {
      return self->request(
        uut, caf::infinite, apply_atom_v,
        make_item("s", k, keyframes{"s", {frames[k % 4]}, {}, {}}));
    };
    auto take = [&](auto reply, std::string& version) {
      reply.receive(
        [&](const item& x) {
          ++answered;
          version = x.value.get<detections>()->model;
        },
        [&](const caf::error&) { ++lost; });
    };
    // Two before the change, two after it: those are answered by the new one.
    auto a = ask(0), b = ask(1);
    auto type = i % 2 == 0 ? "bf16" : "fp32";
    self
      ->request(uut, caf::infinite, configure_atom_v,
                document{json{{"type", type}}})
      .receive([](const document&) {}, [&](const caf::error&) { ++lost; });
    auto c = ask(2), d = ask(3);
    std::string v[4];
    take(a, v[0]);
    take(b, v[1]);
    take(c, v[2]);
    take(d, v[3]);
    auto is_new = [&](const std::string& x) {
      return x.find(type) != std::string::npos;
    };
    mixed += !is_new(v[2]) || !is_new(v[3]);
    if (i % 50 == 49)
      memory.push_back(rss_mb());
  }
  nlohmann::json report{
    {"model", model},
    {"swaps", swaps},
    {"answered", answered},
    {"lost", lost},
    {"mixed", mixed},
    {"seconds", bench::seconds() - began},
    {"rss_mb_after_50", memory.empty() ? 0 : memory.front()},
    {"rss_mb_half", memory.empty() ? 0 : memory[memory.size() / 2]},
    {"growth_mb", memory.empty() ? 0 : rss_mb() - memory[memory.size() / 2]},
    {"rss_mb_end", rss_mb()}};
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  return bench::finish(report, "nn_swaps", argc, argv);
}
