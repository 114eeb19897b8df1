#pragma once

#include "runtime/evaluation/crop_embedder.hpp"
#include "runtime/learning/head_rows.hpp"
#include "runtime/learning/light_watch.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// Crops of a picture of one camera.
struct camera_crops {
  std::string camera;
  frame picture;
  std::vector<hinted_region> places;
};

/// Shows a backbone the crops of many cameras in the light that it was trained
/// in, where its card says which: see `light_watch`. It remembers a thousand
/// cameras; the one that was seen longest ago goes. One caller at a time.
class light_desk {
public:
  /// @param changed is told of each camera whose pictures are changed otherwise
  ///        from now on
  explicit light_desk(
    std::function<void(const std::string& camera, float gain)> changed = {})
    : changed_(std::move(changed)) {
    // nop
  }

  /// Features of all crops, as `crop_embedder::embed`. Those of a camera whose
  /// factor is on trial cost twice.
  /// @param judge heads that say how sure they are of crops
  caf::expected<std::vector<float>> embed(crop_embedder& with,
                                          const std::vector<camera_crops>& xs,
                                          const one_vs_all& judge);

private:
  struct camera {
    light_watch light;
    uint64_t seen = 0; ///< picture that was the last of it
  };

  void look_at(const std::vector<camera_crops>& xs, float usual);

  /// Those whose factor is on trial are looked at with that one too.
  caf::error compare(crop_embedder& with, const std::vector<camera_crops>& xs,
                     const one_vs_all& judge, const std::vector<float>& used);

  std::map<std::string, camera> cameras_;
  uint64_t pictures_ = 0;
  std::function<void(const std::string&, float)> changed_;
};

} // namespace vpaas
