#include "runtime/store/spool_file.hpp"

#include "runtime/checksum.hpp"
#include "runtime/error.hpp"
#include "runtime/store/spool_names.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vpaas {

namespace {

// Numbers in the byte order of this machine: the file of another is foreign.
// The last two digits are the version of the header: if its words change, they
// must, or this version takes the files of the next for damaged.
constexpr uint64_t magic = 0x3130'4C4F'4F50'5356; // "VSPOOL01"
constexpr uint64_t any_version = 0x0000'FFFF'FFFF'FFFF;
constexpr size_t words = 14;
constexpr size_t max_position = size_t{64} * 1024;

using raw_header = std::array<uint64_t, words>;

uint64_t to_word(caf::timestamp x) {
  return static_cast<uint64_t>(x.time_since_epoch().count());
}

caf::timestamp to_time(uint64_t x) {
  return caf::timestamp{caf::timespan{static_cast<int64_t>(x)}};
}

/// XXH64 of all but the first two words: magic and this checksum.
uint64_t checksum_of(const raw_header& x, const std::string& position) {
  vpaas::checksum sum;
  sum.update(reinterpret_cast<const uint8_t*>(x.data() + 2),
             (words - 2) * sizeof(uint64_t));
  sum.update(reinterpret_cast<const uint8_t*>(position.data()),
             position.size());
  return sum.value();
}

raw_header pack(const spool_header& x) {
  raw_header result{magic,
                    0,
                    x.stream,
                    x.format,
                    x.number,
                    x.part,
                    x.order,
                    x.first_frame,
                    x.frames,
                    to_word(x.captured),
                    to_word(x.since),
                    x.position.size(),
                    x.bytes,
                    x.checksum};
  result[1] = checksum_of(result, x.position);
  return result;
}

spool_header unpack(const raw_header& x, std::string position) {
  return {x[2],  x[3], x[4],          x[5],           x[6],
          x[7],  x[8], to_time(x[9]), to_time(x[10]), std::move(position),
          x[12], x[13]};
}

/// A descriptor that is closed with its scope.
struct open_file {
  open_file(const std::string& path, int flags)
    : fd(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    // nop
  }

  open_file(const open_file&) = delete;

  open_file& operator=(const open_file&) = delete;

  ~open_file() {
    if (fd >= 0)
      ::close(fd);
  }

  /// Returns 0, or the error's number.
  int write(const void* data, size_t n) const {
    auto from = static_cast<const char*>(data);
    while (n > 0) {
      auto done = ::write(fd, from, n);
      if (done < 0 && errno != EINTR)
        return errno;
      from += done > 0 ? done : 0;
      n -= done > 0 ? static_cast<size_t>(done) : 0;
    }
    return 0;
  }

  /// Returns 0, the error's number, or -1 where the file ends before.
  int read(void* data, size_t n) const {
    auto to = static_cast<char*>(data);
    while (n > 0) {
      auto done = ::read(fd, to, n);
      if (done == 0)
        return -1;
      if (done < 0 && errno != EINTR)
        return errno;
      to += done > 0 ? done : 0;
      n -= done > 0 ? static_cast<size_t>(done) : 0;
    }
    return 0;
  }

  /// Returns 0, or the error's number: some file systems say it only here.
  int close() {
    auto code = ::close(fd) == 0 ? 0 : errno;
    fd = -1;
    return code;
  }

  int fd;
};

caf::error damaged(const std::string& path, const std::string& cause) {
  return caf::make_error(ec::bad_input, "failed to read " + path + ": " + cause
                                          + "; it cannot be used any more");
}

/// What a failed read means: -1 is an early end. Nothing that may pass is
/// damage: not a lack of descriptors or memory, nor permissions, nor a disk
/// that did not answer this once.
caf::error unreadable(const std::string& path, int code) {
  if (code < 0)
    return damaged(path, "it ends too early");
  if (code == ENOENT || code == ELOOP || code == EISDIR)
    return damaged(path, std::strerror(code));
  return spool_error("read", path, code);
}

/// So many zero bytes; nothing where there is no memory for them.
std::optional<std::string> room_for(uint64_t bytes) {
  try {
    return std::string(bytes, '\0');
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

caf::expected<spool_header> read_header(const open_file& from,
                                        const std::string& path) {
  if (from.fd < 0)
    return unreadable(path, errno);
  raw_header raw{};
  if (auto code = from.read(raw.data(), sizeof(raw)))
    return unreadable(path, code);
  if (raw[0] != magic && (raw[0] & any_version) == (magic & any_version))
    return caf::make_error(ec::not_found,
                           "failed to read " + path
                             + ": it is a newer version's; start that one");
  if (raw[0] != magic)
    return damaged(path, "it is no file of a spool");
  if (raw[11] > max_position)
    return damaged(path, "its header is damaged");
  std::string position(raw[11], '\0');
  if (auto code = from.read(position.data(), position.size()))
    return unreadable(path, code);
  if (raw[1] != checksum_of(raw, position))
    return damaged(path, "its header is damaged");
  return unpack(raw, std::move(position));
}

int write_all(const std::string& path, const raw_header& raw,
              const std::string& position, std::string_view payload) {
  open_file to{path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW};
  if (to.fd < 0)
    return errno;
  auto code = to.write(raw.data(), sizeof(raw));
  code = code ? code : to.write(position.data(), position.size());
  code = code ? code : to.write(payload.data(), payload.size());
  auto closed = to.close();
  return code ? code : closed;
}

} // namespace

uint64_t size_of(const spool_header& x) {
  return sizeof(raw_header) + x.position.size();
}

uint64_t blocks_of(const spool_header& x, uint64_t payload) {
  constexpr uint64_t block = 4096; // of most file systems
  return (size_of(x) + payload + block - 1) / block * block;
}

caf::error spool_error(const std::string& verb, const std::string& path,
                       int code) {
  std::string remedy = "look at its disk and permissions";
  if (code == ENOSPC || code == EDQUOT)
    remedy = "free some space on its disk, or lower store.spool_bytes";
  else if (code == EACCES || code == EPERM || code == EROFS)
    remedy = "let this user write it, or name another folder in store.spool";
  return caf::make_error(ec::io, "failed to " + verb + " " + path + ": "
                                   + std::strerror(code) + "; " + remedy);
}

caf::error write_spool_file(const std::string& folder, const std::string& name,
                            spool_header x, std::string_view payload) {
  auto path = folder + "/" + name;
  if (x.position.size() > max_position)
    return caf::make_error(ec::bad_input,
                           "failed to write " + path
                             + ": the position of its "
                               "stream has more than 64 KiB; shorten its name");
  x.bytes = payload.size();
  x.checksum = vpaas::checksum_of(
    reinterpret_cast<const uint8_t*>(payload.data()), payload.size());
  auto unfinished = folder + "/" + unfinished_name;
  auto code = write_all(unfinished, pack(x), x.position, payload);
  if (code == 0 && ::rename(unfinished.c_str(), path.c_str()) != 0)
    code = errno;
  if (code == 0)
    return caf::none;
  ::unlink(unfinished.c_str());
  return spool_error("write", path, code);
}

caf::expected<spool_header> read_spool_header(const std::string& path,
                                              bool whole) {
  open_file from{path, O_RDONLY | O_NOFOLLOW};
  auto result = read_header(from, path);
  if (!result || !whole)
    return result;
  struct stat info {};
  if (::fstat(from.fd, &info) != 0)
    return unreadable(path, errno);
  if (static_cast<uint64_t>(info.st_size) != size_of(*result) + result->bytes)
    return damaged(path, "its length is not what its header says");
  return result;
}

caf::expected<std::string> read_spool_file(const std::string& path,
                                           spool_header& x) {
  auto header = read_spool_header(path);
  if (!header)
    return header.error();
  x = std::move(*header);
  open_file from{path, O_RDONLY | O_NOFOLLOW};
  if (from.fd < 0)
    return unreadable(path, errno);
  if (::lseek(from.fd, static_cast<off_t>(size_of(x)), SEEK_SET) < 0)
    return unreadable(path, errno);
  auto result = room_for(x.bytes);
  if (!result)
    return unreadable(path, ENOMEM);
  if (auto code = from.read(result->data(), result->size()))
    return unreadable(path, code);
  if (x.checksum != vpaas::checksum_of(*result))
    return damaged(path, "its checksum is wrong");
  return std::move(*result);
}

void cut_payload(const std::string& path) {
  auto header = read_spool_header(path, false);
  if (header && ::truncate(path.c_str(), off_t(size_of(*header))) != 0)
    return; // it stays
}

} // namespace vpaas
