// COCO object detection. Source: cocodataset.org/#format-data (bbox is left,
// top, width, height, in pixels as fractions, counted from 0; iscrowd marks a
// group, which its evaluation, pycocotools, neither wants found nor counts as
// wrong). CVAT and Datumaro add "attributes" with "occluded" and "track_id".
// Frames are known by the number in "file_name".

#include "runtime/truth/formats.hpp"
#include "runtime/truth/json_place.hpp"

#include <algorithm>

namespace vpaas {

namespace {

class coco_reader {
public:
  coco_reader(const truth_files::value_type& file, const truth_reading& how)
    : how_(how), text_(json_of(file)), root_(text_, file.first), out_(how) {
    // nop
  }

  read_truth_result read() {
    for (auto& x : root_.at("categories").elements())
      read_category(x);
    for (auto& x : root_.at("images").elements())
      read_image(x);
    for (auto& x : root_.at("annotations").elements())
      read_annotation(x);
    return out_.finish();
  }

private:
  void read_category(const json_place& x) {
    out_.label(x.at("name").text(), x.where());
    if (!categories_.emplace(x.at("id").whole(), x.at("name").text()).second)
      throw malformed(x.where(), "the category " + x.at("id").value().dump()
                                   + " is there twice; give it another id");
  }

  void read_image(const json_place& x) {
    auto frame = frame_in_name(x.at("file_name").text(), how_, x.where());
    out_.size(x.at("width").number(), x.at("height").number(), x.where());
    if (!images_.emplace(x.at("id").whole(), frame).second)
      throw malformed(x.where(), "the image " + x.at("id").value().dump()
                                   + " is there twice; give it another id");
    if (!out_.looked_at(frame, frame + 1).empty())
      throw malformed(x.where(), "frame " + std::to_string(frame)
                                   + " is there twice; name pictures of one "
                                     "video by the numbers of its frames");
    out_.look_at(frame, x.where());
  }

  template <class T>
  const T& known(const std::map<uint64_t, T>& in, const json_place& id,
                 const char* what) const {
    auto i = in.find(id.whole());
    if (i == in.end())
      throw malformed(id.where(), std::string{"there is no "} + what + " "
                                    + id.value().dump() + "; list it");
    return i->second;
  }

  void read_annotation(const json_place& x) {
    marked_object y;
    y.label = known(categories_, x.at("category_id"), "category");
    auto frame = known(images_, x.at("image_id"), "image");
    y.ignored = x.has("iscrowd") && x.at("iscrowd").flag();
    if (x.has("attributes"))
      read_attributes(x.at("attributes"), y);
    auto corners = x.at("bbox").elements();
    if (corners.size() != 4)
      throw malformed(x.where() + ".bbox",
                      std::to_string(corners.size())
                        + " numbers; write left, top, width, height");
    auto left = corners[0].number(), top = corners[1].number();
    out_.add(frame, y,
             {left, top, left + corners[2].number(), top + corners[3].number()},
             x.where() + ".bbox");
  }

  void read_attributes(const json_place& x, marked_object& y) {
    if (x.has("occluded") && x.at("occluded").flag())
      y.visible = 0;
    if (x.has("visibility") && x.at("visibility").value().is_number())
      y.visible = float(std::clamp(x.at("visibility").number(), 0., 1.));
    if (x.has("ignored") && x.at("ignored").flag())
      y.ignored = true;
    if (x.has("track_id"))
      y.identity = x.at("track_id").whole() + 1; // theirs begin at 0
  }

  const truth_reading& how_;
  json text_;
  json_place root_;
  truth_reader out_;
  std::map<uint64_t, std::string> categories_;
  std::map<uint64_t, uint64_t> images_; ///< frames, by id
};

read_truth_result read_coco(const truth_files& files,
                            const truth_reading& how) {
  auto file = text_file(files, ".json");
  if (file == nullptr)
    throw malformed("", "there is no .json file; name it");
  return coco_reader{*file, how}.read();
}

json annotation_of(const marked_object& x, size_t id, size_t image,
                   size_t category, const marked_video& of) {
  auto left = double(x.where.x0) * of.width,
       top = double(x.where.y0) * of.height,
       width = double(x.where.x1) * of.width - left,
       height = double(x.where.y1) * of.height - top;
  json attributes{{"occluded", is_occluded(x)},
                  {"visibility", x.visible},
                  {"ignored", x.ignored}};
  if (x.identity != 0)
    attributes["track_id"] = x.identity - 1;
  return {{"id", id},
          {"image_id", image},
          {"category_id", category},
          {"bbox", {left, top, width, height}},
          {"area", width * height},
          {"segmentation", json::array()},
          {"iscrowd", x.ignored ? 1 : 0},
          {"attributes", attributes}};
}

truth_files write_coco(const marked_video& x) {
  need_size(x);
  auto categories = json::array(), images = json::array(),
       annotations = json::array();
  std::map<std::string, size_t> numbers;
  for (auto& name : x.labels) {
    numbers[name] = categories.size() + 1;
    categories.push_back(
      {{"id", categories.size() + 1}, {"name", name}, {"supercategory", ""}});
  }
  for (auto& [frame, objects] : x.frames) {
    images.push_back({{"id", images.size() + 1},
                      {"file_name", frame_name(frame, ".png")},
                      {"width", x.width},
                      {"height", x.height}});
    for (auto& y : objects)
      annotations.push_back(annotation_of(y, annotations.size() + 1,
                                          images.size(), numbers[y.label], x));
  }
  json all{{"info", {{"description", ""}}},
           {"licenses", json::array()},
           {"categories", categories},
           {"images", images},
           {"annotations", annotations}};
  return {{"instances.json",
           all.dump(1, ' ', false, json::error_handler_t::replace) + "\n"}};
}

} // namespace

const truth_format coco_format{
  "coco",
  "COCO object detection, also of CVAT",
  "a .json file",
  "frames a second",
  [](const truth_files& x) {
    auto file = text_file(x, ".json");
    return file != nullptr
           && file->second.find("\"annotations\"") != std::string::npos
           && file->second.find("\"images\"") != std::string::npos;
  },
  read_coco,
  write_coco};

} // namespace vpaas
