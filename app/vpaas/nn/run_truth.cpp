#include "run_truth.hpp"

#include "run_models.hpp"
#include "runtime/truth/truth_io.hpp"

#include <filesystem>

namespace vpaas {

namespace {

caf::expected<marked_video> read_here(const std::string& path) {
  auto result = read_truth(path);
  if (!result)
    return std::move(result.error());
  return std::move(result->video);
}

} // namespace

caf::expected<marked_video>
truth_choice::find(const std::string& camera,
                   const std::vector<uint64_t>& frames, const run_plan& plan,
                   uint64_t every) const {
  std::error_code failed;
  if (!file.empty() && std::filesystem::exists(file, failed))
    return read_here(file);
  if (against == "truth")
    return truth_of_source(camera, frames);
  source_config source;
  source.url = camera;
  auto video = record(source);
  if (!video)
    return std::move(video.error());
  auto result = truth_of_model(against, plan, *video, every);
  if (result && !file.empty())
    if (auto err = write_truth(*result, file))
      return err;
  return result;
}

} // namespace vpaas
