#include "runtime/nn/zip.hpp"

#include <cstdint>
#include <cstring>

namespace vpaas {

namespace {

/// Little-endian numbers of a byte range; reading beyond its end gives zero and
/// is remembered.
class cursor {
public:
  cursor(std::string_view bytes, uint64_t at) : bytes_(bytes), at_(at) {
    // nop
  }

  template <class T>
  T take() {
    T result = 0;
    if (auto raw = take(sizeof(T)); raw.size() == sizeof(T))
      std::memcpy(&result, raw.data(), sizeof(T));
    return result;
  }

  std::string_view take(uint64_t n) {
    if (at_ > bytes_.size() || n > bytes_.size() - at_) {
      failed_ = true;
      return {};
    }
    auto result = bytes_.substr(at_, n);
    at_ += n;
    return result;
  }

  bool failed() const {
    return failed_;
  }

private:
  std::string_view bytes_;
  uint64_t at_;
  bool failed_ = false;
};

constexpr uint32_t in_zip64 = 0xffffffff;

struct directory {
  uint64_t entries = 0, offset = 0;
};

std::optional<directory> find_directory(std::string_view bytes) {
  // The end record is 22 bytes and a comment of at most 64 KiB.
  auto tail
    = bytes.substr(bytes.size() - std::min<size_t>(bytes.size(), 22 + 0xffff));
  auto found = tail.rfind("PK\5\6");
  if (found == std::string_view::npos)
    return {};
  auto end = bytes.size() - tail.size() + found;
  cursor in{bytes, end + 10};
  directory result;
  result.entries = in.take<uint16_t>();
  in.take<uint32_t>();
  result.offset = in.take<uint32_t>();
  if (result.entries == 0xffff || result.offset == in_zip64) {
    if (end < 20)
      return {};
    cursor locator{bytes, end - 20};
    if (locator.take(4) != "PK\6\7")
      return {};
    locator.take<uint32_t>();
    cursor end64{bytes, locator.take<uint64_t>()};
    if (end64.take(4) != "PK\6\6")
      return {};
    end64.take(28);
    result.entries = end64.take<uint64_t>();
    end64.take<uint64_t>();
    result.offset = end64.take<uint64_t>();
    if (end64.failed())
      return {};
  }
  cursor comment{bytes, end + 20};
  comment.take(comment.take<uint16_t>());
  if (comment.failed())
    return {};
  return result;
}

/// The 64-bit values that replace fields of 0xffffffff, in their order.
void widen(std::string_view extra, uint64_t& size, uint64_t& stored,
           uint64_t& offset) {
  cursor in{extra, 0};
  while (!in.failed()) {
    auto id = in.take<uint16_t>();
    auto body = in.take(in.take<uint16_t>());
    if (id != 1 || in.failed())
      continue;
    cursor values{body, 0};
    for (auto* x : {&size, &stored, &offset})
      if (*x == in_zip64)
        *x = values.take<uint64_t>();
    return;
  }
}

} // namespace

std::optional<zip_records> read_zip(std::string_view bytes) {
  auto where = find_directory(bytes);
  if (!where)
    return {};
  cursor in{bytes, where->offset};
  zip_records result;
  for (uint64_t i = 0; i < where->entries; ++i) {
    if (in.take(4) != "PK\1\2")
      return {};
    in.take(6);
    auto method = in.take<uint16_t>();
    in.take(8);
    uint64_t stored = in.take<uint32_t>(), size = in.take<uint32_t>();
    auto name_length = in.take<uint16_t>();
    auto extra_length = in.take<uint16_t>();
    auto comment_length = in.take<uint16_t>();
    in.take(8);
    uint64_t offset = in.take<uint32_t>();
    auto name = in.take(name_length);
    widen(in.take(extra_length), size, stored, offset);
    in.take(comment_length);
    if (in.failed() || method != 0 || stored != size)
      return {};
    cursor local{bytes, offset};
    if (local.take(4) != "PK\3\4")
      return {};
    local.take(22);
    auto local_name = local.take<uint16_t>();
    auto local_extra = local.take<uint16_t>();
    local.take(uint64_t{local_name} + local_extra);
    auto content = local.take(size);
    if (local.failed())
      return {};
    result.emplace(name, content);
  }
  return result;
}

} // namespace vpaas
