#include "runtime/learning/heads_trial.hpp"

#include "runtime/checksum.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vpaas {

trial_evidence& trial_evidence::operator+=(const trial_evidence& x) {
  judged += x.judged;
  gained += x.gained;
  lost += x.lost;
  return *this;
}

void trial_evidence::note(const std::string& right, const std::string& before,
                          const std::string& now) {
  ++judged;
  gained += now == right && before != right;
  lost += before == right && now != right;
}

trial_verdict judge_trial(const trial_evidence& x, caf::timespan age,
                          const heads_trial_config& cfg) {
  if (x.lost >= x.gained + cfg.lead)
    return trial_verdict::roll_back;
  if (x.gained >= x.lost + cfg.lead)
    return trial_verdict::keep;
  if (age < cfg.longest)
    return trial_verdict::open;
  return x.lost > x.gained ? trial_verdict::roll_back : trial_verdict::keep;
}

std::vector<std::string> trial_streams(std::vector<std::string> streams,
                                       double share) {
  auto lot = [](const std::string& x) {
    return checksum_of(reinterpret_cast<const uint8_t*>(x.data()), x.size());
  };
  std::sort(streams.begin(), streams.end(), [&](auto& a, auto& b) {
    return std::pair{lot(a), a} < std::pair{lot(b), b};
  });
  auto wanted = size_t(std::ceil(share * double(streams.size()) - 1e-9));
  streams.resize(std::min(std::max<size_t>(wanted, 1), streams.size()));
  return streams;
}

} // namespace vpaas
