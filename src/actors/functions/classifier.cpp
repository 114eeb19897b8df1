#include "actors/functions/classifier.hpp"

#include "actors/functions/network_function.hpp"
#include "runtime/learning/kept_crop.hpp"

#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace vpaas {

namespace {

/// Heads, and the name under which they speak.
struct speaker {
  std::string version;
  one_vs_all heads;

  namings name(const float* rows, size_t n) const;
};

namings speaker::name(const float* rows, size_t n) const {
  namings result;
  result.model = version;
  result.classes = heads.classes;
  auto width = heads.width();
  for (size_t i = 0; i < n; ++i)
    result.regions.push_back(heads.name(rows + i * width));
  return result;
}

/// What one version of backbone and heads needs to answer.
struct namer {
  classifier_world::embed_fun embed;
  speaker live;
  std::optional<speaker> trial;
  std::set<std::string> trial_streams;
  bool keep_features = false;
  std::function<void(const item&, const namings&)> tell;

  caf::expected<std::vector<item>> run(const std::vector<item>& inputs) const;

  /// Answers one item, whose crops are `n` from `first` on.
  caf::expected<item> answer(const item& input,
                             const classifier_world::features& found,
                             size_t first, size_t n) const;

  const speaker& of(const std::string& stream) const {
    return trial && trial_streams.count(stream) > 0 ? *trial : live;
  }
};

caf::expected<std::vector<item>>
namer::run(const std::vector<item>& inputs) const {
  auto found = embed(inputs, live.heads);
  if (!found)
    return found.error();
  auto& crops = found->crops;
  auto all = std::accumulate(crops.begin(), crops.end(), size_t{0});
  if (crops.size() != inputs.size()
      || found->dimensions != live.heads.dimensions
      || found->values.size() != all * found->dimensions)
    return caf::make_error(
      ec::inference, "failed to name regions: the backbone gives "
                       + std::to_string(found->dimensions)
                       + " features, the heads need "
                       + std::to_string(live.heads.dimensions)
                       + "; use heads that were fitted " + "on this backbone");
  size_t first = 0;
  std::vector<item> results;
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto said = answer(inputs[i], *found, first, crops[i]);
    if (!said)
      return std::move(said.error());
    results.push_back(std::move(*said));
    first += crops[i];
  }
  return results;
}

caf::expected<item> namer::answer(const item& input,
                                  const classifier_world::features& found,
                                  size_t first, size_t n) const {
  auto& who = of(input.stream);
  auto raw = found.values.data() + first * found.dimensions;
  auto places = found.places.begin();
  auto has_places = found.places.size() >= first + n;
  auto rows = head_rows(
    who.heads, {raw, raw + n * found.dimensions},
    has_places ? std::vector<hinted_region>{places + ptrdiff_t(first),
                                            places + ptrdiff_t(first + n)}
               : std::vector<hinted_region>{});
  if (rows.size() != n * who.heads.width())
    return caf::make_error(ec::inference,
                           "failed to name regions: there are "
                             + std::to_string(found.places.size())
                             + " places, not one for each crop; send each "
                               "region with its scores");
  auto said = who.name(rows.data(), n);
  if (tell) {
    auto with_features = said;
    with_features.features = packed_floats(raw, n * found.dimensions);
    tell(input, with_features);
  }
  if (keep_features)
    said.features = packed_floats(rows.data(), rows.size());
  return make_item(input.stream, input.seq, std::move(said));
}

/// Loads versions; keeps the backbone while only heads change.
class loader {
public:
  explicit loader(classifier_world world) : world_(std::move(world)) {
    // nop
  }

  caf::expected<batch_model> load(const document& x) {
    namer result;
    auto live = find(x.get<std::string>("heads"));
    if (!live)
      return std::move(live.error());
    if (auto name = x.get<std::string>("trial"); !name.empty()) {
      auto trial = find(name);
      if (!trial)
        return std::move(trial.error());
      result.trial = std::move(*trial);
    }
    auto key = backbone_key(x);
    if (key != key_) {
      auto loaded = world_.load(x);
      if (!loaded)
        return loaded.error();
      backbone_ = std::move(*loaded);
      key_ = std::move(key);
    }
    if (auto err = take(*live))
      return err;
    if (result.trial)
      if (auto err = take(*result.trial))
        return err;
    result.live = std::move(*live);
    for (auto& name : x.get<std::vector<std::string>>("trial_streams"))
      result.trial_streams.insert(name);
    result.embed = backbone_.embed;
    result.keep_features = x.get<bool>("features");
    result.tell = world_.tell;
    auto shared = std::make_shared<const namer>(std::move(result));
    return batch_model{shared->live.version,
                       [shared](const std::vector<item>& inputs) {
                         return shared->run(inputs);
                       }};
  }

private:
  caf::expected<speaker> find(const std::string& name) const {
    auto heads = world_.heads(name);
    if (!heads)
      return std::move(heads.error());
    if (auto problem = heads->validate())
      return caf::make_error(ec::bad_input, "failed to use heads " + name + ": "
                                              + *problem + "; fit them again");
    return speaker{name, std::move(*heads)};
  }

  /// Puts the backbone before the name of heads that fit it.
  caf::error take(speaker& x) const {
    auto given = backbone_.dimensions;
    if (given != 0 && given != x.heads.dimensions)
      return caf::make_error(
        ec::bad_input, "failed to use heads " + x.version
                         + ": they were fitted on "
                         + std::to_string(x.heads.dimensions) + " features, "
                         + backbone_.version + " gives " + std::to_string(given)
                         + "; use heads of this backbone");
    x.version = backbone_.version + "/" + x.version;
    return caf::none;
  }

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
     text("trial", "", "heads that some streams try; empty: none do"),
     texts("trial_streams", "those streams"),
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
