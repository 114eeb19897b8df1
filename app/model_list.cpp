#include "model_list.hpp"

#include "runtime/error.hpp"

namespace vpaas {

namespace {

json model_summary(const zoo& models, const std::string& name) {
  auto card = models.card(name);
  if (!card)
    return {{"name", name}, {"state", describe(card.error())}};
  auto found = models.locate(*card);
  return {{"name", name},
          {"version", card->version},
          {"task", to_string(card->task)},
          {"engine", to_string(card->engine)},
          {"type", to_string(card->type)},
          {"licence", card->licence},
          {"state", found ? "ready" : "missing"}};
}

} // namespace

json model_list(const zoo& models) {
  auto result = json::array();
  for (auto& [name, path] : models.cards())
    result.push_back(model_summary(models, name));
  return result;
}

} // namespace vpaas
