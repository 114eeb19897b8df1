#include "runtime/node/openssl.hpp"

#include <openssl/err.h>

#include <array>
#include <cstring>

namespace vpaas {

std::string openssl_cause() {
  auto code = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code))
    return std::strerror(ERR_GET_REASON(code));
  auto text = ERR_reason_error_string(code);
  return text ? text : "unknown cause";
}

std::string name_in(const X509* certificate) {
  std::array<char, 256> text{};
  auto size = certificate
                ? X509_NAME_get_text_by_NID(X509_get_subject_name(certificate),
                                            NID_commonName, text.data(),
                                            text.size())
                : -1;
  return size > 0 ? std::string(text.data(), static_cast<size_t>(size))
                  : std::string{};
}

} // namespace vpaas
