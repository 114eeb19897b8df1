#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace vpaas::test {

/// The bytes of a little-endian number.
template <class T>
std::string bytes_of(T x) {
  std::string result(sizeof x, '\0');
  std::memcpy(result.data(), &x, sizeof x);
  return result;
}

inline std::string bytes_of(const std::vector<float>& xs) {
  std::string result;
  for (auto x : xs)
    result += bytes_of(x);
  return result;
}

/// Pickle opcodes for a short text.
inline std::string text_op(const std::string& x) {
  return "X" + bytes_of(uint32_t(x.size())) + x;
}

/// Pickle opcodes that build one tensor of 2 x 2 floats, as PyTorch writes it.
/// `offset`, `size` and `stride` are opcodes, so that a test can lie.
inline std::string tensor_op(const std::string& key = "0",
                             const std::string& offset = std::string("K\0", 2),
                             const std::string& size = "K\2K\2\x86",
                             const std::string& stride = "K\2K\1\x86",
                             const std::string& values = "K\4") {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text_op("storage")
         + "ctorch\nFloatStorage\n" + text_op(key) + text_op("cpu") + values
         + "tQ" + offset + size + stride + "\x89"
         + "ccollections\nOrderedDict\n" + ")RtR";
}

/// Pickle of a dictionary of one entry.
inline std::string dictionary(const std::string& name,
                              const std::string& value_op) {
  return "\x80\2ccollections\nOrderedDict\n)R(" + text_op(name) + value_op
         + "u.";
}

/// A file of the form before PyTorch 1.6 around the pickle `object`.
inline std::string legacy_file(const std::string& object,
                               const std::vector<float>& values) {
  std::string magic{"\x80\x02\x8a\x0al\xfc\x9c"
                    "F\xf9 j\xa8P\x19.",
                    15};
  return magic + "\x80\2M\xe9\3." + "\x80\2}." + object + "\x80\2]("
         + text_op("0") + "e." + bytes_of(uint64_t(values.size()))
         + bytes_of(values);
}

/// A zip archive of stored records.
inline std::string
zip_file(const std::vector<std::pair<std::string, std::string>>& records) {
  std::string result, directory;
  for (auto& [name, content] : records) {
    auto sizes = bytes_of(uint32_t(content.size()))
                 + bytes_of(uint32_t(content.size()));
    auto name_size = bytes_of(uint16_t(name.size()));
    directory += "PK\1\2" + std::string(16, '\0') + sizes + name_size
                 + std::string(12, '\0') + bytes_of(uint32_t(result.size()))
                 + name;
    result += "PK\3\4" + std::string(14, '\0') + sizes + name_size
              + std::string(2, '\0') + name + content;
  }
  auto count = bytes_of(uint16_t(records.size()));
  return result + directory + "PK\5\6" + std::string(4, '\0') + count + count
         + bytes_of(uint32_t(directory.size()))
         + bytes_of(uint32_t(result.size())) + std::string(2, '\0');
}

/// A darknet network of one layer that is its own head: `size` x `size` input,
/// one anchor, one class.
inline std::string tiny_darknet(int size = 32) {
  auto n = std::to_string(size);
  return "[net]\nwidth=" + n + "\nheight=" + n
         + "\nchannels=3\n"
           "[convolutional]\nfilters=4\nsize=3\nstride=2\npad=1\n"
           "batch_normalize=1\nactivation=leaky\n"
           "[convolutional]\nfilters=6\nsize=1\nstride=1\npad=1\n"
           "activation=linear\n"
           "[yolo]\nmask=0\nanchors=8,8\nclasses=1\nnum=1\n";
}

/// Its weights, all the same number: 4 * (27 + 4) + 6 * (4 + 1).
inline std::string tiny_weights(float value, size_t count = 154) {
  return bytes_of(int32_t{0}) + bytes_of(int32_t{2}) + bytes_of(int32_t{0})
         + bytes_of(uint64_t{1}) + bytes_of(std::vector<float>(count, value));
}

} // namespace vpaas::test
