#include "actors/functions/classifier.hpp"

#include "actors/functions/network_function.hpp"
#include "runtime/learning/kept_crop.hpp"

#include <memory>
#include <numeric>
#include <utility>

namespace vpaas {

namespace {

/// What one version of backbone and heads needs to answer.
struct namer {
  std::string version;
  classifier_world::embed_fun embed;
  one_vs_all heads;
  bool keep_features = false;
  std::function<void(const item&, const namings&)> tell;

  caf::expected<std::vector<item>> run(const std::vector<item>& inputs) const;

  namings name(const float* rows, size_t n) const;
};

namings namer::name(const float* rows, size_t n) const {
  namings result;
  result.model = version;
  result.classes = heads.classes;
  auto width = heads.width();
  for (size_t i = 0; i < n; ++i)
    result.regions.push_back(heads.name(rows + i * width));
  if (keep_features)
    result.features = packed_floats(rows, n * width);
  return result;
}

caf::expected<std::vector<item>>
namer::run(const std::vector<item>& inputs) const {
  auto found = embed(inputs);
  if (!found)
    return found.error();
  auto& crops = found->crops;
  auto all = std::accumulate(crops.begin(), crops.end(), size_t{0});
  if (crops.size() != inputs.size() || found->dimensions != heads.dimensions
      || found->values.size() != all * found->dimensions)
    return caf::make_error(
      ec::inference, "failed to name regions: the backbone gives "
                       + std::to_string(found->dimensions)
                       + " features, the heads need "
                       + std::to_string(heads.dimensions)
                       + "; use heads that were fitted " + "on this backbone");
  auto rows = head_rows(heads, found->values, found->places);
  if (rows.size() != all * heads.width())
    return caf::make_error(ec::inference,
                           "failed to name regions: there are "
                             + std::to_string(found->places.size())
                             + " places for " + std::to_string(all)
                             + " crops; send each region with its scores");
  auto at = rows.data();
  auto raw = found->values.data();
  std::vector<item> results;
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto said = name(at, crops[i]);
    if (tell) {
      auto with_features = said;
      with_features.features = packed_floats(raw, crops[i] * found->dimensions);
      tell(inputs[i], with_features);
    }
    results.push_back(
      make_item(inputs[i].stream, inputs[i].seq, std::move(said)));
    at += crops[i] * heads.width();
    raw += crops[i] * found->dimensions;
  }
  return results;
}

/// Loads versions; keeps the backbone while only heads change.
class loader {
public:
  explicit loader(classifier_world world) : world_(std::move(world)) {
    // nop
  }

  caf::expected<batch_model> load(const document& x) {
    auto heads = world_.heads(x.get<std::string>("heads"));
    if (!heads)
      return heads.error();
    if (auto problem = heads->validate())
      return caf::make_error(
        ec::bad_input, "failed to use heads " + x.get<std::string>("heads")
                         + ": " + *problem + "; fit them again");
    auto key = backbone_key(x);
    if (key != key_) {
      auto loaded = world_.load(x);
      if (!loaded)
        return loaded.error();
      backbone_ = std::move(*loaded);
      key_ = std::move(key);
    }
    auto given = backbone_.dimensions;
    if (given != 0 && given != heads->dimensions)
      return caf::make_error(
        ec::bad_input, "failed to use heads " + x.get<std::string>("heads")
                         + ": they were fitted on "
                         + std::to_string(heads->dimensions) + " features, "
                         + backbone_.version + " gives " + std::to_string(given)
                         + "; use heads of this backbone");
    namer result;
    result.version = backbone_.version + "/" + x.get<std::string>("heads");
    result.embed = backbone_.embed;
    result.heads = std::move(*heads);
    result.keep_features = x.get<bool>("features");
    result.tell = world_.tell;
    auto shared = std::make_shared<const namer>(std::move(result));
    return batch_model{shared->version,
                       [shared](const std::vector<item>& inputs) {
                         return shared->run(inputs);
                       }};
  }

private:
  static json backbone_key(const document& x) {
    auto result = json::object();
    for (auto& spec : network_parameters(""))
      result[spec.name] = x.value().at(spec.name);
    return result;
  }

  classifier_world world_;
  json key_;
  classifier_world::loaded backbone_;
};

} // namespace

function_spec classifier_spec() {
  auto result = network_function_spec(
    "classifier", "regions", namings::type_name, "mobilenet_v2",
    {text("heads", "", "name of the one-vs-all heads"),
     flag("features", false, "answer the features too, for learning")});
  result.help = "names regions of full-quality frames";
  return result;
}

batched_function_config classifier(document parameters,
                                   classifier_world world) {
  batched_function_config result;
  result.spec = classifier_spec();
  result.spec.input = world.input;
  result.parameters = std::move(parameters);
  result.weigh = world.crops;
  auto shared = std::make_shared<loader>(std::move(world));
  result.load = [shared](const document& x) { return shared->load(x); };
  return result;
}

} // namespace vpaas
