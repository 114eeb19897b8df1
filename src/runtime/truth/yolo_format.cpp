// YOLO. Sources: docs.ultralytics.com/datasets/detect (a text file a picture,
// in it a line a box: number of the class from 0, middle, width and height as
// shares of the picture; names in data.yaml; a picture without a file shows
// nothing), and Darknet's and Label Studio's obj.names and classes.txt (a name
// a line). Frames are known by the number in the name of the file.

#include "runtime/truth/formats.hpp"
#include "runtime/truth/json_place.hpp"

#include <algorithm>
#include <array>

namespace vpaas {

namespace {

std::string extension_of(const std::string& path) {
  auto dot = path.rfind('.');
  auto result = dot == std::string::npos ? "" : path.substr(dot);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  });
  return result;
}

bool is_picture(const std::string& path) {
  auto x = extension_of(path);
  return x == ".png" || x == ".jpg" || x == ".jpeg" || x == ".bmp"
         || x == ".webp" || x == ".tif" || x == ".tiff";
}

const truth_files::value_type* names_file(const truth_files& files) {
  for (auto* name : {"data.yaml", "data.yml", "obj.names", "classes.txt"})
    if (auto found = file_called(files, name))
      return found;
  return file_ending(files, ".names");
}

/// A scalar of YAML: what stands in double quotes is escaped as in JSON.
std::string yaml_scalar(const std::string& text, const std::string& where) {
  auto x = trimmed(text); // takes single quotes off
  auto from = text.find_first_not_of(" \t");
  if (from == std::string::npos || text[from] != '"')
    return x;
  auto parsed = parse_json("\"" + x + "\"");
  if (!parsed || !parsed->is_string())
    throw malformed(where, "\"" + x
                             + "\" is no text in quotes; write it "
                               "without");
  return parsed->get<std::string>();
}

/// Parts between commas that stand in no quotes.
std::vector<std::string> yaml_list(const std::string& text) {
  std::vector<std::string> result{""};
  auto quote = '\0';
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    auto escaped = quote == '"' && i > 0 && text[i - 1] == '\\';
    if (quote != '\0')
      quote = c == quote && !escaped ? '\0' : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == ',') {
      result.emplace_back();
      continue;
    }
    result.back() += c;
  }
  return result;
}

/// Names of data.yaml: ["a", b], a list, or "0: a" a line.
void read_yaml_names(truth_reader& out, const truth_files::value_type& file) {
  auto lines = lines_of(file.second);
  auto is_start = [](const std::string& x) {
    return x.rfind("names:", 0) == 0;
  };
  auto i = std::find_if(lines.begin(), lines.end(), is_start);
  if (i == lines.end())
    throw malformed(file.first, "there is no \"names:\"; list the classes "
                                "there");
  auto where = [&] {
    return file.first + ", line " + std::to_string(i - lines.begin() + 1);
  };
  if (auto rest = trimmed(i->substr(6)); !rest.empty()) {
    if (rest.front() != '[' || rest.back() != ']')
      throw malformed(where(),
                      "\"" + rest + "\" is no list; write names: [car, van]");
    for (auto& x : yaml_list(rest.substr(1, rest.size() - 2)))
      out.label(yaml_scalar(x, where()), where());
    return;
  }
  for (++i; i != lines.end(); ++i) {
    auto x = trimmed(*i);
    if (x.empty() || x.front() == '#')
      continue;
    auto colon = x.find(':');
    if (x.rfind("- ", 0) == 0) {
      out.label(yaml_scalar(x.substr(2), where()), where());
      continue;
    }
    if (i->front() != ' ' && i->front() != '\t')
      break; // another key
    if (colon == std::string::npos
        || whole_number(trimmed(x.substr(0, colon)), where())
             != out.labels().size())
      throw malformed(where(), "\"" + x + "\" is not the next class; write "
                                 + std::to_string(out.labels().size())
                                 + ": NAME");
    out.label(yaml_scalar(x.substr(colon + 1), where()), where());
  }
}

void read_names(truth_reader& out, const truth_files::value_type& file) {
  if (extension_of(file.first).rfind(".y", 0) == 0)
    return read_yaml_names(out, file);
  uint64_t number = 0;
  for (auto& x : lines_of(file.second))
    out.label(trimmed(x), file.first + ", line " + std::to_string(++number));
}

void read_boxes(truth_reader& out, const truth_files::value_type& file,
                uint64_t frame) {
  uint64_t number = 0;
  for (auto& line : lines_of(file.second)) {
    auto where = file.first + ", line " + std::to_string(++number);
    std::vector<double> values;
    for (auto& x : parts_of(line, ' '))
      if (!trimmed(x).empty())
        values.push_back(finite_number(trimmed(x), where));
    if (values.empty())
      continue;
    if (values.size() != 5)
      throw malformed(where, std::to_string(values.size())
                               + " numbers; write class, middle x, middle y, "
                                 "width, height (no scores, no polygons)");
    for (size_t i = 1; i < 5; ++i)
      if (values[i] < 0 || values[i] > 1)
        throw malformed(where, number_text(values[i])
                                 + " is no share of the picture; write 0 to 1");
    marked_object x;
    x.label = out.label_at(values[0], where);
    auto w = values[3] / 2, h = values[4] / 2;
    out.add_share(frame, x,
                  {values[1] - w, values[2] - h, values[1] + w, values[2] + h},
                  where);
  }
}

/// A text that holds boxes, not names, lists of pictures, or what explains.
bool holds_boxes(const truth_files::value_type& file) {
  if (extension_of(file.first) != ".txt")
    return false;
  for (auto* x : {"classes.txt", "train.txt", "val.txt", "test.txt",
                  "README.txt", "labels.txt"})
    if (is_called(file.first, x))
      return false;
  return true;
}

read_truth_result read_yolo(const truth_files& files,
                            const truth_reading& how) {
  truth_reader out{how};
  auto names = names_file(files);
  if (names == nullptr)
    throw malformed("", "there are no names of classes; put data.yaml, "
                        "obj.names or classes.txt into the folder");
  read_names(out, *names);
  for (auto& x : files)
    if (is_picture(x.first))
      out.look_at(frame_in_name(x.first, how, x.first), x.first);
  for (auto* list : {"train.txt", "val.txt", "test.txt"})
    for (auto& x : files)
      if (is_called(x.first, list))
        for (auto& picture : lines_of(x.second))
          out.look_at(frame_in_name(picture, how, x.first), x.first);
  std::map<uint64_t, std::string> seen;
  for (auto& x : files)
    if (holds_boxes(x)) {
      auto frame = frame_in_name(x.first, how, x.first);
      auto [twice, fresh] = seen.emplace(frame, x.first);
      if (!fresh)
        throw malformed(x.first, "frame " + std::to_string(frame) + " is in "
                                   + twice->second
                                   + " as well; leave one video in the folder");
      out.look_at(frame, x.first);
      read_boxes(out, x, frame);
    }
  return out.finish();
}

std::string yaml_text(const std::string& x) {
  return json(x).dump(-1, ' ', false, json::error_handler_t::replace);
}

truth_files write_yolo(const marked_video& x) {
  truth_files result;
  auto& names = result["data.yaml"];
  names = "path: .\ntrain: train.txt\nnames:\n";
  std::map<std::string, size_t> numbers;
  for (auto& label : x.labels) {
    names += "  " + std::to_string(numbers.size()) + ": " + yaml_text(label)
             + "\n";
    numbers.emplace(label, numbers.size());
  }
  for (auto& [frame, objects] : x.frames) {
    result["train.txt"] += "images/train/" + frame_name(frame, ".png\n");
    auto& lines = result["labels/train/" + frame_name(frame, ".txt")];
    for (auto& y : objects) {
      lines += std::to_string(numbers[y.label]);
      auto& b = y.where;
      for (auto v : {(double(b.x0) + b.x1) / 2, (double(b.y0) + b.y1) / 2,
                     double(b.x1) - b.x0, double(b.y1) - b.y0})
        lines += " " + number_text(v);
      lines += "\n";
    }
  }
  return result;
}

} // namespace

const truth_format yolo_format{
  "yolo",
  "YOLO (Ultralytics; Darknet's is read)",
  "a folder with data.yaml and labels/*.txt",
  "identities, what is hidden, what is ignored (written as any other box), the "
  "size of the picture, frames a second",
  [](const truth_files& x) {
    return names_file(x) != nullptr && file_ending(x, ".txt") != nullptr;
  },
  read_yolo,
  write_yolo};

} // namespace vpaas
