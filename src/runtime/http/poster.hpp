#pragma once

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <map>
#include <memory>
#include <string>

namespace vpaas {

/// Somebody outside who takes what is posted.
struct post_target {
  std::string what;   ///< "webhook": for errors
  std::string url;    ///< https://HOST[:PORT][/PATH], or http://
  std::string cafile; ///< PEM of who signs it; empty: the system's
  caf::timespan patience = std::chrono::seconds(4); ///< for one answer
};

struct post_answer {
  int status = 0;
  std::string retry_after; ///< the header; empty: none
  std::string body;        ///< its first bytes
};

/// A client of one address. Blocks; not for use by two threads at once.
class poster {
public:
  static constexpr size_t max_answer = 64 << 10; ///< bytes

  /// @returns ec::bad_config where the address is none
  static caf::expected<poster> open(post_target to);

  poster(poster&&) noexcept;
  poster& operator=(poster&&) noexcept;
  ~poster();

  /// The path of its address; "/" where it has none.
  const std::string& path() const;

  /// @returns ec::io where nothing was answered
  caf::expected<post_answer>
  post(const std::string& path,
       const std::map<std::string, std::string>& headers,
       const std::string& body, const std::string& type);

  /// What went wrong; the address without its path.
  caf::error failed(const std::string& why) const;

private:
  struct impl;

  explicit poster(std::unique_ptr<impl> x);

  std::unique_ptr<impl> impl_;
};

} // namespace vpaas
