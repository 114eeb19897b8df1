#include "actors/functions/renderer.hpp"

#include "actors/stopwatch.hpp"
#include "runtime/media/jpeg.hpp"

#include <utility>

namespace vpaas {

namespace {

std::unique_ptr<mp4_writer> file_of(const document& x) {
  auto path = x.get<std::string>("file");
  return path.empty()
           ? nullptr
           : std::make_unique<mp4_writer>(path, x.get<double>("fps"));
}

} // namespace

function_spec renderer_function::spec() {
  function_spec result;
  result.name = "renderer";
  result.input = scene::type_name;
  result.output = picture::type_name;
  result.blocks = true;
  result.options = {"quality"};
  result.help = "draws what was found on frames";
  result.parameters
    = {integer("quality", 85, 1, 100, "of a JPEG"),
       text("file", "", "an MP4 to write all pictures to; empty: none"),
       number("fps", 2, 0.01, 240, "of the MP4, for frames without times")};
  return result;
}

renderer_function::renderer_function(caf::scheduled_actor*,
                                     const document& parameters)
  : file_(file_of(parameters)) {
  // nop
}

caf::expected<item> renderer_function::apply(const item& x,
                                             const document& how) {
  auto& in = *x.value.get<scene>();
  stopwatch running{time_};
  auto drawn = draw(in.picture, in.marks);
  if (!drawn)
    return std::move(drawn.error());
  if (file_) {
    if (auto err = file_->add(*drawn))
      return err;
    ++counters.in_file;
  }
  auto bytes = to_jpeg(*drawn, how.get<int>("quality"));
  if (!bytes)
    return std::move(bytes.error());
  ++counters.pictures;
  counters.bytes += bytes->size();
  return make_item(
    x.stream, x.seq,
    picture{in.picture.number(), "image/jpeg", std::move(*bytes)});
}

caf::error renderer_function::configure(const document& from,
                                        const document& to) {
  if (from.value().at("file") != to.value().at("file"))
    file_ = file_of(to);
  return caf::none;
}

renderer_status renderer_function::status() const {
  auto x = counters;
  x.time = time_.summary();
  return x;
}

} // namespace vpaas
