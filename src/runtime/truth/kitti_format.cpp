// KITTI tracking. Source: readme.txt of its devkit_tracking: frame and track
// from 0, type, truncated, occluded (0 to 3), alpha, four corners in pixels
// from 0, three sizes, three places, rotation, and of detections a score.
// "DontCare" are places that nobody judges.

#include "runtime/truth/formats.hpp"
#include "runtime/truth/truth_reader.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace vpaas {

namespace {

constexpr size_t columns = 17; ///< 18 with a score

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in{line};
  std::vector<std::string> result;
  for (std::string x; in >> x;)
    result.push_back(x);
  return result;
}

bool looks_like_it(const truth_files& files) {
  auto file = text_file(files, ".txt");
  if (file == nullptr)
    return false;
  auto lines = lines_of(file->second);
  if (lines.empty())
    return false;
  auto words = words_of(lines[0]);
  return (words.size() == columns || words.size() == columns + 1)
         && words[2].find_first_of("0123456789.") == std::string::npos;
}

/// What its four words for "how hidden" stand for: none, partly, largely,
/// unknown.
float visible_of(const std::string& word, const std::string& where) {
  constexpr std::array shares{1.f, .75f, .25f, 1.f};
  auto number = whole_number(word, where);
  if (number >= shares.size())
    throw malformed(where, "occluded is " + word + "; write 0, 1, 2 or 3");
  return shares[number];
}

marked_object object_in(const std::vector<std::string>& words,
                        const std::string& where) {
  marked_object x;
  x.label = words[2];
  x.ignored = words[2] == "DontCare";
  if (x.ignored)
    return x; // its track and how hidden it is are -1
  x.identity = whole_number(words[1], where) + 1;
  x.visible = visible_of(words[4], where);
  return x;
}

read_truth_result read_kitti(const truth_files& files,
                             const truth_reading& how) {
  auto file = text_file(files, ".txt");
  if (file == nullptr)
    throw malformed("", "there is no text file; name one of label_02");
  truth_reader out{how};
  out.need_size(file->first, "give it with --size=WIDTHxHEIGHT");
  uint64_t number = 0, frames = 0;
  for (auto& line : lines_of(file->second)) {
    auto where = file->first + ", line " + std::to_string(++number);
    auto words = words_of(line);
    if (words.size() != columns && words.size() != columns + 1)
      throw malformed(where, std::to_string(words.size())
                               + " values; write the 17 of KITTI tracking");
    auto frame = whole_number(words[0], where);
    auto corner = [&](size_t i) { return finite_number(words[i], where); };
    out.add(frame, object_in(words, where),
            {corner(6), corner(7), corner(8), corner(9)}, where);
    frames = std::max(frames, frame + 1);
  }
  out.look_at(0, frames, 1, file->first);
  auto result = out.finish();
  list_labels(result.video);
  return result;
}

} // namespace

const truth_format kitti_format{"kitti",
                                "KITTI tracking",
                                "a file of label_02",
                                "all of it: it is only read",
                                looks_like_it,
                                read_kitti,
                                nullptr};

} // namespace vpaas
