#include "artifact_check.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/card.hpp"

#include <algorithm>

namespace vpaas {

namespace {

caf::error refuse(const artifact& x, const std::string& cause) {
  return caf::make_error(ec::bad_input,
                         "failed to register " + x.name + ": " + cause);
}

caf::error check_model(const artifact& x) {
  auto card = parse_card(x.content, "card of " + x.name);
  if (!card)
    return std::move(card.error());
  for (auto& file : card->files) {
    auto is_it = [&](const artifact_file& y) {
      return y.sha256 == file.sha256 && y.role == file.role;
    };
    if (std::none_of(x.files.begin(), x.files.end(), is_it))
      return refuse(x, "its card names the file " + file.name
                         + ", which does not come with it; register it with "
                           "vpaas model register");
  }
  return caf::none;
}

} // namespace

caf::error check_artifact(const artifact& x) {
  if (x.kind == artifact_kind::model)
    return check_model(x);
  if (x.kind == artifact_kind::heads)
    return x.files.size() == 1 ? caf::error{}
                               : refuse(x, "heads are one file; name it");
  return x.content.empty() ? refuse(x, "there is nothing in it; name its file")
                           : caf::error{};
}

} // namespace vpaas
