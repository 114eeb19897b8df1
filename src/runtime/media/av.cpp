#include "runtime/media/av.hpp"

#include <cstdarg>
#include <cstdio>
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

void forget_log() {
  first_words.clear();
}

caf::error failed(ec code, const std::string& what, int rc,
                  const std::string& remedy) {
  auto cause = words_of(rc);
  if (!first_words.empty())
    cause += " (" + std::exchange(first_words, {}) + ")";
  return caf::make_error(code,
                         "failed to " + what + ": " + cause + "; " + remedy);
}

} // namespace vpaas::av
