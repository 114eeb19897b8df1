// vpaas-nn: those verbs of vpaas that run networks.

#include "runtime/error.hpp"
#include "runtime/nn/environment.hpp"
#include "verbs.hpp"

#include <caf/make_message.hpp>

#include <iostream>

namespace {

using namespace vpaas;

struct verb {
  const char* name;
  const char* word;
  int (*run)(command_line);
};

constexpr verb verbs[] = {
  {"model", "run", model_run_verb},
  {"model", "import", model_import_verb},
  {"eval", "detector", eval_detector_verb},
  {"eval", "heads", eval_heads_verb},
  {"eval", "protocol", eval_protocol_verb},
  {"heads", "fit", heads_fit_verb},
};

} // namespace

int main(int argc, char** argv) {
  ensure_environment(argv);
  std::string name = argc > 1 ? argv[1] : "", word = argc > 2 ? argv[2] : "";
  if (name == "run")
    return run_pipeline_verb(command_line{argc, argv, 2});
  if (name == "replay")
    return replay_verb(command_line{argc, argv, 2});
  if (name == "demo")
    return demo_outage_verb(command_line{argc, argv, 2});
  if (word == "--help" || word == "-h") {
    for (auto& x : verbs)
      if (name == x.name)
        std::cout << "usage: vpaas " << name << ' ' << x.word << " [--help]\n";
    return 0;
  }
  std::string known;
  for (auto& x : verbs) {
    if (name == x.name && word == x.word)
      return x.run(command_line{argc, argv, 3});
    if (name.empty() || name == x.name)
      known += (known.empty() ? "" : ", ") + std::string{x.word}
               + " (see vpaas " + x.name + " " + x.word + " --help)";
  }
  return complain("vpaas " + name,
                  caf::make_error(ec::bad_config, "write " + known));
}
