#pragma once

#include "runtime/store/spool.hpp"
#include "runtime/store/spool_names.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace vpaas::test {

/// Seconds after the moment at which these tests begin.
inline caf::timestamp at(int64_t s) {
  return caf::timestamp{std::chrono::seconds{1'800'000'000}
                        + std::chrono::seconds{s}};
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A spool in a folder of its own, closed until it is opened.
struct spool_folder {
  using numbers_t = std::vector<uint64_t>;
  using strings = std::vector<std::string>;

  static constexpr uint64_t block = 4096; ///< of the disk

  temp_dir dir;
  std::string folder = dir.path("spool");
  spool_limits limits{100 * block, std::chrono::hours(1)};
  std::unique_ptr<spool> uut;

  void open() {
    uut.reset();
    uut = value_of(spool::open(folder, {"test-1"}, limits));
  }

  /// Keeps a part of `n` bytes, captured and kept at second `s`; its position
  /// tells which it was.
  caf::error keep(const std::string& stream, uint64_t number, uint32_t part,
                  int64_t s, size_t n = 1000) {
    spool_part x{stream, number, part, 100 * number + uint64_t{10} * part,
                 10,     at(s)};
    return uut->keep(x, payload(number, part, n), place(number, part), at(s));
  }

  static std::string payload(uint64_t number, uint32_t part, size_t n = 1000) {
    return std::string(n, static_cast<char>('a' + number + part));
  }

  static std::string place(uint64_t number, uint32_t part) {
    return "after " + file_of(number, part);
  }

  /// Of a segment, as they are fetched.
  strings payloads(const std::string& stream, uint64_t number) const {
    strings result;
    for (const auto& x : value_of(uut->fetch(stream, number)))
      result.push_back(x.bytes);
    return result;
  }

  std::vector<uint64_t> numbers(const std::string& stream) const {
    std::vector<uint64_t> result;
    for (const auto& x : uut->segments(stream))
      result.push_back(x.number);
    return result;
  }

  /// "stream number reason" of each that was given up.
  std::vector<std::string> given_up() const {
    std::vector<std::string> result;
    for (const auto& x : uut->take_given_up())
      result.push_back(x.stream + " " + std::to_string(x.number) + " "
                       + x.reason);
    return result;
  }

  std::string file(const std::string& stream, uint64_t number,
                   uint32_t part) const {
    return folder + "/" + folder_of(stream, 0) + "/" + file_of(number, part);
  }

  size_t files() const {
    size_t result = 0;
    for (const auto& x : std::filesystem::recursive_directory_iterator{folder})
      result += x.is_regular_file() && part_of(x.path().filename()) ? 1 : 0;
    return result;
  }

  static void flip(const std::string& path, int64_t where) {
    std::fstream x{path, std::ios::in | std::ios::out | std::ios::binary};
    x.seekg(where, where < 0 ? std::ios::end : std::ios::beg);
    auto c = static_cast<char>(x.peek() ^ 1);
    x.seekp(where, where < 0 ? std::ios::end : std::ios::beg);
    x.put(c);
  }
};

} // namespace vpaas::test
