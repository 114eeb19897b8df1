#!/usr/bin/env bash
# CAF's reader of INI files takes a number with a leading 0 for octal:
# port=05000 is port 2560.
#
# Package (Debian 12): libcaf-dev 0.17.6, g++. Prints the value; fails where
# that is no longer so.
set -euo pipefail
dpkg-query -W -f '${Package} ${Version}\n' libcaf-dev
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >main.cpp <<'CPP'
#include <caf/actor_system_config.hpp>
#include <caf/config_value.hpp>

#include <iostream>
#include <sstream>

int main() {
  std::istringstream in{"[node]\nport=05000\n"};
  auto parsed = caf::actor_system_config::parse_config(in);
  if (!parsed)
    return 1;
  auto port = caf::get_or(*parsed, "node.port", int64_t{-1});
  std::cout << "port=05000 is " << port << '\n';
  return port == 2560 ? 0 : 1;
}
CPP
g++ -std=c++17 main.cpp -lcaf_core -o main
./main
