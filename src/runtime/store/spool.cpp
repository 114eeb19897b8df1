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
  if (auto err = result->lock())
    return err;
  if (auto err = result->scan())
    return err;
  return result;
}

caf::error spool::lock() {
  auto failed = lock_.take(folder_);
  if (failed == 0) {
    ::chmod(folder_.c_str(), 0700); // versions before left it to the umask
    return caf::none;
  }
  if (failed == EWOULDBLOCK)
    return caf::make_error(ec::io, "failed to open " + folder_
                                     + ": another process keeps its spool "
                                       "there; end it, or name another folder "
                                       "in store.spool");
  return spool_error("open", folder_ + "/lock", failed);
}

caf::error spool::keep(const spool_part& x, std::string_view payload,
                       const std::string& position, caf::timestamp now) {
  if (auto err = check_place())
    return err;
  if (auto err = prune(now))
    return err;
  auto before = find(x.stream, x.number);
  if (before && x.part < before->info.parts)
    return caf::none;
  spool_header header;
  header.position = position;
  auto disk = blocks_of(header, payload.size());
  if (auto err = check(x, before, disk))
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
  add(in, x, header.since, payload.size(), disk);
  return caf::none;
}

const spool::entry* spool::find(const std::string& stream,
                                uint64_t number) const {
  auto i = streams_.find(stream);
  if (i == streams_.end())
    return nullptr;
  auto k = i->second.segments.find(number);
  return k != i->second.segments.end() ? &k->second : nullptr;
}

caf::error spool::check(const spool_part& x, const entry* before,
                        uint64_t disk) const {
  auto words = "failed to keep part " + std::to_string(x.part) + " of "
               + words_for(x.stream, x.number);
  auto in = streams_.find(x.stream);
  if (in != streams_.end() && in->second.newer.count(x.number) > 0)
    return caf::make_error(ec::not_found,
                           words
                             + ": a newer version kept another under this "
                               "number; go on with the next segment");
  if (x.part != (before ? before->info.parts : 0))
    return caf::make_error(ec::not_found,
                           words
                             + ": the part before it is not there; go on "
                               "with the next segment");
  if (disk + (before ? before->disk : 0) > limits_.max_bytes)
    return caf::make_error(ec::bad_config,
                           words
                             + ": the segment is larger than all the "
                               "spool, "
                             + std::to_string(limits_.max_bytes)
                             + " bytes; raise store.spool_bytes");
  return caf::none;
}

void spool::add(stream_entry& to, const spool_part& x, caf::timestamp since,
                uint64_t payload, uint64_t disk) {
  auto [i, fresh] = to.segments.try_emplace(x.number);
  auto& e = i->second;
  if (fresh) {
    e.info = {x.number, 0, x.first_frame, 0, 0, x.captured};
    e.age = {since, arrivals_++};
    ages_.emplace(e.age, std::make_pair(&to, x.number));
    ++totals_.segments;
    ++totals_.kept;
  }
  ++e.info.parts;
  e.info.frames += x.frames;
  e.info.bytes += payload;
  e.disk += disk;
  totals_.bytes += disk;
}

std::vector<spooled_segment> spool::segments(const std::string& stream) const {
  std::vector<spooled_segment> result;
  if (auto i = streams_.find(stream); i != streams_.end())
    for (const auto& [number, x] : i->second.segments)
      result.push_back(x.info);
  return result;
}

std::vector<std::string> spool::empty_streams() const {
  std::vector<std::string> result;
  for (const auto& [name, x] : streams_)
    if (x.segments.empty() && x.newer.empty())
      result.push_back(name);
  return result;
}

stored_bytes spool::position(const std::string& stream) const {
  auto i = streams_.find(stream);
  return i != streams_.end() ? i->second.position : stored_bytes{};
}

stream_end spool::end_of_newer(const std::string& stream) const {
  auto i = streams_.find(stream);
  return i != streams_.end() ? i->second.end_of_newer : stream_end{};
}

caf::expected<std::vector<stored_bytes>> spool::fetch(const std::string& stream,
                                                      uint64_t number) {
  auto known = find(stream, number);
  if (!known)
    return caf::make_error(ec::not_found,
                           "failed to fetch " + words_for(stream, number)
                             + ": it was released or given up; ask for one "
                               "that is kept");
  auto& in = streams_.at(stream);
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
  if (!find(stream, number))
    return caf::none;
  if (auto err = give_up(streams_.at(stream), number, "damaged"))
    return err;
  ++totals_.damaged;
  return caf::none;
}

caf::error spool::release(const std::string& stream, uint64_t number) {
  if (!find(stream, number))
    return caf::none;
  if (auto err = remove(streams_.at(stream), number))
    return err;
  ++totals_.released;
  return caf::none;
}

caf::error spool::prune(caf::timestamp now) {
  for (auto i = ages_.begin();
       i != ages_.end() && now - i->first.first >= limits_.max_age;) {
    auto [in, number] = i->second;
    auto known = clock_trusted_ || i->first.second >= found_until_;
    ++i;
    if (!known)
      continue;
    if (auto err = give_up(*in, number, "spool_age"))
      return err;
  }
  return make_room(0, nullptr); // the bound may be lower than it was
}

caf::error spool::make_room(uint64_t bytes, const entry* sparing) {
  auto i = ages_.begin();
  while (totals_.bytes + bytes > limits_.max_bytes && i != ages_.end()) {
    auto [in, number] = i->second;
    auto spare = sparing && i->first == sparing->age;
    ++i;
    if (!spare)
      if (auto err = give_up(*in, number, "spool_bytes"))
        return err;
  }
  return caf::none;
}

caf::error spool::give_up(stream_entry& in, uint64_t number,
                          const char* reason) {
  if (auto err = remove(in, number))
    return err;
  given_up_.push_back({in.name, number, reason});
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
  totals_.bytes -= e.disk;
  --totals_.segments;
  ages_.erase(e.age);
  in.segments.erase(i);
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
  auto i = streams_.find(stream);
  if (i == streams_.end())
    return caf::none;
  auto& in = i->second;
  while (!in.segments.empty())
    if (auto err = release(stream, in.segments.begin()->first))
      return err;
  if (auto err = forget_newer(in))
    return err;
  for (auto name : {position_name, unfinished_name, stream_name})
    if (::unlink((in.folder + "/" + name).c_str()) != 0 && errno != ENOENT)
      return spool_error("remove", in.folder, errno);
  ::rmdir(in.folder.c_str()); // someone else's file in it may stay
  streams_.erase(i);
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
  totals_.newer -= in.newer.size();
  in.newer.clear();
  return caf::none;
}

void spool::trust_clock(bool x) {
  clock_trusted_ = x;
}

void spool::shift(caf::timespan by, caf::timestamp now) {
  auto before = std::exchange(ages_, {});
  for (auto& [age, where] : before) {
    auto moves = clock_trusted_ || age.second >= found_until_;
    age_key moved{moves ? std::min(age.first + by, now) : age.first,
                  age.second};
    where.first->segments[where.second].age = moved;
    ages_.emplace(moved, where);
  }
}

std::vector<given_up> spool::take_given_up() {
  return std::exchange(given_up_, {});
}

spool_totals spool::totals() const {
  auto result = totals_;
  result.streams = streams_.size();
  return result;
}

std::optional<caf::timestamp> spool::oldest() const {
  if (ages_.empty())
    return std::nullopt;
  return ages_.begin()->first.first;
}

} // namespace vpaas
