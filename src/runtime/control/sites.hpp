#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace vpaas {

/// A step of a ladder of quality: a pipeline with its parameters, and what it
/// brings and costs for a stream whose load is 1.
struct rung {
  std::string name;
  double quality = 0; ///< F1 that is expected, in [0, 1]
  double ms = 0;      ///< until a result is there, but for the way to a cloud
  double fog = 0;     ///< of a fog's processors, that it keeps busy
  double cloud = 0;   ///< of a cloud's devices; 0: it needs none
  double kbit_s = 0;  ///< from the fog to the cloud
};

/// Best first. Several streams share one.
using ladder = std::vector<rung>;

/// A way from a fog to a cloud.
struct way {
  uint32_t cloud = 0;
  double ms = 0; ///< there and back
};

struct fog_site {
  double processors = 0;
  double kbit_s = 0; ///< to all clouds together
  std::vector<way> ways;
};

struct cloud_site {
  double devices = 0;
};

/// What a stream is and what it allows.
struct stream_wants {
  uint32_t ladder = 0; ///< number of it
  double weight = 1;   ///< against other streams
  double load = 1;     ///< how much more than usual there is to do
  double least_quality = 0;
  double most_kbit_s = std::numeric_limits<double>::infinity();
  double most_ms = std::numeric_limits<double>::infinity(); ///< freshness
  /// Whom its camera reaches, its own first: a fog that is full is helped by
  /// the others.
  std::vector<uint32_t> fogs;
};

/// Where a stream runs, and how.
struct seat {
  static constexpr uint32_t none = std::numeric_limits<uint32_t>::max();

  uint32_t fog = none; ///< none: nowhere
  uint32_t cloud = none;
  uint32_t rung = 0;

  bool is_taken() const {
    return fog != none;
  }

  friend bool operator==(const seat& a, const seat& b) {
    return a.fog == b.fog && a.cloud == b.cloud && a.rung == b.rung;
  }

  friend bool operator!=(const seat& a, const seat& b) {
    return !(a == b);
  }
};

/// What a unit of this and that is worth, in F1 of a stream of weight 1.
struct worths {
  double second = .05; ///< of freshness
  double device = .02; ///< of a cloud: where both do, the fog does
  double help = .01;   ///< of another fog than its own
};

/// What a stream in this seat takes.
struct demand {
  double fog = 0;
  double kbit_s = 0;
  double cloud = 0;
};

demand demand_of(const stream_wants& x, const rung& how);

/// Whether the stream allows it. @param way_ms 0 without a cloud
bool allows(const stream_wants& x, const rung& how, double way_ms);

/// Quality and lag, as VideoStorm weighs them, against what is used.
double value_of(const stream_wants& x, const rung& how, double way_ms,
                bool helped, const worths& worth);

} // namespace vpaas
