// Decoder and encoder of one stream as the detached actors that they are: how
// much faster a clip goes through them when the encoder works on one part while
// the decoder works on the next. Interleaved rounds, medians. --rounds=N (5),
// --every=N (3: about as much work for either), --json.

#include "actors/functions/decoder.hpp"
#include "actors/functions/encoder.hpp"
#include "measure.hpp"
#include "messages/registry.hpp"
#include "support/clips.hpp"
#include "targets.hpp"

#include <iostream>

using namespace vpaas;

namespace {

struct config : caf::actor_system_config {
  config() {
    register_messages(*this);
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

document parameters_of(const function_spec& spec, json values) {
  auto result = check(spec.parameters, values, spec.name);
  if (!result)
    throw std::runtime_error(describe(result.error()));
  return *result;
}

/// Takes every part through both; waits for the encoder each time, or only at
/// the end. @returns how many keyframes were encoded
size_t run(caf::actor_system& sys, const std::vector<segment>& parts,
           int64_t every, bool overlap) {
  constexpr auto timeout = std::chrono::seconds(60);
  auto decoder = sys.spawn<caf::detached>(
    stream_decoder,
    parameters_of(decoder_function::spec(), {{"every", every}}));
  auto encoder = sys.spawn<caf::detached>(
    function_of<encoder_function>,
    parameters_of(encoder_function::spec(), {{"backend", "libx264"}}));
  caf::scoped_actor self{sys};
  auto fail = [](const caf::error& x) {
    throw std::runtime_error(describe(x));
  };
  size_t encoded = 0;
  auto count = [&](const item& x) {
    auto out = x.value.get<chunks>();
    encoded += out ? out->parts.size() : 0;
  };
  auto send = [&](const item& x) {
    return self->request(encoder, timeout, apply_atom_v, x);
  };
  std::vector<decltype(send(item{}))> pending;
  for (const auto& part : parts)
    self
      ->request(decoder, timeout, apply_atom_v,
                make_item(part.stream, part.number, part))
      .receive(
        [&](const item& x) {
          if (overlap)
            pending.push_back(send(x));
          else
            send(x).receive(count, fail);
        },
        fail);
  for (auto& x : pending)
    x.receive(count, fail);
  self->send_exit(decoder, caf::exit_reason::user_shutdown);
  self->send_exit(encoder, caf::exit_reason::user_shutdown);
  return encoded;
}

} // namespace

int main(int argc, char** argv) {
  auto rounds = std::stoi(bench::option(argc, argv, "rounds", "5"));
  auto every = std::stoll(bench::option(argc, argv, "every", "3"));
  auto parts = test::segments_of(
    test::clip("overlap.mkv", "1280x720", "30",
               "-c:v libx264 -preset veryfast -g 30 -bf 0", 300));
  config cfg;
  caf::actor_system sys{cfg};
  std::vector<double> alone, together, ratios;
  size_t encoded = 0;
  for (int i = 0; i < rounds; ++i) {
    alone.push_back(bench::took([&] { run(sys, parts, every, false); }));
    together.push_back(
      bench::took([&] { encoded = run(sys, parts, every, true); }));
    ratios.push_back(alone.back() / together.back());
  }
  return bench::finish({{"parts", parts.size()},
                        {"encoded_parts", encoded},
                        {"one_after_the_other_s", bench::median(alone)},
                        {"overlapping_s", bench::median(together)},
                        {"speed_up", bench::median(ratios)}},
                       "media_overlap", argc, argv);
}
