#include "actors/fog/renderer.hpp"

#include "actors/fog/stopwatch.hpp"
#include "messages/report.hpp"
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

function_spec renderer_spec() {
  function_spec result;
  result.name = "renderer";
  result.input = scene::type_name;
  result.output = picture::type_name;
  result.blocks = true;
  result.help = "draws what was found on frames";
  result.parameters
    = {integer("quality", 85, 1, 100, "of a JPEG"),
       text("file", "", "an MP4 to write all pictures to; empty: none"),
       number("fps", 2, 0.01, 240, "of the MP4, for frames without times")};
  return result;
}

renderer_state::renderer_state(
  function_actor::stateful_pointer<renderer_state> self)
  : self(self) {
  // nop
}

caf::result<item> renderer_state::apply(const item& x) {
  auto* in = x.value.get<scene>();
  if (!in)
    return caf::make_error(ec::bad_input,
                           "failed to draw " + x.kind + " "
                             + std::to_string(x.seq) + " of " + x.stream
                             + ": it holds no scene; send frames with what is "
                               "to be drawn");
  stopwatch running{time};
  auto out = render(*in);
  if (!out) {
    ++counters.failed;
    return out.error();
  }
  ++counters.pictures;
  counters.bytes += out->bytes.size();
  return make_item(x.stream, x.seq, std::move(*out));
}

caf::result<document> renderer_state::configure(const document& x) {
  auto checked = check_changes(renderer_spec().parameters, parameters, x,
                               "renderer");
  if (!checked)
    return checked.error();
  if (checked->value().at("file") != parameters.value().at("file"))
    file = file_of(*checked);
  parameters = std::move(*checked);
  return parameters;
}

status_report renderer_state::status() const {
  auto x = counters;
  x.time = time.summary();
  return report(self, "ready", x);
}

caf::expected<picture> renderer_state::render(const scene& x) {
  auto drawn = draw(x.picture, x.marks);
  if (!drawn)
    return drawn.error();
  if (file) {
    if (auto err = file->add(*drawn))
      return err;
    ++counters.in_file;
  }
  auto bytes = to_jpeg(*drawn, parameters.get<int>("quality"));
  if (!bytes)
    return bytes.error();
  return picture{x.picture.number(), "image/jpeg", std::move(*bytes)};
}

function_actor::behavior_type
renderer(function_actor::stateful_pointer<renderer_state> self,
         document parameters) {
  auto& st = self->state;
  st.parameters = std::move(parameters);
  st.file = file_of(st.parameters);
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // A file is opened with its first frame, whose size it needs.
    },
    [self](apply_atom, const item& x) { return self->state.apply(x); },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [](describe_atom) { return renderer_spec(); },
  };
}

} // namespace vpaas
