#pragma once

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vpaas::test {

/// A PostgreSQL server of its own, which listens on a socket in its folder and
/// nowhere else. Root cannot run one: then the user postgres does.
class postgres_server {
public:
  postgres_server() {
    auto bin = programs();
    if (bin.empty())
      return;
    auto as = command_prefix();
    if (!as.empty())
      run({"chown", "postgres", folder_.path()});
    auto data = folder_.path("data");
    auto init = as;
    init.insert(init.end(), {bin + "/initdb", "-D", data, "-A", "trust", "-N",
                             "-U", "vpaas", "--no-sync"});
    if (run(init) != 0)
      return;
    auto start = as;
    start.insert(start.end(), {bin + "/postgres", "-D", data, "-k",
                               folder_.path(), "-c", "listen_addresses="});
    start_ = start;
    ready_ = bin + "/pg_isready";
    this->start();
  }

  ~postgres_server() {
    stop();
  }

  /// Whether it could be started.
  bool runs() const {
    return server_.has_value();
  }

  std::string connection() const {
    return "postgresql://host=" + folder_.path()
           + " dbname=postgres user=vpaas password=secret";
  }

  void start() {
    server_.emplace(quiet(start_));
    for (int i = 0; i < 200; ++i) // pg_isready itself waits for the server
      if (run({ready_, "-h", folder_.path(), "-t", "1"}) == 0)
        return;
    server_.reset();
  }

  /// "Fast shutdown": its sessions are cut.
  void stop() {
    if (!server_)
      return;
    server_->signal(SIGINT);
    server_->finish();
    server_.reset();
  }

private:
  static std::string programs() {
    namespace fs = std::filesystem;
    std::error_code ignored;
    for (const auto& x : fs::directory_iterator{"/usr/lib/postgresql", ignored})
      if (fs::exists(x.path() / "bin/initdb"))
        return (x.path() / "bin").string();
    return {};
  }

  static std::vector<std::string> command_prefix() {
    if (::geteuid() != 0)
      return {};
    return {"setpriv", "--reuid=postgres", "--regid=postgres",
            "--clear-groups"};
  }

  static std::vector<std::string>
  quiet(const std::vector<std::string>& command) {
    std::vector<std::string> result{
      "sh", "-c", "cd / && exec \"$@\" >/dev/null 2>&1", "sh"};
    result.insert(result.end(), command.begin(), command.end());
    return result;
  }

  static int run(const std::vector<std::string>& command) {
    return child_process{quiet(command)}.finish();
  }

  temp_dir folder_;
  std::vector<std::string> start_;
  std::string ready_;
  std::optional<child_process> server_;
};

} // namespace vpaas::test
