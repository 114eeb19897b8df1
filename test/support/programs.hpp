#pragma once

// The programs of this build as their users run them.

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace vpaas::test {

/// The programs stand beside this one.
inline std::string program(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

struct outcome {
  int status = -1;
  std::string text; ///< standard output and error
};

/// Runs a program to its end. @param folder where it works
inline outcome run(const std::string& name, const std::string& options,
                   const std::string& folder = ".") {
  temp_dir dir;
  auto output = dir.path("output");
  child_process child{{"timeout", "30", "sh", "-c",
                       "cd " + folder + " && " + program(name) + " " + options
                         + " >" + output + " 2>&1"}};
  auto status = child.finish();
  std::ifstream in{output};
  return {status, {std::istreambuf_iterator<char>{in}, {}}};
}

/// What a command line says of the certificate of `name` in a folder.
inline std::vector<std::string> tls_options(const std::string& folder,
                                            const std::string& name) {
  return {"--openssl.certificate=" + folder + "/" + name + ".pem",
          "--openssl.key=" + folder + "/" + name + ".key",
          "--openssl.cafile=" + folder + "/ca.pem"};
}

/// A node that was started. What it wrote, and its command line, is searched
/// for passwords when this object goes (see temp_dir).
struct running_node {
  using strings = std::vector<std::string>;

  /// @param folder where a fog keeps what survives it; empty: one of its own
  /// @param before what starts the program, such as env
  running_node(const std::string& tier, strings options,
               const std::string& folder = "", const strings& before = {})
    : process(command(tier, std::move(options),
                      folder.empty() ? own.path() : folder, own.path("log"),
                      before)) {
    auto line = process.line();
    if (line.find(" ready on ") == std::string::npos)
      throw std::runtime_error("not ready: " + line);
    address = line.substr(line.rfind(' ') + 1);
  }

  ~running_node() {
    auto line = "/proc/" + std::to_string(process.pid()) + "/cmdline";
    std::ofstream{own.path("cmdline")} << std::ifstream{line}.rdbuf();
  }

  std::string log() const {
    return own.path("log");
  }

  static strings command(const std::string& tier, strings options,
                         const std::string& folder, const std::string& log,
                         const strings& before) {
    options.insert(options.begin(),
                   {program("vpaas-" + tier), "--node.port=0",
                    "--log.file=" + log, "--node.network=lan"});
    if (tier == "fog")
      for (auto& x :
           {"--store.folder=" + folder, std::string{"--fog.classifier="},
            std::string{"--fog.backup=null"}})
        options.push_back(x);
    if (tier == "cloud") { // needs no weights
      options.push_back("--store.folder=" + folder);
      options.push_back("--cloud.detector=null");
    }
    if (tier == "backend") { // before what a test says
      options.insert(options.begin() + 1,
                     {"--gateway.listen=", "--store.folder=" + folder});
    }
    options.insert(options.begin(), before.begin(), before.end());
    return options;
  }

  /// Stops it as an operator would; returns its exit status.
  int stop() {
    process.signal(SIGTERM);
    return process.finish();
  }

  temp_dir own;
  child_process process;
  std::string address;
};

/// Asks until `good` likes the answer; there is a deadline, and no sleep.
template <class F>
bool ask_until(const std::string& options, F good) {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (std::chrono::steady_clock::now() < deadline) {
    auto answer = run("vpaas", "inspect --json " + options);
    if (answer.status == 0 && good(nlohmann::json::parse(answer.text)))
      return true;
  }
  return false;
}

} // namespace vpaas::test
