#include "runtime/truth/truth_format.hpp"

#include "runtime/error.hpp"
#include "runtime/truth/formats.hpp"
#include "runtime/truth/truth_reader.hpp"

namespace vpaas {

const std::vector<truth_format>& truth_formats() {
  static const std::vector<truth_format> all{
    lines_format,        cvat_format,  cvat_images_format,
    coco_format,         yolo_format,  mot_format,
    label_studio_format, kitti_format, visdrone_format};
  return all;
}

caf::expected<const truth_format*> find_truth_format(const std::string& name,
                                                     const truth_files& files) {
  std::string names;
  for (auto& x : truth_formats()) {
    if (name.empty() ? x.detect(files) : name == x.name)
      return &x;
    names += (names.empty() ? "" : ", ") + std::string{x.name};
  }
  auto what = name.empty() ? std::string{"no format of truth looks like this"}
                           : "there is no format \"" + name + "\"";
  return caf::make_error(ec::bad_config, what + "; write one of " + names);
}

caf::expected<read_truth_result> parse_truth(const truth_format& format,
                                             const truth_files& files,
                                             const truth_reading& how) {
  try {
    return format.read(files, how);
  } catch (const std::exception& x) {
    return caf::make_error(ec::bad_input, x.what());
  }
}

caf::expected<truth_files> print_truth(const truth_format& format,
                                       const marked_video& x) {
  if (format.write == nullptr)
    return caf::make_error(ec::bad_input,
                           std::string{format.name} + " is only read");
  try {
    return format.write(x);
  } catch (const std::exception& y) {
    return caf::make_error(ec::bad_input, y.what());
  }
}

} // namespace vpaas
