// What a spool finds when it is opened.

#include "runtime/error.hpp"
#include "runtime/private_folder.hpp"
#include "runtime/store/spool.hpp"
#include "runtime/store/spool_file.hpp"
#include "runtime/store/spool_names.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include <unistd.h>

namespace vpaas {

namespace {

namespace fs = std::filesystem;

constexpr const char* unfinished_folder = ".unfinished";

/// The name of the stream whose folder this is.
caf::expected<std::string> read_name(const std::string& folder) {
  spool_header header;
  auto result = read_spool_file(folder + "/" + stream_name, header);
  if (result && header.stream != checksum_of(*result))
    return caf::make_error(ec::bad_input, "it is of another stream");
  return result;
}

/// Whether only a spool makes folders of this name.
bool looks_ours(const std::string& folder) {
  auto dash = folder.find_last_not_of("0123456789abcdef");
  return dash != std::string::npos && folder[dash] == '-'
         && folder.size() - dash == 17;
}

} // namespace

/// Reads the folder of a spool that is being opened into its index.
class spool::scan {
public:
  explicit scan(spool& x) : spool_(x) {
    // nop
  }

  caf::error run();

private:
  /// The files of a stream, before they are believed.
  struct found_stream {
    stream_entry entry;
    std::map<uint64_t, std::map<uint32_t, spool_header>> segments;
    std::set<uint64_t> damaged;

    /// Takes the position of `x` if it is the newest so far.
    void see(const spool_header& x, std::optional<size_t> format,
             std::optional<std::pair<uint64_t, uint32_t>> where);

    void leave(uint64_t number, const spool_header& x);
  };

  caf::error read_stream(const std::string& folder);

  caf::error read_files(found_stream& in);

  /// One of them: what it is says its name.
  caf::error read_file(found_stream& in, const std::string& name);

  void adopt(found_stream& in);

  /// Nobody can say whose its files are.
  void discard(const std::string& folder);

  void leave_to_newer(const std::string& folder);

  spool_totals& totals() {
    return spool_.index_.counts();
  }

  spool& spool_;
};

void spool::scan::found_stream::see(
  const spool_header& x, std::optional<size_t> format,
  std::optional<std::pair<uint64_t, uint32_t>> where) {
  if (x.order < entry.order)
    return;
  entry.order = x.order + 1;
  entry.position = format ? stored_bytes{*format, x.position} : stored_bytes{};
  entry.newest = where;
}

void spool::scan::found_stream::leave(uint64_t number, const spool_header& x) {
  auto& end = entry.end_of_newer;
  entry.newer.insert(number);
  end.segment = std::max(end.segment, number + 1);
  end.frame = std::max(end.frame, x.first_frame + x.frames);
}

caf::error spool::find_all() {
  return scan{*this}.run();
}

std::optional<size_t> spool::format_of(const spool_header& x) const {
  auto i = std::find(formats_.begin(), formats_.end(), x.format);
  return i == formats_.end() ? std::optional<size_t>{}
                             : static_cast<size_t>(i - formats_.begin());
}

caf::error spool::scan::run() {
  std::error_code failed;
  fs::directory_iterator i{spool_.folder_, failed};
  std::vector<std::string> folders;
  for (; !failed && i != fs::directory_iterator{}; i.increment(failed))
    if (auto name = i->path().filename().string();
        i->is_directory(failed) && !i->is_symlink(failed))
      folders.push_back(name);
    else
      totals().foreign += name != "lock" ? 1 : 0;
  if (failed)
    return spool_error("read", spool_.folder_, failed.value());
  for (const auto& name : folders)
    if (auto err = read_stream(name))
      return err;
  spool_.index_.all_found();
  return caf::none;
}

caf::error spool::scan::read_stream(const std::string& folder) {
  auto path = spool_.folder_ + "/" + folder;
  std::error_code ignored;
  if (folder == unfinished_folder) {
    fs::remove_all(path, ignored);
    return caf::none;
  }
  auto name = read_name(path);
  if (!name && !looks_ours(folder)) {
    ++totals().foreign;
    return caf::none;
  }
  if (!name && name.error() == ec::not_found) {
    leave_to_newer(path);
    return caf::none;
  }
  if (!name && name.error() != ec::bad_input)
    return name.error();
  if (!name || spool_.index_.find(*name)) {
    discard(path);
    return caf::none;
  }
  found_stream in;
  in.entry.folder = path;
  in.entry.name = *name;
  if (auto err = read_files(in))
    return err;
  adopt(in);
  return caf::none;
}

void spool::scan::discard(const std::string& folder) {
  std::error_code failed;
  fs::directory_iterator i{folder, failed};
  std::vector<std::string> names;
  for (; !failed && i != fs::directory_iterator{}; i.increment(failed))
    names.push_back(i->path().filename().string());
  for (const auto& name : names)
    if (part_of(name) || name == position_name || name == stream_name
        || name == unfinished_name) {
      ::unlink((folder + "/" + name).c_str());
      totals().damaged += part_of(name) ? 1 : 0;
    } else {
      ++totals().foreign;
    }
  ::rmdir(folder.c_str());
}

void spool::scan::leave_to_newer(const std::string& folder) {
  std::error_code ignored;
  std::set<uint64_t> segments;
  for (const auto& x : fs::directory_iterator{folder, ignored})
    if (auto part = part_of(x.path().filename().string()))
      segments.insert(part->first);
  totals().newer += segments.size();
}

caf::error spool::scan::read_files(found_stream& in) {
  std::error_code failed;
  fs::directory_iterator i{in.entry.folder, failed};
  for (; !failed && i != fs::directory_iterator{}; i.increment(failed))
    if (auto err = read_file(in, i->path().filename().string()))
      return err;
  return failed ? spool_error("read", in.entry.folder, failed.value())
                : caf::error{};
}

caf::error spool::scan::read_file(found_stream& in, const std::string& name) {
  auto path = in.entry.folder + "/" + name;
  auto part = part_of(name);
  if (name == unfinished_name) {
    ::unlink(path.c_str());
    return caf::none;
  }
  if (!part && name != position_name) {
    totals().foreign += name != stream_name ? 1 : 0;
    return caf::none;
  }
  auto header = read_spool_header(path, part.has_value());
  if (!header && header.error() == ec::not_found) {
    if (part)
      in.leave(part->first, {});
    return caf::none;
  }
  if (!header && header.error() != ec::bad_input)
    return header.error();
  auto good = header && header->stream == checksum_of(in.entry.name)
              && (!part
                  || std::tie(header->number, header->part)
                       == std::tuple<uint64_t, uint64_t>(*part));
  if (!good) {
    ++totals().damaged;
    ::unlink(path.c_str());
    if (part)
      in.damaged.insert(part->first);
    return caf::none;
  }
  auto format = spool_.format_of(*header);
  in.see(*header, format, part);
  if (!format && part)
    in.leave(part->first, *header);
  if (part)
    in.segments[part->first].emplace(part->second, std::move(*header));
  else if (format)
    cut_payload(path);
  return caf::none;
}

void spool::scan::adopt(found_stream& in) {
  auto name = in.entry.name;
  auto& index = spool_.index_;
  auto& to = index.begin(name);
  to = std::move(in.entry);
  totals().newer += to.newer.size();
  for (auto number : to.newer) { // all its parts: they are one segment
    in.segments.erase(number);
    in.damaged.erase(number);
  }
  for (auto& [number, parts] : in.segments)
    for (auto& [part, x] : parts) {
      auto before = index.find(name, number);
      if (in.damaged.count(number) == 0
          && part == (before ? before->info.parts : 0)) {
        spool_part info{name,          number,   part,
                        x.first_frame, x.frames, x.captured};
        index.add(to, info, x.since, x.bytes, blocks_of(x, x.bytes));
        continue;
      }
      // Behind or before a hole: it cannot be decoded.
      in.damaged.insert(number);
      spool_.remove_part(to, number, part);
    }
  for (auto number : in.damaged) {
    spool_.remove(to, number);
    index.give_up(name, number, "damaged");
  }
}

caf::expected<spool::stream_entry*> spool::stream_of(const std::string& name) {
  std::error_code failed;
  if (auto in = index_.find(name); in && fs::exists(in->folder, failed))
    return in;
  auto making = folder_ + "/" + unfinished_folder;
  fs::remove_all(making, failed);
  if (auto code = make_private_folder(making))
    return spool_error("make", making, code);
  spool_header header;
  header.stream = checksum_of(name);
  header.format = formats_.back();
  if (auto err = write_spool_file(making, stream_name, header, name)) {
    fs::remove_all(making, failed);
    return err;
  }
  // Two names may have the same checksum.
  for (unsigned nth = 0;; ++nth) {
    auto path = folder_ + "/" + folder_of(name, nth);
    if (::rename(making.c_str(), path.c_str()) == 0) {
      auto& result = index_.begin(name);
      result.name = name;
      result.folder = path;
      return &result;
    }
    if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
      continue;
    auto code = errno;
    fs::remove_all(making, failed);
    return spool_error("make", path, code);
  }
}

} // namespace vpaas
