#include "verbs.hpp"

#include "runtime/error.hpp"

#include <iostream>

namespace {

using namespace vpaas;

struct verb {
  const char* name;
  const char* summary;
  int (*run)(command_line);
};

constexpr verb verbs[] = {
  {"run", "take a camera through a pipeline and report", run_verb},
  {"replay", "take a recording through two configurations and compare",
   replay_run_verb},
  {"demo", "show what an outage of the cloud costs", demo_verb},
  {"stream", "add, remove and list the streams of a running fog", stream_verb},
  {"inspect", "look into running nodes and their actors", inspect_verb},
  {"results", "print what was found on keyframes", results_verb},
  {"events", "print what the functions of streams say has happened",
   events_verb},
  {"doctor", "check this machine and say how to mend it", doctor_verb},
  {"model", "list, pull, import, try, register and deploy models", model_verb},
  {"nodes", "list fogs and clouds, and what is deployed there", nodes_verb},
  {"pipeline",
   "list, show, check and register what streams can be taken through",
   pipeline_verb},
  {"policy", "say which streams run which policy or pipeline, and when",
   policy_verb},
  {"profile", "switch between named sets of what streams run", profile_verb},
  {"function", "list and show what pipelines are made of", function_verb},
  {"configure", "change parameters of a function while it runs",
   configure_verb},
  {"record", "write what a camera sends into a file", record_verb},
  {"truth", "convert what people marked in a video between their tools",
   truth_verb},
  {"eval", "score detectors and heads on a source", eval_verb},
  {"heads", "fit what names regions on the fog", heads_verb},
  {"label", "name what fogs were not sure of, so that they learn it",
   label_verb},
  {"figures", "measure what the paper shows, with all compared systems",
   figures_verb},
  {"certs", "make the certificates with which nodes trust each other",
   certs_verb},
};

void print_help(std::ostream& out) {
  out << "usage: vpaas VERB [--help]\n\n";
  for (const auto& x : verbs)
    out << "  " << x.name << std::string(10 - std::string{x.name}.size(), ' ')
        << x.summary << '\n';
  out << "\nNodes are started by vpaas-client, vpaas-fog, vpaas-cloud and "
         "vpaas-backend.\n";
}

} // namespace

int main(int argc, char** argv) {
  std::string name = argc > 1 ? argv[1] : "";
  if (name == "--help" || name == "-h") {
    print_help(std::cout);
    return 0;
  }
  if (name == "--version") {
    std::cout << "vpaas " << VPAAS_VERSION << '\n';
    return 0;
  }
  for (const auto& x : verbs)
    if (name == x.name)
      return x.run(command_line{argc, argv, 2});
  if (!name.empty())
    return complain(
      "vpaas", caf::make_error(ec::bad_config, "unknown verb \"" + name
                                                 + "\"; see vpaas --help"));
  print_help(std::cerr);
  return 1;
}
