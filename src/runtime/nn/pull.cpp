#include "runtime/error.hpp"
#include "runtime/nn/zoo.hpp"
#include "runtime/private_folder.hpp"

#include <caf/make_message.hpp>

#include <httplib.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

/// What may be wrong with one download, before it has the file's name in it.
struct outcome {
  ec code = ec::none;
  std::string cause;
};

/// "https://host:port" and "/path" of an address.
bool split_url(const std::string& url, std::string& host, std::string& path) {
  auto scheme = url.find("://");
  if (scheme == std::string::npos)
    return false;
  auto slash = url.find('/', scheme + 3);
  host = url.substr(0, slash);
  path = slash == std::string::npos ? "/" : url.substr(slash);
  return url.compare(0, 7, "http://") == 0
         || url.compare(0, 8, "https://") == 0;
}

outcome download(const card_file& file, const std::string& to,
                 const std::function<bool(uint64_t, uint64_t)>& progress) {
  std::string host, path;
  if (!split_url(file.url, host, path))
    return {ec::bad_config, "only http and https addresses can be pulled"};
  httplib::Client client{host};
  client.set_follow_location(true);
  client.set_connection_timeout(10);
  client.set_read_timeout(30);
  std::ofstream out{to, std::ios::binary};
  auto most = file.bytes != 0 ? file.bytes : uint64_t{4} << 30;
  uint64_t received = 0;
  std::string stopped_by = "the connection broke";
  auto answer = client.Get(
    path,
    [&](const char* data, size_t n) {
      received += n;
      if (received > most) {
        stopped_by = "it is longer than " + std::to_string(most) + " bytes";
        return false;
      }
      out.write(data, std::streamsize(n));
      if (!out) {
        stopped_by = "the disk refuses to write " + to;
        return false;
      }
      return true;
    },
    [&](uint64_t now, uint64_t all) {
      if (progress && !progress(now, all)) {
        stopped_by = "stopped by its caller";
        return false;
      }
      return true;
    });
  if (!answer)
    return {ec::io, answer.error() == httplib::Error::Canceled
                      ? stopped_by
                      : "no answer (" + httplib::to_string(answer.error())
                          + "); look at the network, or copy it into "
                          + fs::path{to}.parent_path().string()};
  if (answer->status != 200)
    return {ec::io, "the server says " + std::to_string(answer->status)};
  out.close();
  return out ? outcome{} : outcome{ec::io, "the disk refuses to write " + to};
}

} // namespace

caf::expected<std::string>
pull(const card_file& file, const std::string& folder,
     const std::function<bool(uint64_t, uint64_t)>& progress) {
  auto failed = [&](ec code, const std::string& cause) {
    return caf::make_error(code, "failed to pull " + file.name + " from "
                                   + file.url + ": " + cause);
  };
  auto path = (fs::path{folder} / file.name).string();
  if (matches(path, file))
    return path;
  std::error_code ignored;
  if (fs::exists(path, ignored) && !file.sha256.empty())
    path = (fs::path{folder} / file.sha256).string(); // another model's name
  if (matches(path, file))
    return path;
  if (file.url.empty())
    return caf::make_error(ec::model_missing,
                           "failed to pull " + file.name
                             + ": its card has no url; copy it into " + folder);
  if (auto code = make_private_folder(folder))
    return failed(ec::io, folder + ": " + std::strerror(code));
  auto partial = path + ".part";
  auto result = download(file, partial, progress);
  if (result.code == ec::none && !matches(partial, file))
    result = {ec::bad_input, "what came has another hash than its card says; "
                             "correct the card or the address"};
  std::error_code problem;
  if (result.code == ec::none)
    fs::rename(partial, path, problem);
  if (problem)
    result = {ec::io, problem.message()};
  if (result.code != ec::none) {
    fs::remove(partial, problem);
    return failed(result.code, result.cause);
  }
  return path;
}

} // namespace vpaas
