#include "runtime/http/poster.hpp"

#include "runtime/error.hpp"

#include <httplib.h>

#include <regex>
#include <utility>

namespace vpaas {

struct poster::impl {
  post_target to;
  std::string shown; ///< the address without its path
  std::string path;
  std::unique_ptr<httplib::Client> client;
};

caf::expected<poster> poster::open(post_target to) {
  static const std::regex form{
    R"((https?://(\[[0-9a-fA-F:]+\]|[^/:@?#\s]+)(:[0-9]{1,5})?)(/\S*)?)"};
  std::smatch parts;
  if (!std::regex_match(to.url, parts, form))
    return caf::make_error(ec::bad_config,
                           "the " + to.what
                             + " is no address; write "
                               "https://HOST[:PORT]/PATH, without a password "
                               "in it");
  auto result = std::make_unique<impl>();
  result->shown = parts[1];
  result->path = parts[4].matched ? parts[4].str() : "/";
  result->client = std::make_unique<httplib::Client>(parts[1].str());
  auto& x = *result->client;
  auto half
    = std::chrono::duration_cast<std::chrono::microseconds>(to.patience).count()
      / 2;
  x.set_connection_timeout(0, half);
  x.set_read_timeout(0, half);
  x.set_write_timeout(0, half);
  x.set_follow_location(false);
  if (!to.cafile.empty())
    x.set_ca_cert_path(to.cafile);
  result->to = std::move(to);
  return poster{std::move(result)};
}

poster::poster(std::unique_ptr<impl> x) : impl_(std::move(x)) {
  // nop
}

poster::poster(poster&&) noexcept = default;

poster& poster::operator=(poster&&) noexcept = default;

poster::~poster() = default;

const std::string& poster::path() const {
  return impl_->path;
}

caf::expected<post_answer>
poster::post(const std::string& path,
             const std::map<std::string, std::string>& headers,
             const std::string& body, const std::string& type) {
  auto end = std::chrono::steady_clock::now() + impl_->to.patience;
  post_answer answer;
  httplib::Request in;
  in.method = "POST";
  in.path = path;
  in.body = body;
  in.headers.insert(headers.begin(), headers.end());
  in.set_header("Content-Type", type);
  in.content_receiver = [&](const char* bytes, size_t n, uint64_t, uint64_t) {
    answer.body.append(bytes, std::min(n, max_answer - answer.body.size()));
    return answer.body.size() < max_answer
           && std::chrono::steady_clock::now() < end;
  };
  httplib::Response out;
  auto problem = httplib::Error::Success;
  // A body that is cut off is as good as the status before it.
  if (!impl_->client->send(in, out, problem)
      && problem != httplib::Error::Canceled)
    return failed("no answer (" + httplib::to_string(problem) + ")");
  answer.status = out.status;
  answer.retry_after = out.get_header_value("Retry-After");
  return answer;
}

caf::error poster::failed(const std::string& why) const {
  return caf::make_error(ec::io, "failed to tell " + impl_->shown + ": " + why
                                   + "; it is tried again");
}

} // namespace vpaas
