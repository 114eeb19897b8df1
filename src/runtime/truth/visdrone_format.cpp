// VisDrone's videos (tasks VID and MOT). Source: README of VisDrone2018-VID-
// toolkit: frame from 1, target, left, top, width, height in pixels from 0,
// score (0: not judged), category, truncation, occlusion (0: none, 1: up to
// half, 2: more); category 0 are regions that nobody judges.

#include "runtime/truth/formats.hpp"
#include "runtime/truth/truth_reader.hpp"

#include <algorithm>
#include <array>

namespace vpaas {

namespace {

constexpr size_t columns = 10;

constexpr std::array categories{"ignored regions",
                                "pedestrian",
                                "people",
                                "bicycle",
                                "car",
                                "van",
                                "truck",
                                "tricycle",
                                "awning-tricycle",
                                "bus",
                                "motor",
                                "others"};

/// A trailing comma is in some of its files.
std::vector<std::string> values_of(const std::string& line) {
  auto result = parts_of(line, ',');
  if (result.size() == columns + 1 && trimmed(result.back()).empty())
    result.pop_back();
  return result;
}

bool is_digit_to(const std::string& text, char most) {
  auto x = trimmed(text);
  return x.size() == 1 && x[0] >= '0' && x[0] <= most;
}

bool looks_like_it(const truth_files& files) {
  auto file = text_file(files, ".txt");
  if (file == nullptr)
    return false;
  auto lines = lines_of(file->second);
  if (lines.empty())
    return false;
  auto x = values_of(lines[0]);
  return x.size() == columns && is_digit_to(x[8], '1')
         && is_digit_to(x[9], '2');
}

marked_object object_in(const std::vector<std::string>& values,
                        const truth_reader& out, const std::string& where) {
  constexpr std::array visible{1.f, .75f, .25f};
  auto category = whole_number(trimmed(values[7]), where);
  auto hidden = whole_number(trimmed(values[9]), where);
  if (hidden >= visible.size())
    throw malformed(where, "occlusion is " + values[9] + "; write 0, 1 or 2");
  marked_object x;
  x.label = out.label_at(double(category),
                         where + ", category " + std::to_string(category));
  x.ignored = category == 0 || finite_number(trimmed(values[6]), where) == 0;
  x.identity = category == 0 ? 0 : whole_number(trimmed(values[1]), where) + 1;
  x.visible = visible[hidden];
  return x;
}

read_truth_result read_visdrone(const truth_files& files,
                                const truth_reading& how) {
  auto file = text_file(files, ".txt");
  if (file == nullptr)
    throw malformed("", "there is no text file; name one of annotations");
  truth_reader out{how};
  for (auto* x : categories)
    out.label(x, file->first);
  out.need_size(file->first, "give it with --size=WIDTHxHEIGHT");
  uint64_t number = 0, last = 0;
  for (auto& line : lines_of(file->second)) {
    auto where = file->first + ", line " + std::to_string(++number);
    auto values = values_of(line);
    if (values.size() != columns)
      throw malformed(where, std::to_string(values.size())
                               + " values; write the ten of VisDrone's videos");
    auto frame = whole_number(trimmed(values[0]), where);
    if (frame == 0)
      throw malformed(where, "there is no frame 0; frames are counted from 1");
    auto at = [&](size_t i) {
      return finite_number(trimmed(values[i]), where);
    };
    out.add(frame - 1, object_in(values, out, where),
            {at(2), at(3), at(2) + at(4), at(3) + at(5)}, where);
    last = std::max(last, frame);
  }
  out.look_at(0, last, 1, file->first);
  auto result = out.finish();
  result.video.labels.clear();
  list_labels(result.video); // those that are there
  return result;
}

} // namespace

const truth_format visdrone_format{"visdrone",
                                   "VisDrone's videos",
                                   "a file of annotations",
                                   "all of it: it is only read",
                                   looks_like_it,
                                   read_visdrone,
                                   nullptr};

} // namespace vpaas
