// CVAT XML 1.1, for videos and for images. Sources: docs.cvat.ai, "XML
// annotation format" (frames from 0, corners in pixels as fractions, flags 0 or
// 1), and what CVAT writes: `outside` ends a track before that frame, frames of
// a task with start_frame and a step have the numbers of the whole video, boxes
// between key frames are written as well, and what its MOT format reads stands
// in the attributes "ignored" and "visibility".

#include "runtime/truth/formats.hpp"
#include "runtime/truth/truth_reader.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <set>
#include <sstream>
#include <utility>

namespace vpaas {

namespace {

// -- reading ------------------------------------------------------------------

class cvat_reader {
public:
  cvat_reader(const std::string& path, const std::string& text,
              const truth_reading& how)
    : path_(path), text_(text), out_(how) {
    auto parsed = file_.load_buffer(text.data(), text.size());
    if (!parsed)
      throw malformed(at(parsed.offset),
                      std::string{parsed.description()} + "; export it again");
  }

  read_truth_result read() {
    auto root = file_.child("annotations");
    if (!root)
      throw malformed(path_, "there is no <annotations>; export \"CVAT for "
                             "video 1.1\" or \"CVAT for images 1.1\"");
    auto version = std::string{root.child_value("version")};
    if (!version.empty() && version != "1.1" && version != "1.0")
      throw malformed(at(root.child("version")),
                      "version " + version
                        + " is not known; export version 1.1");
    read_meta(root.child("meta"));
    for (auto x : root.children("image"))
      read_image(x);
    uint64_t tracks = 0;
    for (auto x : root.children("track"))
      read_track(x, ++tracks);
    return out_.finish();
  }

private:
  std::string at(ptrdiff_t offset) const {
    auto end = text_.begin()
               + std::clamp<ptrdiff_t>(offset, 0, ptrdiff_t(text_.size()));
    return path_ + ", line "
           + std::to_string(1 + std::count(text_.begin(), end, '\n'));
  }

  std::string at(pugi::xml_node x) const {
    return at(x.offset_debug());
  }

  std::string need(pugi::xml_node x, const char* name) const {
    auto found = x.attribute(name);
    if (!found)
      throw malformed(at(x), std::string{"<"} + x.name() + "> has no " + name
                               + "; export it again");
    return found.value();
  }

  double number(pugi::xml_node x, const char* name) const {
    return finite_number(need(x, name), at(x));
  }

  bool flag(pugi::xml_node x, const char* name) const {
    auto found = x.attribute(name);
    if (!found)
      return false;
    auto text = std::string{found.value()};
    if (text != "0" && text != "1")
      throw malformed(at(x), std::string{name} + "=\"" + text
                               + "\" is not allowed; write 0 or 1");
    return text == "1";
  }

  void read_meta(pugi::xml_node meta) {
    auto task = meta.child("task") ? meta.child("task") : meta.child("job");
    if (meta.child("project"))
      throw malformed(at(meta), "this is a project of several videos; export "
                                "its tasks one by one");
    for (auto x : task.child("labels").children("label"))
      out_.label(x.child_value("name"), at(x));
    if (auto size = task.child("original_size"))
      out_.size(finite_number(size.child_value("width"), at(size)),
                finite_number(size.child_value("height"), at(size)), at(size));
    // The frames of images are listed.
    if (std::string{task.child_value("mode")} == "annotation")
      return;
    uint64_t start = 0, step = 1;
    if (auto x = task.child("start_frame"); x && *x.child_value() != 0)
      start = whole_number(x.child_value(), at(x));
    auto filter = std::string{task.child_value("frame_filter")};
    if (filter.rfind("step=", 0) == 0)
      step = whole_number(filter.substr(5), at(task.child("frame_filter")));
    if (auto x = task.child("size"))
      out_.look_at(start, whole_number(x.child_value(), at(x)), step, at(x));
  }

  marked_object object_of(pugi::xml_node x) const {
    marked_object result;
    if (flag(x, "occluded"))
      result.visible = 0;
    for (auto y : x.children("attribute")) {
      auto name = std::string{y.attribute("name").value()};
      auto value = trimmed(y.child_value());
      if (name == "ignored")
        result.ignored = value == "true" || value == "1";
      else if (name == "visibility" && !value.empty())
        result.visible = float(std::clamp(finite_number(value, at(y)), 0., 1.));
    }
    return result;
  }

  pixel_box box_of(pugi::xml_node x) {
    out_.need_size(at(x), "give it with --size=WIDTHxHEIGHT");
    pixel_box result{number(x, "xtl"), number(x, "ytl"), number(x, "xbr"),
                     number(x, "ybr")};
    if (auto turn = x.attribute("rotation"))
      result = turned(result, finite_number(turn.value(), at(x)), .5);
    return result;
  }

  void leave_out_others(pugi::xml_node of) {
    for (auto x : of.children())
      for (auto name : {"polygon", "polyline", "points", "mask", "cuboid",
                        "skeleton", "ellipse"})
        if (std::string{x.name()} == name)
          out_.leave_out(std::string{name} + " shapes");
  }

  void read_image(pugi::xml_node image) {
    auto frame = whole_number(need(image, "id"), at(image));
    if (image.attribute("width"))
      out_.size(number(image, "width"), number(image, "height"), at(image));
    out_.look_at(frame, at(image));
    leave_out_others(image);
    for (auto x : image.children("box")) {
      auto y = object_of(x);
      y.label = need(x, "label");
      out_.add(frame, y, box_of(x), at(x));
    }
  }

  /// The same object through a video. Identities begin at 1, tracks at 0.
  void read_track(pugi::xml_node track, uint64_t nth) {
    auto id = track.attribute("id");
    marked_object what;
    what.label = need(track, "label");
    what.identity = id ? whole_number(id.value(), at(track)) + 1 : nth;
    if (!identities_.insert(what.identity).second)
      throw malformed(at(track), "the track " + std::string{id.value()}
                                   + " is there twice; give one another id");
    leave_out_others(track);
    std::vector<track_box> boxes;
    uint64_t last = 0;
    for (auto x : track.children("box")) {
      auto y = object_of(x);
      track_box box;
      box.frame = whole_number(need(x, "frame"), at(x));
      box.where = box_of(x);
      box.shown = box.goes_on = !flag(x, "outside");
      box.visible = y.visible;
      box.ignored = y.ignored;
      last = std::max(last, box.frame);
      boxes.push_back(box);
    }
    // A track goes on to the end, but what CVAT writes says each frame: one
    // that ends without `outside` ends with the video.
    auto to
      = out_.looked_at(last + 1, std::numeric_limits<uint64_t>::max()).empty()
          ? last
          : std::numeric_limits<uint64_t>::max();
    add_track(out_, what, std::move(boxes), to, false, at(track));
  }

  const std::string& path_;
  const std::string& text_;
  truth_reader out_;
  pugi::xml_document file_;
  std::set<uint64_t> identities_;
};

read_truth_result read_cvat(const truth_files& files,
                            const truth_reading& how) {
  auto file = text_file(files, ".xml");
  if (file == nullptr)
    throw malformed("", "there is no .xml file; unpack what CVAT exported");
  return cvat_reader{file->first, file->second, how}.read();
}

// -- writing ------------------------------------------------------------------

void add_text(pugi::xml_node to, const char* name, const std::string& text) {
  to.append_child(name).text().set(text.c_str());
}

std::string flag_text(bool x) {
  return x ? "1" : "0";
}

pugi::xml_node begin(pugi::xml_document& file, const marked_video& x,
                     bool video) {
  need_size(x);
  auto declaration = file.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "utf-8";
  auto root = file.append_child("annotations");
  add_text(root, "version", "1.1");
  auto task = root.append_child("meta").append_child("task");
  add_text(task, "size", std::to_string(x.frames.size()));
  add_text(task, "mode", video ? "interpolation" : "annotation");
  if (video && !x.frames.empty()) {
    add_text(task, "start_frame", std::to_string(x.frames.begin()->first));
    add_text(task, "stop_frame", std::to_string(x.frames.rbegin()->first));
    auto step = step_of(x);
    add_text(task, "frame_filter",
             step == 1 ? "" : "step=" + std::to_string(step));
  }
  auto labels = task.append_child("labels");
  for (auto& name : x.labels) {
    auto label = labels.append_child("label");
    add_text(label, "name", name);
    auto attributes = label.append_child("attributes");
    for (auto [what, type, values] :
         {std::array{"ignored", "checkbox", ""},
          std::array{"visibility", "number", "0;1;0.01"}}) {
      auto attribute = attributes.append_child("attribute");
      add_text(attribute, "name", what);
      add_text(attribute, "mutable", "True");
      add_text(attribute, "input_type", type);
      add_text(attribute, "default_value", *values == 0 ? "false" : "1");
      add_text(attribute, "values", values);
    }
  }
  if (video) {
    auto size = task.append_child("original_size");
    add_text(size, "width", std::to_string(x.width));
    add_text(size, "height", std::to_string(x.height));
  }
  return root;
}

void add_attribute(pugi::xml_node to, const char* name,
                   const std::string& text) {
  auto x = to.append_child("attribute");
  x.append_attribute("name") = name;
  x.text().set(text.c_str());
}

void fill_box(pugi::xml_node to, const marked_object& x,
              const marked_video& of) {
  auto corner = [&](const char* name, float share, uint32_t all) {
    to.append_attribute(name) = number_text(double(share) * all).c_str();
  };
  corner("xtl", x.where.x0, of.width);
  corner("ytl", x.where.y0, of.height);
  corner("xbr", x.where.x1, of.width);
  corner("ybr", x.where.y1, of.height);
  to.append_attribute("occluded") = flag_text(is_occluded(x)).c_str();
  add_attribute(to, "ignored", x.ignored ? "true" : "false");
  add_attribute(to, "visibility", number_text(double(x.visible)));
}

truth_files file_of(const pugi::xml_document& x) {
  std::ostringstream out;
  x.save(out, "  ");
  return {{"annotations.xml", out.str()}};
}

truth_files write_images(const marked_video& x) {
  pugi::xml_document file;
  auto root = begin(file, x, false);
  for (auto& [frame, objects] : x.frames) {
    auto image = root.append_child("image");
    image.append_attribute("id") = std::to_string(frame).c_str();
    image.append_attribute("name") = frame_name(frame, ".png").c_str();
    image.append_attribute("width") = x.width;
    image.append_attribute("height") = x.height;
    for (auto& y : objects) {
      auto box = image.append_child("box");
      box.append_attribute("label") = y.label.c_str();
      box.append_attribute("source") = "manual";
      fill_box(box, y, x);
      box.append_attribute("z_order") = "0";
    }
  }
  return file_of(file);
}

using track_key = std::pair<uint64_t, std::string>;
using track_list
  = std::map<track_key, std::vector<std::pair<uint64_t, marked_object>>>;

/// An object that changes its label is two tracks; without an identity each box
/// is one.
track_list tracks_of(const marked_video& x) {
  uint64_t free = 1;
  for (auto& frame : x.frames)
    for (auto& y : frame.second)
      free = std::max(free, y.identity + 1);
  std::map<uint64_t, std::string> label_of;
  std::map<track_key, uint64_t> other;
  track_list result;
  for (auto& [frame, objects] : x.frames)
    for (auto& y : objects) {
      auto id = y.identity == 0 ? free++ : y.identity;
      auto [i, fresh] = label_of.emplace(id, y.label);
      if (!fresh && i->second != y.label) {
        auto [again, first] = other.emplace(track_key{id, y.label}, free);
        free += first;
        id = again->second;
      }
      result[{id, y.label}].emplace_back(frame, y);
    }
  return result;
}

void write_box(pugi::xml_node track, uint64_t frame, const marked_object& x,
               bool outside, const marked_video& of) {
  auto box = track.append_child("box");
  box.append_attribute("frame") = std::to_string(frame).c_str();
  box.append_attribute("keyframe") = "1";
  box.append_attribute("outside") = flag_text(outside).c_str();
  fill_box(box, x, of);
  box.append_attribute("z_order") = "0";
}

truth_files write_video(const marked_video& x) {
  pugi::xml_document file;
  auto root = begin(file, x, true);
  auto step = step_of(x);
  auto end = x.frames.empty() ? 0 : x.frames.rbegin()->first + 1;
  for (auto& [key, boxes] : tracks_of(x)) {
    auto track = root.append_child("track");
    track.append_attribute("id") = std::to_string(key.first - 1).c_str();
    track.append_attribute("label") = key.second.c_str();
    track.append_attribute("source") = "manual";
    for (size_t i = 0; i < boxes.size(); ++i) {
      auto frame = boxes[i].first;
      if (i > 0 && boxes[i - 1].first == frame)
        throw malformed("frame " + std::to_string(frame),
                        "identity " + std::to_string(key.first)
                          + " is there twice; an object is in one place");
      write_box(track, frame, boxes[i].second, false, x);
      auto next = frame + step;
      auto gone = i + 1 == boxes.size() || boxes[i + 1].first != next;
      if (gone && next < end)
        write_box(track, next, boxes[i].second, true, x);
    }
  }
  return file_of(file);
}

bool is_cvat(const truth_files& files, bool images) {
  auto file = text_file(files, ".xml");
  if (file == nullptr || file->second.find("<annotations") == std::string::npos)
    return false;
  return images == (file->second.find("<image ") != std::string::npos);
}

} // namespace

const truth_format cvat_format{
  "cvat",
  "CVAT for video 1.1",
  "an .xml file",
  "an object without identity gets one, and so does one that changes its "
  "label; frames must be as far from each other as all others",
  [](const truth_files& x) { return is_cvat(x, false); },
  read_cvat,
  write_video};

const truth_format cvat_images_format{
  "cvat-images",
  "CVAT for images 1.1",
  "an .xml file",
  "identities, frames a second",
  [](const truth_files& x) { return is_cvat(x, true); },
  read_cvat,
  write_images};

} // namespace vpaas
