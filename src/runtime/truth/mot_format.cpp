// MOTChallenge. Sources: motchallenge.net/instructions (frames, identities and
// boxes are counted from 1; the seventh value of a line of truth is 0 where it
// is not judged), Milan et al., "MOT16", arXiv 1603.00831 (eighth the class,
// ninth the share that is visible; table 3 the classes). CVAT and Datumaro
// write gt/labels.txt beside it and count boxes from 0: a file with labels.txt
// beside it is theirs.

#include "runtime/truth/formats.hpp"
#include "runtime/truth/truth_reader.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace vpaas {

namespace {

/// Numbers from 1; 13 came with MOT20 (arXiv 2003.09003).
constexpr std::array official{
  "pedestrian", "person on vehicle",      "car",           "bicycle",
  "motorbike",  "non motorized vehicle",  "static person", "distractor",
  "occluder",   "occluder on the ground", "occluder full", "reflection",
  "crowd"};

const truth_files::value_type* truth_file(const truth_files& files) {
  if (auto found = file_called(files, "gt.txt"))
    return found;
  return files.size() == 1 ? file_ending(files, ".txt") : nullptr;
}

void read_sequence(truth_reader& out, const truth_files::value_type& file) {
  std::map<std::string, std::string> values;
  auto lines = lines_of(file.second);
  for (auto& x : lines)
    if (auto equals = x.find('='); equals != std::string::npos) {
      auto key = trimmed(x.substr(0, equals));
      std::transform(key.begin(), key.end(), key.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
      });
      values[key] = trimmed(x.substr(equals + 1));
    }
  auto at = [&](const char* key) {
    auto i = values.find(key);
    if (i == values.end())
      throw malformed(file.first, std::string{"there is no "} + key
                                    + "; write it as in MOTChallenge");
    return finite_number(i->second, file.first);
  };
  out.size(at("imwidth"), at("imheight"), file.first);
  if (values.count("framerate") > 0)
    out.fps(at("framerate"));
  out.look_at(0, whole_number(values["seqlength"], file.first + ", seqLength"),
              1, file.first);
}

marked_object object_in(const std::vector<std::string>& parts,
                        const truth_reader& out, const std::string& where) {
  marked_object x;
  auto identity = finite_number(trimmed(parts[1]), where);
  if (identity > 0)
    x.identity = whole_number(trimmed(parts[1]), where);
  x.ignored = parts.size() > 6 && finite_number(trimmed(parts[6]), where) == 0;
  // Ten values are those of 2015, where all are pedestrians.
  auto has_class = parts.size() == 8 || parts.size() == 9;
  auto number = has_class ? finite_number(trimmed(parts[7]), where) : 1;
  x.label = out.label_at(number - 1, where + ", class " + number_text(number));
  if (parts.size() == 9)
    x.visible
      = float(std::clamp(finite_number(trimmed(parts[8]), where), 0., 1.));
  return x;
}

read_truth_result read_mot(const truth_files& files, const truth_reading& how) {
  auto file = truth_file(files);
  if (file == nullptr)
    throw malformed("", "there is no gt/gt.txt; name the folder of a sequence");
  truth_reader out{how};
  auto labels = file_called(files, "labels.txt");
  if (labels != nullptr)
    for (auto& x : lines_of(labels->second))
      out.label(trimmed(x), labels->first);
  else
    for (auto* x : official)
      out.label(x, file->first);
  auto sequence = file_called(files, "seqinfo.ini");
  if (sequence != nullptr)
    read_sequence(out, *sequence);
  auto edge = labels != nullptr ? 0. : 1.;
  out.need_size(file->first, "put seqinfo.ini into the folder, or give it "
                             "with --size=WIDTHxHEIGHT");
  std::set<std::pair<uint64_t, uint64_t>> seen;
  uint64_t number = 0, last = 0;
  for (auto& line : lines_of(file->second)) {
    auto where = file->first + ", line " + std::to_string(++number);
    auto parts = parts_of(line, ',');
    if (parts.size() < 7 || parts.size() > 10)
      throw malformed(where, std::to_string(parts.size())
                               + " values; write frame, id, left, top, width, "
                                 "height, judged, class, visible");
    auto frame = whole_number(trimmed(parts[0]), where);
    if (frame == 0)
      throw malformed(where, "there is no frame 0; frames are counted from 1");
    auto x = object_in(parts, out, where);
    if (x.identity != 0 && !seen.insert({frame, x.identity}).second)
      throw malformed(where, "identity " + std::to_string(x.identity)
                               + " is in frame " + std::to_string(frame)
                               + " twice; an object is in one place");
    auto left = finite_number(trimmed(parts[2]), where) - edge,
         top = finite_number(trimmed(parts[3]), where) - edge;
    out.add(frame - 1, x,
            {left, top, left + finite_number(trimmed(parts[4]), where),
             top + finite_number(trimmed(parts[5]), where)},
            where);
    last = std::max(last, frame);
  }
  if (sequence == nullptr) // all up to the last one were looked at
    out.look_at(0, last, 1, file->first);
  auto result = out.finish();
  if (labels == nullptr) { // those that are there
    result.video.labels.clear();
    list_labels(result.video);
  }
  return result;
}

/// The official number, from 1; 0: it has none.
size_t official_number(const std::string& label) {
  auto found = std::find(official.begin(), official.end(), label);
  return found == official.end() ? 0 : size_t(found - official.begin()) + 1;
}

truth_files write_mot(const marked_video& x) {
  need_size(x);
  auto theirs = std::all_of(x.labels.begin(), x.labels.end(),
                            [](auto& y) { return official_number(y) > 0; });
  auto number = [&](const std::string& label) {
    auto i = std::find(x.labels.begin(), x.labels.end(), label);
    return theirs ? official_number(label) : size_t(i - x.labels.begin()) + 1;
  };
  auto edge = theirs ? 1. : 0.;
  std::string lines;
  for (auto& [frame, objects] : x.frames)
    for (auto& y : objects) {
      auto left = double(y.where.x0) * x.width,
           top = double(y.where.y0) * x.height;
      lines += std::to_string(frame + 1) + ","
               + (y.identity == 0 ? "-1" : std::to_string(y.identity));
      for (auto v :
           {left + edge, top + edge, double(y.where.x1) * x.width - left,
            double(y.where.y1) * x.height - top})
        lines += "," + number_text(v);
      lines += std::string{y.ignored ? ",0," : ",1,"}
               + std::to_string(number(y.label)) + ","
               + number_text(double(y.visible)) + "\n";
    }
  auto length = x.frames.empty() ? 0 : x.frames.rbegin()->first + 1;
  truth_files result{
    {"gt/gt.txt", lines},
    {"seqinfo.ini", "[Sequence]\nname=video\nimDir=img1\nframeRate="
                      + number_text(x.fps > 0 ? x.fps : 30)
                      + "\nseqLength=" + std::to_string(length)
                      + "\nimWidth=" + std::to_string(x.width) + "\nimHeight="
                      + std::to_string(x.height) + "\nimExt=.jpg\n"}};
  if (!theirs)
    for (auto& y : x.labels)
      result["gt/labels.txt"] += y + "\n";
  return result;
}

} // namespace

const truth_format mot_format{
  "mot",
  "MOTChallenge, also of CVAT",
  "a folder with gt/gt.txt and seqinfo.ini",
  "which frames nobody looked at; labels that no object has, where all others "
  "are MOTChallenge's",
  [](const truth_files& x) { return file_called(x, "gt.txt") != nullptr; },
  read_mot,
  write_mot};

} // namespace vpaas
