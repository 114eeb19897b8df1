#include "runtime/media/av.hpp"

#include "runtime/source_address.hpp"

#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <mutex>

namespace vpaas::av {

namespace {

// Decoders report several lines for one damaged frame; the first names the
// cause, the rest its consequences.
thread_local std::string first_words;

void keep(void* source, int level, const char* format, va_list args) {
  if (level > AV_LOG_ERROR || !first_words.empty())
    return;
  char line[256];
  int prefix = 0;
  av_log_format_line2(source, level, format, args, line, sizeof line, &prefix);
  first_words = line;
  while (!first_words.empty() && first_words.back() == '\n')
    first_words.pop_back();
}

std::string words_of(int rc) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(rc, text, sizeof text);
  return text;
}

} // namespace

void quiet() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(keep); });
}

uint8_t* padded_copy(const uint8_t* data, size_t size) {
  auto* result = static_cast<uint8_t*>(
    allocated(av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE)));
  std::memcpy(result, data, size);
  return result;
}

void fill(AVPacket& packet, const uint8_t* data, size_t size) {
  av_packet_unref(&packet);
  if (size > INT_MAX - AV_INPUT_BUFFER_PADDING_SIZE
      || av_new_packet(&packet, static_cast<int>(size)) < 0)
    throw std::bad_alloc{};
  std::memcpy(packet.data, data, size);
}

void forget_log() {
  first_words.clear();
}

caf::error failed(ec code, const std::string& what, int rc,
                  const std::string& remedy) {
  auto cause = words_of(rc);
  if (!first_words.empty())
    cause += " (" + std::exchange(first_words, {}) + ")";
  return caf::make_error(
    code, without_secrets("failed to " + what + ": " + cause + "; " + remedy));
}

} // namespace vpaas::av
