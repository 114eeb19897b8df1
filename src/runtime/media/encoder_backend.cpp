#include "runtime/media/encoder_backend.hpp"

#include "runtime/media/codec_session.hpp"

namespace vpaas {

namespace {

encoder_choice choose() {
  encoder_choice result{"libx264", ""};
  for (auto* name : {"h264_nvenc", "h264_vaapi"}) {
    auto x = codec_session::open(name, {}, 256, 144, {});
    if (x) {
      result.name = name;
      return result;
    }
    result.reason += (result.reason.empty() ? "" : "; ") + std::string{name}
                     + ": " + describe(x.error());
  }
  return result;
}

} // namespace

const encoder_choice& best_encoder() {
  static const auto choice = choose();
  return choice;
}

} // namespace vpaas
