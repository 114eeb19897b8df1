#pragma once

// A second host on this one: a network namespace behind a veth pair, whose
// packets can be slowed down and silently dropped. Needs root and iproute2.

#include "delay_line.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

namespace vpaas::bench {

class network_namespace {
public:
  /// @param delay of each direction; with one there is a delay line in place of
  ///        the veth pair, and no `drop`
  explicit network_namespace(std::chrono::milliseconds delay = {}) {
    ok_
      = ::geteuid() == 0 && find_name() && connect(delay)
        && ip("addr add " + near_address() + "/24 dev " + near_)
        && ip("-n " + name_ + " addr add " + far_address() + "/24 dev " + far_)
        && ip("link set " + near_ + " up")
        && ip("-n " + name_ + " link set " + far_ + " up")
        && ip("-n " + name_ + " link set lo up");
  }

  network_namespace(const network_namespace&) = delete;

  network_namespace& operator=(const network_namespace&) = delete;

  ~network_namespace() {
    line_.reset();
    if (name_.empty())
      return;
    ip("link del " + near_);
    ip("netns del " + name_);
  }

  bool ok() const {
    return ok_;
  }

  std::string near_address() const {
    return subnet_ + "1";
  }

  std::string far_address() const {
    return subnet_ + "2";
  }

  /// An address that takes every packet and answers none.
  std::string black_hole() {
    lose(subnet_ + "99", near_, "");
    return subnet_ + "99";
  }

  /// What to put before a command that is to run over there.
  std::vector<std::string> prefix() const {
    return {"ip", "netns", "exec", name_};
  }

  /// Packets in both directions go to a hardware address that nobody has: they
  /// vanish without an error on either side.
  bool drop() {
    return lose(far_address(), near_, "")
           && lose(near_address(), far_, "-n " + name_);
  }

  bool restore() {
    return ip("neigh del " + far_address() + " dev " + near_)
           && ip("-n " + name_ + " neigh del " + near_address() + " dev "
                 + far_);
  }

  /// Limits both directions to `mbit` megabits a second, with a router's queue
  /// of a quarter of a second.
  bool shape(double mbit) {
    auto rule = " root tbf rate " + std::to_string(mbit)
                + "mbit burst 16kb latency 250ms";
    return run("tc qdisc replace dev " + near_ + rule)
           && run("tc -n " + name_ + " qdisc replace dev " + far_ + rule);
  }

  bool unshape() {
    return run("tc qdisc del dev " + near_ + " root")
           && run("tc -n " + name_ + " qdisc del dev " + far_ + " root");
  }

private:
  /// Others may have namespaces at the same time.
  bool find_name() {
    for (int i = 0; i < 250; ++i) {
      auto id = std::to_string((::getpid() + i) % 250);
      if (!ip("netns add vpaas" + id))
        continue;
      name_ = "vpaas" + id;
      near_ = "vpn" + id;
      far_ = "vpf" + id;
      subnet_ = "10.213." + id + ".";
      return true;
    }
    return false;
  }

  bool connect(std::chrono::milliseconds delay) {
    if (delay.count() == 0)
      return ip("link add " + near_ + " type veth peer name " + far_ + " netns "
                + name_);
    line_ = std::make_unique<delay_line>(near_, far_, delay);
    return line_->ok() && ip("link set " + far_ + " netns " + name_);
  }

  static bool run(const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
  }

  static bool ip(const std::string& what) {
    return run("ip " + what);
  }

  static bool lose(const std::string& address, const std::string& device,
                   const std::string& where) {
    return ip(where + " neigh replace " + address
              + " lladdr 02:00:00:00:00:99 nud permanent dev " + device);
  }

  bool ok_ = false;
  std::string name_;
  std::string near_;
  std::string far_;
  std::string subnet_;
  std::unique_ptr<delay_line> line_;
};

} // namespace vpaas::bench
