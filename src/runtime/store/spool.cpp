#include "runtime/store/spool.hpp"

#include "runtime/error.hpp"
#include "runtime/private_folder.hpp"
#include "runtime/pulse.hpp"
#include "runtime/store/spool_file.hpp"
#include "runtime/store/spool_names.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

namespace vpaas {

namespace {

std::string words_for(const std::string& stream, uint64_t number) {
  return "segment " + std::to_string(number) + " of stream \""
         + printable(stream) + "\"";
}

/// Why a thread that hung and came back changes nothing more.
caf::error check_place() {
  if (!is_abandoned())
    return caf::none;
  return caf::make_error(ec::io, "failed to use the spool: another thread has "
                                 "taken its place");
}

/// Whether a part can be kept that takes `disk` bytes.
/// @param in its stream, null where there is none
/// @param before what is kept of its segment, null likewise
caf::error check_part(const spool_part& x, const spool_index::stream* in,
                      const spool_index::entry* before, uint64_t disk,
                      uint64_t most) {
  auto words = "failed to keep part " + std::to_string(x.part) + " of "
               + words_for(x.stream, x.number);
  if (in && in->newer.count(x.number) > 0)
    return caf::make_error(ec::not_found,
                           words
                             + ": a newer version kept another under this "
                               "number; go on with the next segment");
  if (x.part != (before ? before->info.parts : 0))
    return caf::make_error(ec::not_found,
                           words
                             + ": the part before it is not there; go on "
                               "with the next segment");
  if (disk + (before ? before->disk : 0) > most)
    return caf::make_error(ec::bad_config,
                           words
                             + ": the segment is larger than all the "
                               "spool, "
                             + std::to_string(most)
                             + " bytes; raise store.spool_bytes");
  return caf::none;
}

caf::error lock_folder(folder_lock& lock, const std::string& folder) {
  auto failed = lock.take(folder);
  if (failed == 0) {
    ::chmod(folder.c_str(), 0700); // versions before left it to the umask
    return caf::none;
  }
  if (failed == EWOULDBLOCK)
    return caf::make_error(ec::io, "failed to open " + folder
                                     + ": another process keeps its spool "
                                       "there; end it, or name another folder "
                                       "in store.spool");
  return spool_error("open", folder + "/lock", failed);
}

} // namespace

spool::spool(std::string folder, const std::vector<std::string>& formats,
             spool_limits limits)
  : folder_(std::move(folder)), limits_(limits) {
  for (const auto& x : formats)
    formats_.push_back(checksum_of(x));
}

spool::~spool() {
  // nop: its lock goes with it
}

caf::expected<std::unique_ptr<spool>>
spool::open(const std::string& folder, const std::vector<std::string>& formats,
            spool_limits limits) {
  std::unique_ptr<spool> result{new spool{folder, formats, limits}};
  if (auto code = make_private_folder(folder))
    return spool_error("make", folder, code);
  if (auto err = lock_folder(result->lock_, folder))
    return err;
  if (auto err = result->find_all())
    return err;
  return result;
}

caf::error spool::keep(const spool_part& x, std::string_view payload,
                       const std::string& position, caf::timestamp now) {
  if (auto err = check_place())
    return err;
  if (auto err = prune(now))
    return err;
  auto before = index_.find(x.stream, x.number);
  if (before && x.part < before->info.parts)
    return caf::none;
  spool_header header;
  header.position = position;
  auto disk = blocks_of(header, payload.size());
  if (auto err = check_part(x, index_.find(x.stream), before, disk,
                            limits_.max_bytes))
    return err;
  if (auto err = make_room(disk, before))
    return err;
  auto to = stream_of(x.stream);
  if (!to)
    return to.error();
  auto& in = **to;
  auto wrong = x.captured > now || now - x.captured >= limits_.max_age;
  header.stream = checksum_of(x.stream);
  header.format = formats_.back();
  header.number = x.number;
  header.part = x.part;
  header.order = in.order;
  header.first_frame = x.first_frame;
  header.frames = x.frames;
  header.captured = x.captured;
  header.since = wrong ? now : x.captured;
  if (auto err = write_spool_file(in.folder, file_of(x.number, x.part), header,
                                  payload))
    return err;
  ++in.order;
  in.position = {formats_.size() - 1, position};
  in.newest = std::make_pair(x.number, x.part);
  index_.add(in, x, header.since, payload.size(), disk);
  return caf::none;
}

std::vector<spooled_segment> spool::segments(const std::string& stream) const {
  std::vector<spooled_segment> result;
  if (auto in = index_.find(stream))
    for (const auto& [number, x] : in->segments)
      result.push_back(x.info);
  return result;
}

stored_bytes spool::position(const std::string& stream) const {
  auto in = index_.find(stream);
  return in ? in->position : stored_bytes{};
}

stream_end spool::end_of_newer(const std::string& stream) const {
  auto in = index_.find(stream);
  return in ? in->end_of_newer : stream_end{};
}

caf::expected<std::vector<stored_bytes>> spool::fetch(const std::string& stream,
                                                      uint64_t number) {
  auto known = index_.find(stream, number);
  if (!known)
    return caf::make_error(ec::not_found,
                           "failed to fetch " + words_for(stream, number)
                             + ": it was released or given up; ask for one "
                               "that is kept");
  auto& in = *index_.find(stream);
  std::vector<stored_bytes> result;
  for (uint32_t part = 0; part < known->info.parts; ++part) {
    spool_header header;
    auto path = in.folder + "/" + file_of(number, part);
    auto payload = read_spool_file(path, header);
    auto format = payload ? format_of(header) : std::nullopt;
    if (format) {
      result.push_back({*format, std::move(*payload)});
      continue;
    }
    if (payload || payload.error() != ec::bad_input)
      return caf::make_error(ec::io, payload ? "failed to read " + path
                                                 + ": it was replaced; move "
                                                   "the right one back"
                                             : cause_of(payload.error()));
    if (in.newest == std::make_pair(number, part))
      save_position(in);
    if (auto err = reject(stream, number))
      return err;
    return payload.error();
  }
  return result;
}

caf::error spool::reject(const std::string& stream, uint64_t number) {
  if (!index_.find(stream, number))
    return caf::none;
  if (auto err = give_up(*index_.find(stream), number, "damaged"))
    return err;
  ++index_.counts().damaged;
  return caf::none;
}

caf::error spool::release(const std::string& stream, uint64_t number) {
  if (!index_.find(stream, number))
    return caf::none;
  if (auto err = remove(*index_.find(stream), number))
    return err;
  ++index_.counts().released;
  return caf::none;
}

caf::error spool::prune(caf::timestamp now) {
  for (auto [in, number] : index_.too_old(now, limits_.max_age))
    if (auto err = give_up(*in, number, "spool_age"))
      return err;
  return make_room(0, nullptr); // the bound may be lower than it was
}

caf::error spool::make_room(uint64_t bytes, const entry* sparing) {
  while (index_.totals().bytes + bytes > limits_.max_bytes) {
    auto oldest = index_.oldest_but(sparing);
    if (!oldest)
      break;
    if (auto err = give_up(*oldest->first, oldest->second, "spool_bytes"))
      return err;
  }
  return caf::none;
}

caf::error spool::give_up(stream_entry& in, uint64_t number,
                          const char* reason) {
  if (auto err = remove(in, number))
    return err;
  index_.give_up(in.name, number, reason);
  return caf::none;
}

caf::error spool::remove(stream_entry& in, uint64_t number) {
  auto i = in.segments.find(number);
  if (i == in.segments.end())
    return caf::none;
  auto& e = i->second;
  // From its end: what a death leaves here can be decoded.
  for (; e.info.parts > 0; --e.info.parts)
    if (auto err = remove_part(in, number, e.info.parts - 1))
      return err;
  index_.remove(in, number);
  return caf::none;
}

caf::error spool::remove_part(stream_entry& in, uint64_t number,
                              uint32_t part) {
  if (auto err = check_place())
    return err;
  auto path = in.folder + "/" + file_of(number, part);
  if (in.newest != std::make_pair(number, part)) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
      return spool_error("remove", path, errno);
    return caf::none;
  }
  // The newest becomes the file of the position: that needs no space, which a
  // full disk has not.
  auto place = in.folder + "/" + position_name;
  if (::rename(path.c_str(), place.c_str()) != 0 && errno != ENOENT)
    return spool_error("remove", path, errno);
  in.newest.reset();
  cut_payload(place);
  return caf::none;
}

void spool::save_position(stream_entry& in) {
  spool_header header;
  header.stream = checksum_of(in.name);
  header.format = formats_[in.position.format];
  header.order = in.order++;
  header.position = in.position.bytes;
  // Where this fails, the position is as old as the last one on disk.
  if (!write_spool_file(in.folder, position_name, header, ""))
    in.newest.reset();
}

caf::error spool::forget(const std::string& stream) {
  if (auto err = check_place())
    return err;
  auto found = index_.find(stream);
  if (!found)
    return caf::none;
  auto& in = *found;
  while (!in.segments.empty())
    if (auto err = release(stream, in.segments.begin()->first))
      return err;
  if (auto err = forget_newer(in))
    return err;
  for (auto name : {position_name, unfinished_name, stream_name})
    if (::unlink((in.folder + "/" + name).c_str()) != 0 && errno != ENOENT)
      return spool_error("remove", in.folder, errno);
  ::rmdir(in.folder.c_str()); // someone else's file in it may stay
  index_.end(stream);
  return caf::none;
}

caf::error spool::forget_newer(stream_entry& in) {
  std::error_code failed;
  std::filesystem::directory_iterator i{in.folder, failed};
  for (; !failed && i != std::filesystem::directory_iterator{};
       i.increment(failed))
    if (part_of(i->path().filename().string())
        && ::unlink(i->path().c_str()) != 0)
      return spool_error("remove", i->path().string(), errno);
  index_.counts().newer -= in.newer.size();
  in.newer.clear();
  return caf::none;
}

} // namespace vpaas
