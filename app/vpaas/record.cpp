#include "runtime/error.hpp"
#include "runtime/media/packet_recorder.hpp"
#include "runtime/media/source.hpp"
#include "runtime/media/synthetic.hpp"
#include "runtime/truth/truth_io.hpp"
#include "runtime/vision/street.hpp"
#include "verbs.hpp"

#include <charconv>
#include <iostream>
#include <optional>

namespace vpaas {

namespace {

constexpr const char* help
  = "usage: vpaas record SOURCE --output=FILE.mp4 [--truth=FILE.jsonl] "
    "[--seconds=N]\n\n"
    "Writes what a camera sends into a file; nothing is coded anew. Where it\n"
    "changes its settings, another file begins: FILE-2.mp4. SOURCE is\n"
    "a file, an address, a device, or synthetic://street?KEY=VALUE&... :\n\n";

constexpr const char* options
  = "\n  --output=FILE    an MP4 file\n"
    "  --truth=FILE     of a synthetic source: what is in each frame, a line\n"
    "                   of JSON each (vpaas truth)\n"
    "  --seconds=N      stop after so long; 0: at the end of the source (0)\n";

void print_help() {
  std::cout << help;
  for (auto& x : street_parameters())
    std::cout << "  " << x.name << std::string(14 - x.name.size(), ' ')
              << x.help << " (" << x.fallback << ")\n";
  std::cout << options;
}

struct request {
  source_config source;
  std::string output, truth;
  double seconds = 0;
};

caf::expected<request> read_request(command_line& line) {
  request result;
  result.output = line.take("output", "");
  result.truth = line.take("truth", "");
  auto seconds = line.take("seconds", "0");
  if (auto err = line.finish())
    return err;
  if (line.words().size() != 1 || result.output.empty())
    return caf::make_error(ec::bad_config, "name one source and --output=FILE; "
                                           "see vpaas record --help");
  result.source.url = line.words()[0];
  auto end = seconds.data() + seconds.size();
  auto [rest, code] = std::from_chars(seconds.data(), end, result.seconds);
  if (code != std::errc{} || rest != end || !(result.seconds >= 0))
    return caf::make_error(ec::bad_config, "--seconds=" + seconds
                                             + " is not allowed; write a "
                                               "number from 0");
  if (!result.truth.empty() && !is_synthetic(result.source.url))
    return caf::make_error(ec::bad_config, "--truth is known of synthetic "
                                           "sources only; leave it out");
  return result;
}

/// Copies segments until `x.seconds` have passed in the source's own time.
/// @param broken gets what ended the source, if that was no end
caf::error copy(const request& x, source& from, packet_recorder& to,
                caf::error& broken) {
  segment_limits limits;
  limits.live = from.live() && !from.finite();
  segmenter cutter{to_string(x.source.url), limits};
  cutter.restart(from.codec(), from.reorder_depth());
  auto first_us = no_time;
  for (;;) {
    auto packet = from.read();
    if (!packet)
      broken = std::move(packet.error());
    if (broken || !*packet)
      break;
    auto& p = **packet;
    auto time = p.dts_us != no_time ? p.dts_us : p.pts_us;
    if (first_us == no_time)
      first_us = time;
    if (x.seconds > 0 && time != no_time
        && static_cast<double>(time - first_us) >= x.seconds * 1e6)
      break;
    if (auto part = cutter.push(p, caf::make_timestamp()))
      if (auto err = to.add(*part))
        return err;
  }
  auto rest = cutter.finish();
  return rest ? to.add(*rest) : caf::error{};
}

caf::error keep_truth(const request& x, uint64_t frames) {
  auto config = parse_street(x.source.url);
  if (!config)
    return config.error();
  street scene{*config};
  auto labels = street::labels();
  marked_video all;
  for (uint64_t i = 0; i < frames; ++i) {
    auto& there = all.frames[i];
    for (auto& y : scene.truth(i).objects)
      there.push_back({y.where, labels[size_t(y.label)], y.identity});
  }
  return write_truth(all, x.truth);
}

caf::error record(const request& x) {
  auto from = source::open(x.source);
  if (!from)
    return from.error();
  packet_recorder to{x.output, from->details()};
  caf::error broken;
  if (auto err = copy(x, *from, to, broken))
    return err;
  if (broken && to.frames() == 0)
    return broken;
  if (to.frames() == 0)
    return caf::make_error(ec::codec, "failed to record "
                                        + to_string(x.source.url)
                                        + ": no picture of it can be decoded "
                                          "without those before it; set the "
                                          "camera's interval of intra "
                                          "pictures (GOP) to 2 s");
  if (auto err = to.finish())
    return err;
  std::cout << x.output << ": " << to.frames() << " frames\n";
  for (size_t i = 1; i < to.files().size(); ++i)
    std::cout << "  the source changed: it goes on in " << to.files()[i]
              << '\n';
  if (broken) // what came until then is in the file
    return broken;
  return x.truth.empty() ? caf::error{} : keep_truth(x, to.frames());
}

} // namespace

int record_verb(command_line line) {
  if (line.take_flag("help")) {
    print_help();
    return 0;
  }
  auto x = read_request(line);
  if (!x)
    return complain("vpaas record", x.error());
  if (auto err = record(*x))
    return complain("vpaas record", err);
  return 0;
}

} // namespace vpaas
