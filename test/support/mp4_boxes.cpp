#include "support/stream_bytes.hpp"
#include "support/streams.hpp"

#include <algorithm>
#include <stdexcept>

namespace vpaas::test {

namespace {

/// The payload of the first box of this type, ISO/IEC 14496-12.
bytes box_in(const bytes& file, const std::string& type) {
  auto at = std::search(file.begin(), file.end(), type.begin(), type.end());
  if (at == file.end())
    throw std::runtime_error("no box " + type);
  auto from = static_cast<size_t>(at - file.begin());
  auto size = get(file, from - 4, 4);
  return {at + 4, at + size - 4};
}

void box(bytes& to, const std::string& type, const bytes& payload) {
  put(to, payload.size() + 8, 4);
  to.insert(to.end(), type.begin(), type.end());
  to.insert(to.end(), payload.begin(), payload.end());
}

/// A box of a version, flags and numbers of 32 bits.
void numbers_box(bytes& to, const std::string& type,
                 const std::vector<uint32_t>& numbers) {
  bytes payload(4);
  for (auto x : numbers)
    put(payload, x, 4);
  box(to, type, payload);
}

/// The numbers of a table behind so many bytes.
std::vector<uint32_t> numbers_in(const bytes& payload, size_t from) {
  std::vector<uint32_t> result;
  for (; from + 4 <= payload.size(); from += 4)
    result.push_back(get(payload, from, 4));
  return result;
}

/// The tables of samples of two tracks behind each other, a chunk a sample,
/// each track with its own description.
bytes joined_tables(const bytes& a, const bytes& b, uint32_t data_from) {
  auto sizes = numbers_in(box_in(a, "stsz"), 12);
  auto first = static_cast<uint32_t>(sizes.size());
  auto more = numbers_in(box_in(b, "stsz"), 12);
  sizes.insert(sizes.end(), more.begin(), more.end());
  auto count = static_cast<uint32_t>(sizes.size());
  auto keys = numbers_in(box_in(a, "stss"), 8);
  for (auto x : numbers_in(box_in(b, "stss"), 8))
    keys.push_back(first + x);
  auto descriptions = box_in(a, "stsd"), other = box_in(b, "stsd");
  descriptions[7] = 2;
  descriptions.insert(descriptions.end(), other.begin() + 8, other.end());
  std::vector<uint32_t> places{count};
  for (auto x : sizes) {
    places.push_back(data_from);
    data_from += x;
  }
  sizes.insert(sizes.begin(), {0, count});
  keys.insert(keys.begin(), static_cast<uint32_t>(keys.size()));
  bytes result;
  box(result, "stsd", descriptions);
  numbers_box(result, "stts", {1, count, get(box_in(a, "stts"), 12, 4)});
  numbers_box(result, "stss", keys);
  numbers_box(result, "stsc", {2, 1, 1, 1, first + 1, 1, 2});
  numbers_box(result, "stsz", sizes);
  numbers_box(result, "stco", places);
  return result;
}

/// The boxes of `in` again, with other tables and without an edit list.
bytes with_tables(const bytes& in, const bytes& tables) {
  bytes result;
  for (size_t at = 0; at + 8 <= in.size();) {
    auto size = get(in, at, 4);
    std::string type(in.begin() + static_cast<ptrdiff_t>(at) + 4,
                     in.begin() + static_cast<ptrdiff_t>(at) + 8);
    bytes payload(in.begin() + static_cast<ptrdiff_t>(at) + 8,
                  in.begin() + static_cast<ptrdiff_t>(at + size));
    if (type == "stbl")
      box(result, type, tables);
    else if (type == "trak" || type == "mdia" || type == "minf")
      box(result, type, with_tables(payload, tables));
    else if (type != "edts")
      box(result, type, payload);
    at += size;
  }
  return result;
}

} // namespace

std::string with_matrix(const std::string& name, const std::string& file, int a,
                        int b, int c, int d) {
  auto out = read(file);
  const std::string box = "tkhd";
  auto at = std::search(out.begin(), out.end(), box.begin(), box.end());
  if (at == out.end())
    throw std::runtime_error("no track in " + file);
  bytes matrix;
  for (auto x : {a, b, 0, c, d, 0, 0, 0})
    put(matrix, static_cast<uint32_t>(x * 65536), 4);
  put(matrix, 0x40000000, 4);
  std::copy(matrix.begin(), matrix.end(), at + 44);
  return write(name, out);
}

std::string two_descriptions(const std::string& name, const std::string& a,
                             const std::string& b) {
  auto xs = read(a), ys = read(b);
  bytes out;
  box(out, "ftyp", box_in(xs, "ftyp"));
  auto data = box_in(xs, "mdat"), more = box_in(ys, "mdat");
  data.insert(data.end(), more.begin(), more.end());
  auto from = static_cast<uint32_t>(out.size() + 8);
  box(out, "mdat", data);
  box(out, "moov",
      with_tables(box_in(xs, "moov"), joined_tables(xs, ys, from)));
  return write(name, out);
}

} // namespace vpaas::test
