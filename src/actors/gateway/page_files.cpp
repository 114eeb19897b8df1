#include "actors/gateway/api.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace vpaas {

namespace {

namespace fs = std::filesystem;

constexpr const char* types[][2]
  = {{".html", "text/html; charset=utf-8"},
     {".js", "text/javascript"},
     {".css", "text/css"},
     {".svg", "image/svg+xml"},
     {".json", "application/json"},
     {".png", "image/png"},
     {".webmanifest", "application/manifest+json"}};

/// A name of a file, and nothing that leads elsewhere.
bool is_plain(const std::string& path) {
  return path.find("..") == std::string::npos
         && path.find('\0') == std::string::npos
         && path.find('\\') == std::string::npos;
}

bool read_file(const fs::path& path, std::string& to) {
  std::error_code failed;
  if (!fs::is_regular_file(path, failed))
    return false;
  std::ifstream in{path, std::ios::binary};
  to.assign(std::istreambuf_iterator<char>{in}, {});
  return !in.bad();
}

} // namespace

http_answer page_answer(const std::string& folder, const http_request& x) {
  if (folder.empty())
    return error_answer(404, "not_found", "the page was not built",
                        "install npm and build again; /api/v1 is there");
  auto path = x.path == "/" ? std::string{"/index.html"} : x.path;
  auto dot = path.rfind('.');
  auto is_file = dot != std::string::npos
                 && path.find('/', dot) == std::string::npos;
  if (!is_file) // the page knows what it is
    path = "/index.html";
  http_answer result;
  auto file = fs::path{folder + path};
  if (!is_plain(path))
    return error_answer(404, "not_found", "there is no such file", "see /");
  auto packed = x.header("accept-encoding").find("br") != std::string::npos
                && read_file(file.string() + ".br", result.body);
  if (packed)
    result.headers.emplace_back("Content-Encoding", "br");
  else if (!read_file(file, result.body))
    return error_answer(404, "not_found", "there is no " + path, "see /");
  result.headers.emplace_back("Vary", "Accept-Encoding");
  // Names of what is in assets/ change with their content.
  result.headers.emplace_back("Cache-Control",
                              path.rfind("/assets/", 0) == 0
                                ? "public, max-age=31536000, immutable"
                                : "no-cache");
  result.type = "application/octet-stream";
  for (auto& [end, type] : types)
    if (file.extension() == end)
      result.type = type;
  return result;
}

} // namespace vpaas
