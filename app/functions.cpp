#include "functions.hpp"

#include "actors/functions/box_follower.hpp"
#include "actors/functions/chunk_decoder.hpp"
#include "actors/functions/classifier.hpp"
#include "actors/functions/decoder.hpp"
#include "actors/functions/detector.hpp"
#include "actors/functions/encoder.hpp"
#include "actors/functions/forwarder.hpp"
#include "actors/functions/paster.hpp"
#include "actors/functions/region_filter.hpp"
#include "actors/functions/renderer.hpp"
#include "actors/functions/second_look.hpp"
#include "actors/functions/super_resolver.hpp"
#include "actors/functions/trigger.hpp"
#include "actors/functions/user_function.hpp"
#include "registered_library.hpp"
#include "runtime/error.hpp"
#include "runtime/node/function_folders.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
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

/// What a library said when it was written then; nothing: it is none.
struct known_library {
  std::filesystem::file_time_type written;
  std::optional<function_spec> spec;
};

std::vector<std::string> libraries_there_are() {
  std::vector<std::string> result;
  for (auto& folder : function_folders()) {
    std::error_code failed;
    std::set<std::string> sorted;
    for (auto& x : std::filesystem::directory_iterator{folder, failed})
      if (x.path().extension() == ".so")
        sorted.insert(x.path());
    result.insert(result.end(), sorted.begin(), sorted.end());
  }
  return result;
}

} // namespace

std::vector<function_spec> shipped_functions() {
  return {
    on({"fog"}, decoder_function::spec()),
    on({"fog"}, encoder_function::spec()),
    on({"fog"}, forwarder_function::spec()),
    on({"fog"}, trigger_function::spec()),
    on({"fog"}, box_follower_function::spec()),
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

std::vector<function_spec> all_functions() {
  auto result = shipped_functions();
  for (auto& x : registered_libraries_in(registered_functions_folder()))
    result.push_back(x.spec);
  for (auto& x : user_libraries())
    result.push_back(x.spec);
  return result;
}

std::vector<user_library> user_libraries() {
  static std::mutex busy;
  static std::map<std::string, known_library> known;
  std::lock_guard<std::mutex> guard{busy};
  std::vector<user_library> result;
  for (auto& path : libraries_there_are()) {
    std::error_code failed;
    auto written = std::filesystem::last_write_time(path, failed);
    auto i = known.find(path);
    if (i == known.end() || i->second.written != written) {
      auto spec = user_function_spec(path);
      if (!spec)
        spdlog::warn("the function {} cannot be used: {}", path,
                     describe(spec.error()));
      known_library now{written, std::nullopt};
      if (spec)
        now.spec = *spec;
      i = known.insert_or_assign(path, std::move(now)).first;
    }
    auto& spec = i->second.spec;
    auto is_new = [&](const user_library& x) {
      return x.spec.name != spec->name;
    };
    if (spec && std::all_of(result.begin(), result.end(), is_new))
      result.push_back({path, *spec});
  }
  return result;
}

} // namespace vpaas
