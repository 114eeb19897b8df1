#pragma once

// What this process writes to its log while this object is there.

#include "runtime/moment.hpp"
#include "runtime/node/log.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace vpaas::test {

class log_lines {
public:
  /// @param format text or json
  explicit log_lines(const std::string& format = "text") : format_(format) {
    BOOST_REQUIRE(!start_log({"info", format, dir_.path("log"), "fog-1"}));
  }

  ~log_lines() {
    if (start_log({"warning", "text", "", ""}))
      BOOST_ERROR("the log of the tests is gone");
  }

  /// Level and text of each line, as "warning: text".
  std::vector<std::string> take() {
    std::vector<std::string> result;
    std::ifstream in{dir_.path("log")};
    in.seekg(read_);
    for (std::string line; std::getline(in, line);) {
      read_ += static_cast<std::streamoff>(line.size()) + 1;
      result.push_back(format_ == "json" ? from_json(line) : from_text(line));
    }
    return result;
  }

private:
  static std::string from_json(const std::string& line) {
    auto x = nlohmann::json::parse(line);
    BOOST_TEST(x.at("node") == "fog-1");
    BOOST_TEST(!!parse_moment(x.at("time").get<std::string>()));
    return x.at("level").get<std::string>() + ": "
           + x.at("text").get<std::string>();
  }

  /// "DATE TIME LEVEL NODE: TEXT"
  static std::string from_text(const std::string& line) {
    auto level = line.find(' ', line.find(' ') + 1) + 1;
    auto node = line.find(' ', level);
    auto text = line.find(": ", node);
    BOOST_TEST(line.substr(node + 1, text - node - 1) == "fog-1", line);
    return line.substr(level, node - level) + line.substr(text);
  }

  temp_dir dir_;
  std::string format_;
  std::streamoff read_ = 0;
};

} // namespace vpaas::test
