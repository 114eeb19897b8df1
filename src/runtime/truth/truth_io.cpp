#include "runtime/truth/truth_io.hpp"

#include "runtime/error.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <unistd.h>

namespace vpaas {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t most_bytes = uint64_t{1} << 30;

caf::error failed_to(const std::string& verb, const std::string& path,
                     const std::string& why) {
  return caf::make_error(ec::io, "failed to " + verb + " " + path + why);
}

/// Adds the text of a file; of a picture, its name.
caf::error add_file(truth_files& to, const std::string& name,
                    const fs::path& path, uint64_t& bytes) {
  auto kind = path.extension().string();
  auto& text = to[name];
  for (auto x : {".xml", ".json", ".jsonl", ".txt", ".ini", ".yaml", ".yml",
                 ".names", ""})
    if (kind == x) {
      std::ifstream in{path, std::ios::binary};
      text.assign(std::istreambuf_iterator<char>{in}, {});
      bytes += text.size();
      if (!in)
        return failed_to("read", path.string(), "; check who may");
    }
  if (bytes > most_bytes)
    return failed_to("read", path.string(),
                     ": truth of more than 1 GiB is "
                     "too much; split the video");
  return caf::none;
}

/// What belongs to a file that is one of several.
caf::error add_beside(truth_files& to, const fs::path& path, uint64_t& bytes) {
  if (path.filename() != "gt.txt")
    return caf::none;
  auto folder = path.parent_path();
  for (auto& x : {folder / "labels.txt", folder / ".." / "seqinfo.ini"})
    if (std::error_code failed; fs::is_regular_file(x, failed))
      if (auto err = add_file(to, x.filename().string(), x, bytes))
        return err;
  return caf::none;
}

caf::expected<truth_files> files_at(const fs::path& path) {
  truth_files result;
  uint64_t bytes = 0;
  std::error_code failed;
  if (fs::is_regular_file(path, failed)) {
    if (auto err = add_file(result, path.filename().string(), path, bytes))
      return err;
    // Whatever its name ends in.
    if (auto& text = result.begin()->second; text.empty()) {
      std::ifstream in{path, std::ios::binary};
      text.assign(std::istreambuf_iterator<char>{in}, {});
    }
    if (auto err = add_beside(result, path, bytes))
      return err;
    return result;
  }
  if (!fs::is_directory(path, failed))
    return failed_to("open", path.string(), "; check the path");
  fs::recursive_directory_iterator i{path, failed}, end;
  for (; !failed && i != end; i.increment(failed))
    if (std::error_code unknown; i->is_regular_file(unknown))
      if (auto err = add_file(result, i->path().lexically_relative(path), *i,
                              bytes))
        return err;
  if (failed)
    return failed_to("read", path.string(),
                     ": " + failed.message() + "; check who may");
  return result;
}

/// Another program may be writing the same.
caf::error write_file(const std::string& text, const fs::path& path) {
  auto part = path.string() + ".part" + std::to_string(getpid());
  std::ofstream out{part, std::ios::binary};
  out << text;
  out.close();
  std::error_code failed;
  if (out)
    fs::rename(part, path, failed);
  return out && !failed ? caf::error{}
                        : failed_to("write", path.string(),
                                    "; check the folder and the space left");
}

} // namespace

caf::expected<read_truth_result> read_truth(const std::string& path,
                                            const std::string& format,
                                            const truth_reading& how) {
  auto files = files_at(path);
  if (!files)
    return std::move(files.error());
  auto found = find_truth_format(format, *files);
  if (!found)
    return caf::make_error(ec::bad_input, "failed to read truth from " + path
                                            + ": " + cause_of(found.error()));
  auto result = parse_truth(**found, *files, how);
  if (!result)
    return caf::make_error(ec::bad_input, "failed to read truth from " + path
                                            + ": " + cause_of(result.error()));
  return result;
}

caf::error write_truth(const marked_video& x, const std::string& path,
                       const std::string& format) {
  auto found = find_truth_format(format, {});
  if (!found)
    return std::move(found.error());
  auto files = print_truth(**found, x);
  if (!files)
    return caf::make_error(ec::bad_input, "failed to write truth to " + path
                                            + ": " + cause_of(files.error()));
  if (files->size() == 1)
    return write_file(files->begin()->second, path);
  std::error_code failed;
  if (fs::exists(path, failed) && !fs::is_empty(path, failed))
    return failed_to("write", path, ": it is there; name a new folder");
  for (auto& [name, text] : *files) {
    auto to = fs::path{path} / name;
    fs::create_directories(to.parent_path(), failed);
    if (auto err = write_file(text, to))
      return err;
  }
  return caf::none;
}

} // namespace vpaas
