// Label Studio JSON. Sources: labelstud.io/tags/rectanglelabels and
// labelstud.io/tags/videorectangle (x, y, width and height in percent of the
// picture, x and y of the upper left corner, around which `rotation` turns),
// and what its export and its reader of key frames do: frames are counted from
// 1, a key frame that is not `enabled` is still there and the box ends after
// it, what lies between is on a straight line. Of the annotations of a task the
// first that was not cancelled counts.

#include "runtime/truth/formats.hpp"
#include "runtime/truth/json_place.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace vpaas {

namespace {

class label_studio_reader {
public:
  label_studio_reader(const truth_files::value_type& file,
                      const truth_reading& how)
    : how_(how), text_(json_of(file)), root_(text_, file.first), out_(how) {
    // nop
  }

  read_truth_result read() {
    auto tasks = root_.elements();
    for (auto& x : tasks)
      read_task(x, tasks.size());
    return out_.finish();
  }

private:
  static constexpr double whole = 100; // percent

  /// What counts of a task.
  std::optional<json_place> annotation_of(const json_place& task) {
    if (!task.has("annotations"))
      throw malformed(task.where(), "there is no \"annotations\"; export JSON, "
                                    "not JSON-MIN");
    std::optional<json_place> result;
    for (auto& x : task.at("annotations").elements()) {
      if (x.has("was_cancelled") && x.at("was_cancelled").flag())
        continue;
      if (result)
        out_.leave_out("annotations of a task beyond its first");
      else
        result = x;
    }
    return result;
  }

  void read_task(const json_place& task, size_t tasks) {
    auto annotation = annotation_of(task);
    if (!annotation) {
      out_.leave_out("tasks without an annotation");
      return;
    }
    auto data = task.at("data");
    if (data.has("video") && tasks > 1)
      throw malformed(task.where(), "there are several tasks; export the "
                                    "video's own one");
    for (auto& x : annotation->at("result").elements()) {
      auto& type = x.at("type").text();
      if (type == "videorectangle")
        read_track(x);
      else if (type == "rectanglelabels")
        read_box(x, frame_of(data));
      else
        out_.leave_out("results of type " + type);
    }
    if (!data.has("video"))
      out_.look_at(frame_of(data), task.where());
  }

  /// Which frame the picture of a task is.
  uint64_t frame_of(const json_place& data) {
    for (auto key : {"image", "img", "picture"})
      if (data.has(key))
        return frame_in_name(data.at(key).text(), how_, data.where());
    throw malformed(data.where(), "there is neither \"video\" nor \"image\"; "
                                  "call the data so");
  }

  static std::string label_in(const json_place& value, const char* key) {
    auto names = value.at(key).elements();
    if (names.size() != 1)
      throw malformed(value.where() + "." + key,
                      std::to_string(names.size())
                        + " labels; give each box one");
    return names[0].text();
  }

  /// In shares; turned in pixels, where the size is known.
  pixel_box box_in(const json_place& x) const {
    auto left = x.at("x").number() / whole, top = x.at("y").number() / whole;
    pixel_box result{left, top, left + x.at("width").number() / whole,
                     top + x.at("height").number() / whole};
    auto angle = x.has("rotation") ? x.at("rotation").number() : 0;
    if (angle == 0)
      return result;
    out_.need_size(x.where(), "the box is turned: give it with "
                              "--size=WIDTHxHEIGHT");
    auto w = out_.width(), h = out_.height();
    result = turned(
      {result.x0 * w, result.y0 * h, result.x1 * w, result.y1 * h}, angle, 0);
    return {result.x0 / w, result.y0 / h, result.x1 / w, result.y1 / h};
  }

  void read_box(const json_place& x, uint64_t frame) {
    if (x.has("original_width"))
      out_.size(x.at("original_width").number(),
                x.at("original_height").number(), x.where());
    auto value = x.at("value");
    marked_object y;
    y.label = label_in(value, "rectanglelabels");
    out_.add_share(frame, y, box_in(value), value.where());
  }

  void read_track(const json_place& x) {
    auto value = x.at("value");
    auto frames = value.at("framesCount").whole();
    out_.look_at(0, frames, 1, value.where() + ".framesCount");
    if (value.has("duration"))
      out_.fps(double(frames) / value.at("duration").number());
    marked_object what;
    what.label = label_in(value, "labels");
    what.identity = ++tracks_;
    std::vector<track_box> boxes;
    for (auto& key : value.at("sequence").elements()) {
      track_box box;
      auto number = key.at("frame").whole();
      if (number == 0)
        throw malformed(key.where(), "there is no frame 0; frames are counted "
                                     "from 1");
      box.frame = number - 1;
      box.where = box_in(key);
      box.goes_on = key.at("enabled").flag();
      boxes.push_back(box);
    }
    add_track(out_, what, std::move(boxes), frames, true, value.where());
  }

  const truth_reading& how_;
  json text_;
  json_place root_;
  truth_reader out_;
  uint64_t tracks_ = 0;
};

read_truth_result read_label_studio(const truth_files& files,
                                    const truth_reading& how) {
  auto file = text_file(files, ".json");
  if (file == nullptr)
    throw malformed("", "there is no .json file; export JSON and name it");
  return label_studio_reader{*file, how}.read();
}

json key_frame(uint64_t frame, const marked_object& x, bool enabled,
               double fps) {
  auto percent = [](double v) { return v * 100; };
  return {{"frame", frame + 1},
          {"enabled", enabled},
          {"rotation", 0},
          {"x", percent(x.where.x0)},
          {"y", percent(x.where.y0)},
          {"width", percent(double(x.where.x1) - x.where.x0)},
          {"height", percent(double(x.where.y1) - x.where.y0)},
          {"time", double(frame) / fps}};
}

using track_key = std::pair<uint64_t, std::string>;

truth_files write_label_studio(const marked_video& x) {
  auto fps = x.fps > 0 ? x.fps : 30;
  auto count = x.frames.empty() ? 0 : x.frames.rbegin()->first + 1;
  uint64_t nobody = 0;
  std::map<track_key, std::vector<std::pair<uint64_t, marked_object>>> tracks;
  for (auto& frame : x.frames)
    for (auto& y : frame.second)
      tracks[{y.identity != 0 ? y.identity : --nobody, y.label}].emplace_back(
        frame.first, y);
  auto results = json::array();
  for (auto& [key, boxes] : tracks) {
    auto sequence = json::array();
    for (size_t i = 0; i < boxes.size(); ++i) {
      auto next = i + 1 < boxes.size() ? boxes[i + 1].first : count + 1;
      sequence.push_back(key_frame(boxes[i].first, boxes[i].second,
                                   next == boxes[i].first + 1, fps));
    }
    results.push_back({{"id", "track" + std::to_string(results.size())},
                       {"type", "videorectangle"},
                       {"from_name", "box"},
                       {"to_name", "video"},
                       {"origin", "manual"},
                       {"value",
                        {{"framesCount", count},
                         {"duration", double(count) / fps},
                         {"sequence", sequence},
                         {"labels", json::array({key.second})}}}});
  }
  auto task = json::object(
    {{"id", 1},
     {"data", {{"video", "video.mp4"}}},
     {"annotations", json::array({{{"id", 1}, {"result", results}}})}});
  return {{"label-studio.json", json::array({task}).dump(
                                  1, ' ', false, json::error_handler_t::replace)
                                  + "\n"}};
}

} // namespace

const truth_format label_studio_format{
  "label-studio",
  "Label Studio (video; pictures are read)",
  "a .json file",
  "the numbers of identities, what is hidden, what is ignored (written as any "
  "other box), labels that no object has, which frames nobody looked at, the "
  "size of the picture",
  [](const truth_files& x) {
    auto file = text_file(x, ".json");
    auto begin = file == nullptr ? std::string::npos
                                 : file->second.find_first_not_of(" \t\r\n");
    return begin != std::string::npos && file->second[begin] == '[';
  },
  read_label_studio,
  write_label_studio};

} // namespace vpaas
