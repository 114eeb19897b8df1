#pragma once

// Backend, fog and cloud as real processes, where the cloud runs what the
// backend deploys: two versions of one model, which have the same weights and
// other names for what they find.

#include "chaos_nodes.hpp"
#include "messages/deployment.hpp"
#include "runtime/policy/rollout.hpp"

namespace vpaas::bench {

constexpr const char* swapped_model = "swapped";

/// The deployed artifact of this name.
inline std::string version_of(int version) {
  return std::string{swapped_model} + "@" + std::to_string(version);
}

struct deployed_wishes {
  std::vector<std::string> streams;
  uint64_t every = 3;
  int fps = 15;
  std::string period;   ///< of dispatcher and cache; empty: as they ship
  std::string database; ///< of the backend; empty: a file
};

/// A text of the project.
inline std::string text_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error("there is no " + path
                             + "; run this from the project's folder");
  return {std::istreambuf_iterator<char>{in}, {}};
}

class deployed_nodes {
public:
  explicit deployed_nodes(const deployed_wishes& x)
    : wishes_(x),
      backend(
        tier::backend, {}, "127.0.0.1",
        with_database({{"log.file", folder.path("backend.log")},
                       {"gateway.listen", ""},
                       {"node.topology", topology("backend", "dispatcher")},
                       {"store.folder", folder.path("backend")}})),
      cloud(tier::cloud, {}, "127.0.0.1",
            {{"log.file", folder.path("cloud.log")},
             {"node.backend", backend.address},
             {"cloud.detector", "street-backup"},
             {"node.topology", topology("cloud", "model_cache")},
             {"store.folder", folder.path("cloud")}}),
      fog(tier::fog, {}, "127.0.0.1",
          {{"log.file", folder.path("fog.log")},
           {"node.backend", backend.address},
           {"node.cloud", cloud.address},
           {"fog.classifier", ""},
           {"fog.backup", "null"},
           {"node.topology", write("fog", with_streams())},
           {"store.folder", folder.path("fog")}}),
      eye({}) {
    if (!rest_until([this] { return eye.watch(fog.address); }, 20))
      throw std::runtime_error("the fog does not answer");
  }

  std::vector<kept_keyframe> kept(const std::string& stream) const {
    return read_ledger(folder.path("fog/ledger.db"), stream);
  }

  /// Names begin with the number of their version.
  void register_version(int version) {
    auto zoo = folder.path("zoo");
    std::filesystem::create_directories(zoo);
    auto card = text_of("config/models/street-backup.ini");
    const std::string labels = "labels = labels/street.txt";
    card.replace(card.find(labels), labels.size(),
                 "names = " + names_of_version(version));
    std::ofstream{zoo + "/" + swapped_model + ".ini"} << card;
    auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    test::child_process child{{(here / "vpaas").string(), "model", "register",
                               swapped_model, "--zoo.path=" + zoo,
                               "--nodes=" + backend.address}};
    if (child.finish() != 0)
      throw std::runtime_error("vpaas model register does not work");
  }

  /// What the detectors of clouds shall run from now on.
  caf::expected<document> deploy(const registry_actor& to, int version) {
    deployment x;
    x.target = "cloud-1";
    x.function = "detectors";
    x.parameter = "model";
    x.artifact = version_of(version);
    return eye.tool.ask<document>(to, start_atom_v, document{to_json_value(x)});
  }

  /// What the model cache of the cloud says.
  caf::expected<std::vector<reported_slot>> slots(const found_node& at) {
    auto said = eye.tool.ask<status_report>(at.handle, status_atom_v,
                                            std::string{model_cache_name});
    if (!said)
      return std::move(said.error());
    std::vector<reported_slot> result;
    if (auto err = from_json_value(said->details.value().at("slots"), result,
                                   "slots"))
      return err;
    return result;
  }

  test::temp_dir folder;

private:
  std::string write(const std::string& tier, const std::string& text) const {
    return folder.write(tier + ".lua", text);
  }

  /// The shipped topology, where this kind looks more often.
  std::string topology(const std::string& tier, const std::string& kind) const {
    auto text = text_of("config/topologies/" + tier + ".lua");
    auto from = "{ kind = \"" + kind + "\" }";
    auto at = text.find(from);
    if (at == std::string::npos)
      throw std::runtime_error("config/topologies/" + tier + ".lua has no "
                               + from);
    if (!wishes_.period.empty())
      text.insert(at + from.size() - 2,
                  ", period = \"" + wishes_.period + "\"");
    return write(tier, text);
  }

  overrides with_database(overrides x) const {
    if (!wishes_.database.empty())
      x.emplace_back("store.data", wishes_.database);
    return x;
  }

  /// Cameras that play a street again and again.
  std::string with_streams() const {
    std::string children;
    for (size_t i = 0; i < wishes_.streams.size(); ++i) {
      auto path = folder.path(wishes_.streams[i] + ".mp4");
      record_street(path, "640x360", wishes_.fps, i + 1);
      children += "{ kind = \"stream\", name = \"" + wishes_.streams[i]
                  + "\", source = \"" + path
                  + "\", real_time = true, loop = true, every = "
                  + std::to_string(wishes_.every) + ", tracker = false },\n";
    }
    return topology_with("fog", "streams", children);
  }

  static std::string names_of_version(int version) {
    std::istringstream lines{text_of("config/models/labels/street.txt")};
    std::string result;
    for (std::string line; std::getline(lines, line);)
      result += (result.empty() ? "" : ", ") + std::to_string(version) + "-"
                + line;
    return result;
  }

  deployed_wishes wishes_;

public:
  node_process backend, cloud, fog;
  observer eye;
};

} // namespace vpaas::bench
