#include "runtime/error.hpp"
#include "verbs.hpp"

#include <caf/make_message.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace vpaas {

namespace {

std::string program_beside() {
  std::error_code problem;
  return std::filesystem::read_symlink("/proc/self/exe", problem)
    .replace_filename("vpaas-nn")
    .string();
}

} // namespace

int run_networks(const std::string& verb, const command_line& line) {
  auto program = program_beside();
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

caf::error await_networks(const std::string& verb,
                          const std::vector<std::string>& words) {
  auto program = program_beside();
  std::vector<char*> argv{const_cast<char*>(program.c_str()),
                          const_cast<char*>(verb.c_str())};
  for (auto& x : words)
    argv.push_back(const_cast<char*>(x.c_str()));
  argv.push_back(nullptr);
  auto child = pid_t{0};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // What it says is no part of what this verb prints.
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  auto status = posix_spawn(&child, program.c_str(), &actions, nullptr,
                            argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0)
    return caf::make_error(ec::io, "failed to start " + program
                                     + "; install it beside vpaas");
  if (waitpid(child, &status, 0) == child && WIFEXITED(status)
      && WEXITSTATUS(status) == 0)
    return caf::none;
  return caf::make_error(ec::bad_input, "vpaas " + verb + " " + words.front()
                                          + " failed, as it says above");
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

int replay_run_verb(command_line line) {
  return run_networks("replay", line);
}

int run_verb(command_line line) {
  return run_networks("run", line);
}

} // namespace vpaas
