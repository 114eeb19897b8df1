#pragma once

#include "actors/batched_function.hpp"
#include "runtime/learning/head_rows.hpp"

#include <caf/all.hpp>

#include <functional>
#include <string>
#include <vector>

namespace vpaas {

/// The CLASSIFIER: names regions that the cloud could only locate [IV-B]. Runs
/// the backbone on crops of full-quality frames, in batches across frames and
/// streams, then the one-vs-all heads; no head above its threshold means
/// background. Heads are changed by `configure` without loading the backbone
/// again. A batched function: see there for blocking and failures.
struct classifier_world {
  /// Features of the crops of a batch of items.
  struct features {
    size_t dimensions = 0;
    std::vector<size_t> crops; ///< of each item
    std::vector<float> values; ///< [all crops, dimensions], item after item
    std::vector<hinted_region> places{}; ///< of all crops, in the same order
  };

  /// @param judge heads that say how sure they are, where that matters
  using embed_fun = std::function<caf::expected<features>(
    const std::vector<item>&, const one_vs_all& judge)>;

  struct loaded {
    std::string version;
    embed_fun embed;
    size_t dimensions = 0; ///< of the features, where they are known
  };

  /// Loads the backbone that the parameters name.
  std::function<caf::expected<loaded>(const document&)> load;
  /// Finds the heads called so, an empty name included.
  std::function<caf::expected<one_vs_all>(const std::string&)> heads;
  /// How many crops an item holds.
  std::function<size_t(const item&)> crops;
  std::string input = "regions"; ///< kind of items
  /// Is told what was said of the crops of an item, with their features as they
  /// left the backbone; none: nobody learns from it.
  std::function<void(const item&, const namings&)> tell{};
};

function_spec classifier_spec();

/// Makes the configuration with which `batched_function` is a classifier.
/// @param parameters checked against `classifier_spec().parameters`
batched_function_config classifier(document parameters, classifier_world world);

} // namespace vpaas
