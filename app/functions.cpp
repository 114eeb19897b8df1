#include "functions.hpp"

#include "actors/cloud/cloud_decoder.hpp"
#include "actors/cloud/detector.hpp"
#include "actors/cloud/region_filter.hpp"
#include "actors/fog/chunk_encoder.hpp"
#include "actors/fog/classifier.hpp"
#include "actors/fog/renderer.hpp"
#include "actors/fog/stream_decoder.hpp"

#include <utility>

namespace vpaas {

namespace {

/// A function under a name of its own, and the tiers whose nodes host it.
function_spec on(std::vector<std::string> tiers, function_spec x,
                 const std::string& name = "") {
  x.tiers = std::move(tiers);
  if (!name.empty())
    x.name = name;
  return x;
}

} // namespace

std::vector<function_spec> all_functions() {
  return {
    on({"fog"}, decoder_spec()),
    on({"fog"}, encoder_spec()),
    on({"fog"}, classifier_spec()),
    on({"fog"}, detector_spec(), "backup_detector"),
    on({"fog"}, renderer_spec()),
    on({"cloud"}, cloud_decoder_spec()),
    on({"cloud"}, detector_spec()),
    on({"cloud"}, region_filter_spec()),
  };
}

} // namespace vpaas
