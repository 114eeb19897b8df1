#include "runtime/node/log.hpp"

#include "runtime/error.hpp"
#include "runtime/moment.hpp"
#include "runtime/policy/line_limit.hpp"
#include "runtime/printable.hpp"
#include "runtime/private_folder.hpp"
#include "runtime/source_address.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <filesystem>
#include <mutex>
#include <utility>

namespace vpaas {

namespace {

/// What is logged may quote anything: a camera's address with its password, or
/// bytes that would steer a terminal.
std::string clean_text(const spdlog::details::log_msg& x) {
  return printable(without_secrets({x.payload.data(), x.payload.size()}));
}

/// One JSON object a line: time, level, node, text.
class json_formatter : public spdlog::formatter {
public:
  explicit json_formatter(std::string node) : node_(std::move(node)) {
    // nop
  }

  void format(const spdlog::details::log_msg& x,
              spdlog::memory_buf_t& out) override {
    auto level = spdlog::level::to_string_view(x.level);
    nlohmann::ordered_json line;
    line["time"] = format_moment(caf::timestamp{
      std::chrono::duration_cast<caf::timespan>(x.time.time_since_epoch())});
    line["level"] = std::string{level.data(), level.size()};
    line["node"] = node_;
    line["text"] = clean_text(x);
    // What is logged may quote bytes from outside that are not UTF-8.
    auto text = line.dump(-1, ' ', false,
                          nlohmann::json::error_handler_t::replace);
    text += '\n';
    out.append(text.data(), text.data() + text.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<json_formatter>(node_);
  }

private:
  std::string node_;
};

/// One line a message, whatever it quotes.
class text_formatter : public spdlog::formatter {
public:
  void format(const spdlog::details::log_msg& x,
              spdlog::memory_buf_t& out) override {
    auto clean = clean_text(x);
    auto line = x;
    line.payload = {clean.data(), clean.size()};
    pattern_.format(line, out);
    x.color_range_start = line.color_range_start;
    x.color_range_end = line.color_range_end;
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<text_formatter>();
  }

private:
  spdlog::pattern_formatter pattern_{"%Y-%m-%d %H:%M:%S.%e %^%l%$ %n: %v"};
};

spdlog::level::level_enum level_of(log_level x) {
  switch (x) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

spdlog::sink_ptr make_sink(const std::string& file) {
  if (file.empty())
    return std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  // A folder that cannot be made: opening the file says it better.
  make_private_folder(std::filesystem::path{file}.parent_path());
  return std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
}

} // namespace

caf::error start_log(const log_config& cfg) {
  try {
    auto logger = std::make_shared<spdlog::logger>(cfg.node,
                                                   make_sink(cfg.file));
    if (cfg.format == "json")
      logger->set_formatter(std::make_unique<json_formatter>(cfg.node));
    else
      logger->set_formatter(std::make_unique<text_formatter>());
    logger->set_level(spdlog::level::from_str(cfg.level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
  } catch (const std::exception& x) {
    return caf::make_error(ec::io, "failed to open log.file " + cfg.file + ": "
                                     + x.what() + "; name another file");
  }
  return caf::none;
}

void log_line(log_level level, const std::string& subject,
              const std::string& text) {
  static std::mutex mutex;
  static line_limit limit{5, std::chrono::seconds(10)};
  if (!spdlog::should_log(level_of(level)))
    return;
  std::unique_lock<std::mutex> guard{mutex};
  auto left_out
    = limit.pass(subject, std::chrono::steady_clock::now().time_since_epoch());
  guard.unlock();
  if (!left_out)
    return;
  auto note = *left_out == 0
                ? std::string{}
                : " (" + std::to_string(*left_out) + " like this left out)";
  spdlog::log(level_of(level), "{}{}", text, note);
}

} // namespace vpaas
