// Lines of JSON, one a frame: {"frame": 0, "objects": [{"where": {"x0": ...},
// "label": "car", "identity": 7, "visible": 1, "ignored": false}]}. Boxes are
// shares of the picture; in a frame without a line there is nothing.

#include "runtime/truth/formats.hpp"
#include "runtime/truth/json_place.hpp"

namespace vpaas {

namespace {

marked_object object_in(const json_place& x,
                        const std::vector<std::string>& labels) {
  auto value = x.value();
  if (!value.is_object())
    throw malformed(x.where(), "an object is no JSON object; write {\"where\": "
                               "{...}, \"label\": TEXT}");
  if (x.has("label") && x.at("label").value().is_number()) {
    auto number = x.at("label").whole();
    if (number >= labels.size())
      throw malformed(x.where(), "nobody says what label "
                                   + std::to_string(number)
                                   + " is; write its name");
    value["label"] = labels[number];
  }
  marked_object result;
  // What a model or a street says of it besides is of no use here.
  auto known = to_json_value(result);
  for (auto& y : value.items())
    if (known.contains(y.key()))
      known[y.key()] = y.value();
  if (auto err = from_json_value(known, result, x.where()))
    throw malformed("", cause_of(err)
                          + "; write {\"where\": {\"x0\": 0.1, "
                            "\"y0\": 0.1, \"x1\": 0.2, \"y1\": "
                            "0.2}, \"label\": \"car\"}");
  return result;
}

read_truth_result read_lines(const truth_files& files,
                             const truth_reading& how) {
  if (files.size() != 1)
    throw malformed("", "there is no file of lines; name it");
  auto& [path, text] = *files.begin();
  truth_reader out{how};
  uint64_t number = 0;
  for (auto& line : lines_of(text)) {
    auto where = path + ", line " + std::to_string(++number);
    auto parsed = json_of({where, line});
    json_place x{parsed, where};
    auto frame = x.at("frame").whole();
    out.look_at(frame, where);
    for (auto& y : x.at("objects").elements()) {
      auto object = object_in(y, how.labels);
      auto& b = object.where;
      out.add_share(frame, object, {b.x0, b.y0, b.x1, b.y1}, y.where());
    }
  }
  auto result = out.finish();
  result.video.partial = false;
  if (!how.labels.empty()) {
    result.video.labels = how.labels;
    list_labels(result.video);
  }
  return result;
}

/// Whatever it is called: what a run wrote may stand in any file.
bool is_lines(const truth_files& files) {
  if (files.size() != 1)
    return false;
  auto& text = files.begin()->second;
  auto first = text.substr(0, text.find('\n'));
  return !first.empty() && first.front() == '{'
         && first.find("\"objects\"") != std::string::npos
         && first.find("\"frame\"") != std::string::npos;
}

truth_files write_lines(const marked_video& x) {
  std::string result;
  for (auto& [frame, objects] : x.frames)
    result += json{{"frame", frame}, {"objects", to_json_value(objects)}}.dump(
                -1, ' ', false, json::error_handler_t::replace)
              + "\n";
  return {{"truth.jsonl", result}};
}

} // namespace

const truth_format lines_format{
  "lines",
  "vpaas",
  "a .jsonl file, a frame a line",
  "which frames nobody looked at, labels that no object has, the size of the "
  "picture, frames a second",
  is_lines,
  read_lines,
  write_lines};

} // namespace vpaas
