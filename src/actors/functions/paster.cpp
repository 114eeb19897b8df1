#include "actors/functions/paster.hpp"

#include "actors/stopwatch.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/overlay.hpp"

#include <utility>

namespace vpaas {

function_spec paster_function::spec() {
  function_spec result;
  result.name = name;
  result.input = layers::type_name;
  result.output = keyframes::type_name;
  result.blocks = true;
  result.help = "puts the places of finer pictures on poorer ones";
  return result;
}

bool paster_function::takes(const item& x) {
  return x.value.get<layers>() != nullptr;
}

caf::expected<item> paster_function::apply(const item& x, const document&) {
  auto& in = *x.value.get<layers>();
  keyframes out;
  out.stream = in.stream;
  for (auto& y : in.pictures) {
    stopwatch running{time_};
    auto picture = paste(y);
    if (!picture)
      return std::move(picture.error());
    out.frames.push_back(std::move(*picture));
    counters.places += y.places.size();
    ++counters.pictures;
  }
  return make_item(x.stream, x.seq, std::move(out));
}

paster_status paster_function::status() const {
  auto x = counters;
  x.time = time_.summary();
  return x;
}

} // namespace vpaas
