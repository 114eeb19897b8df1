#include "actors/gateway/api.hpp"
#include "messages/learning.hpp"
#include "runtime/error.hpp"
#include "runtime/learning/kept_crop.hpp"

#include <algorithm>
#include <cstdlib>

namespace vpaas {

namespace {

constexpr const char* labels_name = "data_collector";
constexpr const char* trainer_name = "trainer";

uint64_t number(const api_call& x, const char* key, uint64_t otherwise) {
  auto text = x.request.get(key);
  return text.empty() ? otherwise : std::strtoull(text.c_str(), nullptr, 10);
}

template <class T, class... Ts>
caf::expected<T> ask_labels(const api_call& x, const Ts&... xs) {
  auto whom = local_actor<data_collector_actor>(x, labels_name);
  if (!whom)
    return std::move(whom.error());
  return x.ask().ask<T>(*whom, xs...);
}

http_answer shown(const caf::expected<document>& x) {
  return x ? json_answer(x->value()) : error_answer(x.error());
}

/// What the data collector is told of who asks.
json wish_of(const api_call& x) {
  return {{"who", x.who.name}, {"origin", "page"}, {"cameras", x.who.cameras}};
}

} // namespace

http_answer list_crops(const api_call& x) {
  return shown(
    ask_labels<document>(x, fetch_atom_v,
                         document{{{"stream", x.request.get("stream")},
                                   {"most", number(x, "most", 20)},
                                   {"cameras", x.who.cameras}}}));
}

http_answer show_crop(const api_call& x) {
  if (!sees(x.who, stream_of_crop(x.at("crop"))))
    return error_answer(404, "not_found",
                        "there is no crop \"" + x.at("crop") + "\"",
                        "see the list of crops");
  auto picture = ask_labels<blob>(x, fetch_atom_v, x.at("crop"));
  if (!picture)
    return error_answer(picture.error());
  http_answer result;
  result.type = "image/jpeg";
  result.body.assign(reinterpret_cast<const char*>(picture->data()),
                     picture->size());
  result.headers = {{"Cache-Control", "private, max-age=3600"}};
  return result;
}

http_answer list_labels(const api_call& x) {
  auto found = ask_labels<document>(x, find_atom_v, number(x, "after", 0),
                                    number(x, "most", 100));
  if (!found)
    return error_answer(found.error());
  auto result = found->value();
  auto his = json::array();
  for (auto& y : result["entries"])
    if (sees(x.who, stream_of_crop(y["crop"].get<std::string>())))
      his.push_back(y);
  result["entries"] = std::move(his);
  return json_answer(result);
}

http_answer add_label(const api_call& x) {
  auto wish = wish_of(x);
  for (auto* key : {"crops", "label", "once"})
    if (x.body.contains(key))
      wish[key] = x.body.at(key);
  if (!wish.contains("label"))
    return error_answer(400, "bad_input", "a label is missing",
                        "write {\"crops\": [...], \"label\": \"car\"}; \"\" is "
                        "background");
  return shown(ask_labels<document>(x, record_atom_v, document{wish}));
}

http_answer undo_label(const api_call& x) {
  auto wish = wish_of(x);
  wish["id"] = std::strtoull(x.at("id").c_str(), nullptr, 10);
  if (wish["id"] == 0)
    return error_answer(400, "bad_input", "this is no entry of the log",
                        "write its number");
  return shown(ask_labels<document>(x, remove_atom_v, document{wish}));
}

http_answer withdraw_labels(const api_call& x) {
  auto wish = wish_of(x);
  wish["annotator"] = x.at("user");
  return shown(ask_labels<document>(x, remove_atom_v, document{wish}));
}

http_answer show_learning(const api_call& x) {
  json result;
  for (auto* name : {labels_name, trainer_name}) {
    auto whom = local_actor<observable_actor>(x, name);
    if (!whom)
      return error_answer(whom.error());
    auto status = x.ask().ask<status_report>(*whom, status_atom_v);
    if (!status)
      return error_answer(status.error());
    result[name] = status->details.value();
  }
  auto maker = local_actor<trainer_actor>(x, trainer_name);
  auto heads = maker ? x.ask().ask<document>(*maker, fetch_atom_v)
                     : caf::expected<document>{maker.error()};
  if (!heads)
    return error_answer(heads.error());
  result.update(heads->value());
  return json_answer(result);
}

} // namespace vpaas
