// Networks against what else runs them, interleaved in one process tree: one
// run of ours, one of theirs, and so on; medians.
//
//   bench_nn_speed [--threads=1,2] [--repeats=5] [--json]
//
// Needs python3-torchvision, and ../shared for NanoDet; what is missing is left
// out of the report.

#include "report.hpp"
#include "runtime/error.hpp"
#include "runtime/nn/environment.hpp"
#include "runtime/nn/ini.hpp"
#include "runtime/nn/network.hpp"
#include "runtime/nn/zoo.hpp"
#include "targets.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <random>

using namespace vpaas;
using json = nlohmann::json;

namespace {

/// torchvision in Python: tells it to run a network, gets the seconds.
class python {
public:
  python(const std::string& folder, int threads) {
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0)
      return;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(to[0], 0);
      dup2(from[1], 1);
      close(to[1]);
      auto n = std::to_string(threads);
      execl("/usr/bin/python3", "python3", "bench/nn_reference.py",
            folder.c_str(), n.c_str(), nullptr);
      _exit(1);
    }
    close(to[0]);
    close(from[1]);
    out_ = fdopen(to[1], "w");
    in_ = fdopen(from[0], "r");
    ready_ = read_line() == "ready";
  }

  ~python() {
    fclose(out_);
    fclose(in_);
    waitpid(pid_, nullptr, 0);
  }

  bool ready() const {
    return ready_;
  }

  double run(const std::string& name) {
    fprintf(out_, "%s\n", name.c_str());
    fflush(out_);
    return std::atof(read_line().c_str());
  }

private:
  std::string read_line() {
    char line[256] = "";
    if (fgets(line, sizeof line, in_) == nullptr)
      return "";
    std::string result = line;
    return result.substr(0, result.find('\n'));
  }

  pid_t pid_ = -1;
  FILE* out_ = nullptr;
  FILE* in_ = nullptr;
  bool ready_ = false;
};

struct contender {
  std::string name;
  std::function<double()> run; ///< seconds
};

/// Milliseconds of each, after one run that is not counted: the median, and the
/// best, which is what a shared machine disturbs least. Ratios are of the best.
json race(std::vector<contender> all, int repeats) {
  std::map<std::string, std::vector<double>> times;
  for (int i = 0; i <= repeats; ++i)
    for (auto& x : all) {
      auto t = x.run();
      if (i > 0)
        times[x.name].push_back(t * 1e3);
    }
  json result;
  for (auto& [name, ts] : times) {
    result[name + "_ms"] = bench::quantile(ts, 0);
    result[name + "_median_ms"] = bench::quantile(ts, .5);
  }
  return result;
}

/// A network and an input of noise for it.
class runner {
public:
  runner(const located_model& model, int images, number_type type,
         int threads) {
    load_options options;
    options.type = type;
    options.threads = threads;
    auto loaded = load_network(model, options);
    if (!loaded)
      throw std::runtime_error(describe(loaded.error()));
    net_ = std::move(*loaded);
    auto& in = model.card.input;
    batch_->resize(images, in.height, in.width);
    std::mt19937 random(1);
    std::normal_distribution<float> value;
    for (auto& x : batch_->values)
      x = value(random);
    batch_->content.assign(size_t(images),
                           {0, 0, float(in.width), float(in.height)});
  }

  double operator()() const {
    auto start = bench::seconds();
    if (auto x = net_->run(*batch_); !x)
      throw std::runtime_error(describe(x.error()));
    return bench::seconds() - start;
  }

private:
  std::shared_ptr<network> net_;
  std::shared_ptr<input_batch> batch_ = std::make_shared<input_batch>();
};

located_model random_model(const std::string& folder, const std::string& name,
                           architecture what, int depth, int width,
                           int height) {
  located_model result;
  result.card.name = name;
  result.card.built_as = what;
  result.card.depth = depth;
  result.card.input.width = width;
  result.card.input.height = height;
  result.card.output.classes = 91;
  result.paths["weights"] = folder + "/" + name + ".pth";
  return result;
}

/// Ours in both types against torchvision; 2 x multiply-adds of one run.
json against_python(python& theirs, const located_model& model, int images,
                    double gflop, int threads, int repeats) {
  auto result
    = race({{"fp32", runner{model, images, number_type::fp32, threads}},
            {"torchvision", [&] { return theirs.run(model.card.name); }},
            {"bf16", runner{model, images, number_type::bf16, threads}}},
           repeats);
  double fp32 = result["fp32_ms"], bf16 = result["bf16_ms"];
  result["fp32_by_torchvision"] = double(result["torchvision_ms"]) / fp32;
  result["bf16_by_fp32"] = fp32 / bf16;
  result["fp32_gflops"] = gflop / fp32 * 1e3;
  result["bf16_gflops"] = gflop / bf16 * 1e3;
  return result;
}

json against_opencv(int threads, int repeats) {
  auto script = default_zoo().locate("nanodet-plus-m");
  auto onnx = default_zoo().locate("nanodet-plus-m-onnx");
  if (!script || !onnx)
    return "left out: no ../shared/models";
  auto result = race({{"fp32", runner{*script, 1, number_type::fp32, threads}},
                      {"opencv", runner{*onnx, 1, number_type::fp32, threads}},
                      {"bf16", runner{*script, 1, number_type::bf16, threads}}},
                     repeats);
  double fp32 = result["fp32_ms"];
  result["fp32_by_opencv"] = double(result["opencv_ms"]) / fp32;
  result["bf16_by_fp32"] = fp32 / double(result["bf16_ms"]);
  return result;
}

json measure(int threads, int repeats, const std::string& folder) {
  json result;
  result["peak_gflops"]
    = {{"fp32", measure_gflops(threads, number_type::fp32)},
       {"bf16", measure_gflops(threads, number_type::bf16)}};
  result["nanodet_1280x736"] = against_opencv(threads, repeats);
  python theirs{folder, threads};
  if (!theirs.ready()) {
    result["torchvision"] = "left out: no python3-torchvision";
    return result;
  }
  // 308 in trunk, pyramid and proposals, 28 in the heads of 1,000 regions.
  result["fasterrcnn101_1024x576"]
    = against_python(theirs,
                     random_model(folder, "fasterrcnn101",
                                  architecture::faster_rcnn, 101, 1024, 576),
                     1, 336, threads, repeats);
  result["mobilenet_v2_batch8"]
    = against_python(theirs,
                     random_model(folder, "mobilenet_v2",
                                  architecture::mobilenet_v2, 0, 224, 224),
                     8, 8 * .60, threads, repeats * 4);
  result["resnet50_batch1"] = against_python(
    theirs,
    random_model(folder, "resnet50", architecture::resnet, 50, 224, 224), 1,
    8.17, threads, repeats * 4);
  return result;
}

} // namespace

int main(int argc, char** argv) {
  ensure_environment(argv);
  auto repeats = std::atoi(bench::option(argc, argv, "repeats", "5").c_str());
  auto folder
    = (std::filesystem::temp_directory_path() / "vpaas-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr)
    return 1;
  json report;
  try {
    for (auto& threads : words(bench::option(argc, argv, "threads", "1,2")))
      report["threads_" + threads] = measure(std::atoi(threads.c_str()),
                                             repeats, folder);
  } catch (const std::exception& x) {
    report["error"] = x.what();
  }
  std::filesystem::remove_all(folder);
  return bench::finish(report, "nn_speed", argc, argv);
}
