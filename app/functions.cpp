#include "functions.hpp"

#include "actors/functions/chunk_decoder.hpp"
#include "actors/functions/classifier.hpp"
#include "actors/functions/decoder.hpp"
#include "actors/functions/detector.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/functions/paster.hpp"
#include "actors/functions/region_filter.hpp"
#include "actors/functions/renderer.hpp"
#include "actors/functions/second_look.hpp"
#include "actors/functions/super_resolver.hpp"

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
    on({"fog"}, decoder_function::spec()),
    on({"fog"}, encoder_function::spec()),
    on({"fog"}, classifier_spec()),
    on({"fog"}, second_look_spec()),
    on({"fog"}, detector_spec(), "backup_detector"),
    on({"fog"}, renderer_function::spec()),
    on({"cloud"}, chunk_decoder_function::spec()),
    on({"cloud"}, detector_spec()),
    on({"cloud"}, region_filter_function::spec()),
    on({"cloud"}, paster_function::spec()),
    on({"cloud"}, super_resolver_spec()),
  };
}

} // namespace vpaas
