#include "run_truth.hpp"

#include "command_line.hpp"
#include "run_models.hpp"

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace vpaas {

namespace {

caf::error unreadable(const std::string& path, size_t line) {
  return caf::make_error(ec::bad_input,
                         "failed to read truth from " + path + ", line "
                           + std::to_string(line)
                           + ": write {\"frame\": N, \"objects\": "
                             "[{\"where\": {...}, \"label\": TEXT}]}");
}

} // namespace

caf::expected<named_truth> read_named_truth(const std::string& path) {
  std::ifstream in{path};
  if (!in)
    return caf::make_error(ec::io,
                           "failed to open " + path + "; check the path");
  named_truth result;
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    auto x = parse_json(line);
    frame_result known;
    if (!x || !x->is_object() || !x->contains("frame")
        || !x->contains("objects")
        || from_json_value(x->at("frame"), known.frame, "frame")
        || from_json_value(x->at("objects"), known.objects, "objects"))
      return unreadable(path, number);
    auto& objects = result.frames[known.frame];
    for (auto& y : known.objects)
      objects.push_back({y.where, y.label});
  }
  return result;
}

// Another program may be writing the same: the file is whole or not there.
caf::error write_named_truth(const named_truth& x, const std::string& path) {
  auto part = path + ".part" + std::to_string(getpid());
  std::ofstream out{part};
  for (auto& [frame, objects] : x.frames) {
    auto found = json::array();
    for (auto& y : objects)
      found.push_back({{"where", to_json_value(y.where)}, {"label", y.label}});
    out << as_text({{"frame", frame}, {"objects", found}}, -1) << '\n';
  }
  out.close();
  std::error_code failed;
  if (out)
    std::filesystem::rename(part, path, failed);
  return out && !failed ? caf::error{}
                        : caf::make_error(ec::io, "failed to write " + path
                                                    + "; check the folder");
}

caf::expected<named_truth>
truth_choice::find(const std::string& camera,
                   const std::vector<uint64_t>& frames, const run_plan& plan,
                   uint64_t every) const {
  std::error_code failed;
  if (!file.empty() && std::filesystem::exists(file, failed))
    return read_named_truth(file);
  if (against == "truth")
    return truth_of_source(camera, frames);
  source_config source;
  source.url = camera;
  auto video = record(source);
  if (!video)
    return std::move(video.error());
  auto result = truth_of_model(against, plan, *video, every);
  if (result && !file.empty())
    if (auto err = write_named_truth(*result, file))
      return err;
  return result;
}

} // namespace vpaas
