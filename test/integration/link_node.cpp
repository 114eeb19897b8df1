// A node for tests that need a process to kill, freeze or restart. It prints
// its port and ends with its standard input.
//
//   link_node [--name=far] [--port=0] [--profile=lan|wan] [--tls=FOLDER]

#include "support/real_node.hpp"

#include <iostream>
#include <iterator>
#include <string>

namespace {

std::string option(int argc, char** argv, const std::string& name,
                   const std::string& fallback) {
  auto prefix = "--" + name + "=";
  for (int i = 1; i < argc; ++i)
    if (std::string arg = argv[i]; arg.rfind(prefix, 0) == 0)
      return arg.substr(prefix.size());
  return fallback;
}

} // namespace

int main(int argc, char** argv) {
  using namespace vpaas;
  auto profile = test::profile_called(option(argc, argv, "profile", "lan"));
  test::real_node node{option(argc, argv, "name", "far"), profile,
                       option(argc, argv, "tls", "")};
  auto port = node.publish(
    static_cast<uint16_t>(std::stoi(option(argc, argv, "port", "0"))));
  std::cout << port << std::endl;
  std::string rest{std::istreambuf_iterator<char>{std::cin}, {}};
  return port == 0 ? 1 : 0;
}
