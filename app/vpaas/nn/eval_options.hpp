#pragma once

#include "command_line.hpp"
#include "runtime/evaluation/recording.hpp"
#include "runtime/json.hpp"
#include "runtime/media/encoder.hpp"
#include "runtime/metrics/accuracy.hpp"
#include "runtime/metrics/label_groups.hpp"
#include "runtime/nn/card.hpp"

#include <caf/expected.hpp>

#include <iostream>
#include <optional>
#include <string>

namespace vpaas {

/// What is looked at: options that every evaluation has.
struct eval_options {
  std::string source;
  keyframe_range range;
  uint64_t frames = 1 << 20;             ///< that are read at most
  std::optional<encoder_config> quality; ///< of the copy; none: the original
  std::string groups;
  float theta_cls = -1, theta_loc = -1; ///< of the region filter; the card's

  /// Takes them off the line; the source may be missing.
  /// @returns ec::bad_config
  static caf::expected<eval_options> take(command_line& line);

  /// Takes those of the region filter. @returns ec::bad_config
  caf::error take_filter(command_line& line);

  /// The card's filter, or what the options say.
  region_filter_config filter(const model_card& card) const;

  caf::expected<recording> read() const {
    return read(source);
  }

  caf::expected<recording> read(const std::string& url) const;
};

/// What a report says of all protocols.
json f1_of(const accuracy_report& x);

/// "36,0.8" is what the fog sends [VI-B]. @returns ec::bad_config
caf::expected<encoder_config> parse_quality(const std::string& text);

/// "labels" (each of `labels` its own group), "road", or groups as
/// `parse_label_groups` reads them. @returns ec::bad_config
caf::expected<label_groups>
groups_named(const std::string& text, const std::vector<std::string>& labels);

/// Lines of the help for these options.
inline constexpr const char* eval_options_help
  = "  --source=SOURCE    file or address with video\n"
    "  --quality=QP,SCALE look at the copy that the fog sends (36,0.8), not "
    "at\n"
    "                     the original\n"
    "  --every=N          a keyframe is 1 of N frames (15)\n"
    "  --from=F --to=F    which share of the keyframes (0 to 1)\n"
    "  --frames=N         read at most N frames of the source\n"
    "  --groups=GROUPS    labels: each for itself; road: person, bike, "
    "vehicle;\n"
    "                     or \"person;bike=bicycle,motorcycle\" (labels)\n";

inline constexpr const char* filter_options_help
  = "  --theta-cls=S      boxes from this score on have their label, and\n"
    "  --theta-loc=S      others are regions from this location score on "
    "(card)\n";

/// A verb that makes a request of its options, and a report of that.
template <class Request>
struct evaluation {
  const char* program;
  std::string help;
  caf::expected<Request> (*read)(command_line&);
  caf::expected<json> (*evaluate)(const Request&);
  void (*print)(const json&); ///< for people

  /// @returns the exit status
  int run(command_line line) const {
    if (line.take_flag("help")) {
      std::cout << help;
      return 0;
    }
    auto as_json = line.take_flag("json");
    auto request = read(line);
    if (!request)
      return complain(program, request.error());
    auto report = evaluate(*request);
    if (!report)
      return complain(program, report.error());
    if (as_json)
      std::cout << as_text(*report) << '\n';
    else
      print(*report);
    return 0;
  }
};

} // namespace vpaas
