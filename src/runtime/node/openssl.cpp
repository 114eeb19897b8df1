#include "runtime/node/openssl.hpp"

#include <openssl/err.h>

#include <array>
#include <cstring>
#include <ctime>

namespace vpaas {

std::string openssl_cause() {
  auto code = ERR_get_error();
  ERR_clear_error();
  if (ERR_SYSTEM_ERROR(code))
    return std::strerror(ERR_GET_REASON(code));
  auto text = ERR_reason_error_string(code);
  return text ? text : "unknown cause";
}

namespace {

std::string text_in(const X509_NAME* subject, int what) {
  std::array<char, 256> text{};
  auto size = X509_NAME_get_text_by_NID(const_cast<X509_NAME*>(subject), what,
                                        text.data(), text.size());
  return size > 0 ? std::string(text.data(), static_cast<size_t>(size))
                  : std::string{};
}

node_role role_in(const X509_NAME* subject) {
  constexpr auto unit = NID_organizationalUnitName;
  auto raw = const_cast<X509_NAME*>(subject);
  auto at = X509_NAME_get_index_by_NID(raw, unit, -1);
  if (at < 0 || X509_NAME_get_index_by_NID(raw, unit, at) >= 0)
    return node_role::none;
  return role_called(text_in(subject, unit)).value_or(node_role::none);
}

} // namespace

std::string serial_in(const X509* certificate) {
  return certificate ? text_of(X509_get0_serialNumber(certificate)) : "";
}

std::string text_of(const ASN1_INTEGER* serial) {
  std::unique_ptr<BIGNUM, freer<BN_free>> number{
    ASN1_INTEGER_to_BN(serial, nullptr)};
  auto text = number ? BN_bn2hex(number.get()) : nullptr;
  std::string result = text ? text : "";
  OPENSSL_free(text);
  return result;
}

certificate_holder holder_in(const X509* certificate) {
  if (!certificate)
    return {};
  auto subject = X509_get_subject_name(certificate);
  std::tm end{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end);
  return {text_in(subject, NID_commonName),
          caf::timestamp{std::chrono::seconds(timegm(&end))}, role_in(subject)};
}

} // namespace vpaas
