// Valid inputs put together by chance, each compared with ffmpeg's decoding of
// it: the same pictures, the same times, every frame answered for.
//
//   bench_media_oddities [--json] [--seeds=300] [--first=0]

#include "support/oddities.hpp"
#include "targets.hpp"

using namespace vpaas;
using nlohmann::json;

int main(int argc, char** argv) try {
  auto first = std::stoull(bench::option(argc, argv, "first", "0"));
  auto seeds = std::stoull(bench::option(argc, argv, "seeds", "300"));
  auto start = bench::seconds();
  auto differ = json::array();
  for (auto seed = first; seed < first + seeds; ++seed) {
    auto x = test::make_oddity(seed);
    if (auto what = test::compare(x); !what.empty())
      differ.push_back(
        {{"seed", seed}, {"input", x.what}, {"difference", what}});
  }
  json report{{"inputs", seeds},
              {"different", differ.size()},
              {"differ", differ},
              {"seconds", bench::seconds() - start}};
  return bench::finish(std::move(report), "media_oddities", argc, argv);
} catch (const std::exception& x) {
  std::cerr << "bench_media_oddities: " << x.what() << '\n';
  return 1;
}
