#include "runtime/error.hpp"
#include "verbs.hpp"

#include <caf/make_message.hpp>

#include <unistd.h>

#include <filesystem>

namespace vpaas {

int run_networks(const std::string& verb, const command_line& line) {
  std::error_code problem;
  auto program = std::filesystem::read_symlink("/proc/self/exe", problem)
                   .replace_filename("vpaas-nn")
                   .string();
  std::vector<char*> argv;
  auto add = [&](const std::string& x) {
    argv.push_back(const_cast<char*>(x.c_str()));
  };
  add(program);
  add(verb);
  for (auto& x : line.written())
    add(x);
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  return complain("vpaas " + verb,
                  caf::make_error(ec::io, "failed to start " + program
                                            + "; install it beside vpaas"));
}

int eval_verb(command_line line) {
  return run_networks("eval", line);
}

int heads_verb(command_line line) {
  return run_networks("heads", line);
}

int demo_verb(command_line line) {
  return run_networks("demo", line);
}

int run_verb(command_line line) {
  return run_networks("run", line);
}

} // namespace vpaas
