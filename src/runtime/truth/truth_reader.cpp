#include "runtime/truth/truth_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace vpaas {

namespace {

constexpr uint64_t most_frames = 20'000'000; // a week at 30 a second
constexpr uint64_t most_boxes = 20'000'000;
constexpr double most_pixels = 65'536;

double between(double a, double b, double share) {
  return a + (b - a) * share;
}

pixel_box between(const pixel_box& a, const pixel_box& b, double share) {
  return {between(a.x0, b.x0, share), between(a.y0, b.y0, share),
          between(a.x1, b.x1, share), between(a.y1, b.y1, share)};
}

} // namespace

pixel_box turned(const pixel_box& x, double degrees, double pivot) {
  constexpr double radians = 0.017453292519943295;
  auto c = std::cos(degrees * radians), s = std::sin(degrees * radians);
  auto px = between(x.x0, x.x1, pivot), py = between(x.y0, x.y1, pivot);
  pixel_box result{px, py, px, py};
  auto first = true;
  for (auto corner : {std::pair{x.x0, x.y0}, std::pair{x.x1, x.y0},
                      std::pair{x.x0, x.y1}, std::pair{x.x1, x.y1}}) {
    auto dx = corner.first - px, dy = corner.second - py;
    auto at_x = px + dx * c - dy * s, at_y = py + dx * s + dy * c;
    result
      = first ? pixel_box{at_x, at_y, at_x, at_y}
              : pixel_box{std::min(result.x0, at_x), std::min(result.y0, at_y),
                          std::max(result.x1, at_x), std::max(result.y1, at_y)};
    first = false;
  }
  return result;
}

truth_reader::truth_reader(const truth_reading& how) {
  out_.video.width = how.width;
  out_.video.height = how.height;
  out_.video.fps = how.fps;
  out_.video.partial = true;
}

void truth_reader::size(double width, double height, const std::string& where) {
  auto& x = out_.video;
  auto fits = [](double y) {
    return y >= 1 && y <= most_pixels && y == std::floor(y);
  };
  if (!fits(width) || !fits(height))
    throw malformed(where, "no picture is " + number_text(width) + "x"
                             + number_text(height)
                             + "; write whole pixels from 1 to 65536");
  if (x.width != 0 && (x.width != width || x.height != height))
    throw malformed(where, "the picture is " + number_text(width) + "x"
                             + number_text(height) + ", another is "
                             + std::to_string(x.width) + "x"
                             + std::to_string(x.height)
                             + "; a video has one size: export its own frames");
  x.width = uint32_t(width);
  x.height = uint32_t(height);
}

void truth_reader::fps(double x) {
  if (out_.video.fps == 0 && std::isfinite(x) && x > 0)
    out_.video.fps = x;
}

void truth_reader::need_size(const std::string& where,
                             const std::string& remedy) const {
  if (out_.video.width == 0)
    throw malformed(where, "the size of the picture is missing; " + remedy);
}

void truth_reader::label(const std::string& name, const std::string& where) {
  auto& known = out_.video.labels;
  if (name.empty())
    throw malformed(where, "a label has no name; name it");
  if (std::find(known.begin(), known.end(), name) != known.end())
    throw malformed(where,
                    "the label \"" + name + "\" is there twice; leave one out");
  known.push_back(name);
}

const std::string& truth_reader::label_at(double number,
                                          const std::string& where) const {
  auto& known = out_.video.labels;
  if (!(number >= 0) || number != std::floor(number)
      || number >= double(known.size()))
    throw malformed(where, "there is no label " + number_text(number)
                             + "; allowed: 0 to "
                             + std::to_string(int64_t(known.size()) - 1));
  return known[size_t(number)];
}

void truth_reader::look_at(uint64_t frame, const std::string& where) {
  out_.video.frames[frame];
  if (out_.video.frames.size() > most_frames || frame > most_frames)
    throw malformed(where, "frame " + std::to_string(frame)
                             + " is too many; allowed: below "
                             + std::to_string(most_frames));
}

void truth_reader::look_at(uint64_t start, uint64_t count, uint64_t step,
                           const std::string& where) {
  if (step == 0 || step > most_frames || count > most_frames
      || start > most_frames)
    throw malformed(where, std::to_string(count) + " frames, each "
                             + std::to_string(step)
                             + "th, are no video; write whole numbers below "
                             + std::to_string(most_frames));
  for (uint64_t i = 0; i < count; ++i)
    look_at(start + i * step, where);
}

std::vector<uint64_t> truth_reader::looked_at(uint64_t from,
                                              uint64_t to) const {
  std::vector<uint64_t> result;
  auto& all = out_.video.frames;
  for (auto i = all.lower_bound(from); i != all.end() && i->first < to; ++i)
    result.push_back(i->first);
  return result;
}

void truth_reader::add(uint64_t frame, marked_object x, const pixel_box& p,
                       const std::string& where) {
  auto w = double(out_.video.width), h = double(out_.video.height);
  add_share(frame, std::move(x), {p.x0 / w, p.y0 / h, p.x1 / w, p.y1 / h},
            where);
}

void truth_reader::add_share(uint64_t frame, marked_object x,
                             const pixel_box& p, const std::string& where) {
  for (auto y : {p.x0, p.y0, p.x1, p.y1})
    if (!std::isfinite(y))
      throw malformed(where, "a corner of the box is no number; draw it anew");
  if (p.x1 < p.x0 || p.y1 < p.y0)
    throw malformed(where, "the box ends before it begins; write left, top, "
                           "right, bottom, or a width and height from 0");
  if (x.label.empty())
    throw malformed(where, "the box has no label; give it one");
  if (++boxes_ > most_boxes)
    throw malformed(where, "there are more than " + std::to_string(most_boxes)
                             + " boxes; split the video");
  look_at(frame, where);
  auto cut = [](double y) { return float(std::clamp(y, 0., 1.)); };
  x.where = {cut(p.x0), cut(p.y0), cut(p.x1), cut(p.y1)};
  if (x.where.x1 <= x.where.x0 || x.where.y1 <= x.where.y0)
    return leave_out("boxes of which nothing lies in the picture");
  out_.video.frames[frame].push_back(std::move(x));
}

void truth_reader::leave_out(const std::string& what, uint64_t count) {
  if (count > 0)
    out_.left_out[what] += count;
}

read_truth_result truth_reader::finish() {
  list_labels(out_.video);
  return std::move(out_);
}

void add_track(truth_reader& out, const marked_object& what,
               std::vector<track_box> boxes, uint64_t to, bool shares,
               const std::string& where) {
  std::stable_sort(boxes.begin(), boxes.end(),
                   [](auto& a, auto& b) { return a.frame < b.frame; });
  auto add = [&](uint64_t frame, const track_box& like, const pixel_box& at) {
    auto x = what;
    x.visible = like.visible;
    x.ignored = x.ignored || like.ignored;
    shares ? out.add_share(frame, x, at, where) : out.add(frame, x, at, where);
  };
  for (size_t i = 0; i < boxes.size(); ++i) {
    auto& a = boxes[i];
    auto last = i + 1 == boxes.size();
    if (!last && boxes[i + 1].frame == a.frame)
      throw malformed(where, "frame " + std::to_string(a.frame)
                               + " is there twice; one object has one box in "
                                 "a frame");
    if (a.shown)
      add(a.frame, a, a.where);
    auto end = last ? to : boxes[i + 1].frame;
    if (!a.goes_on)
      continue;
    for (auto n : out.looked_at(a.frame + 1, end))
      add(n, a,
          last || !boxes[i + 1].shown
            ? a.where
            : between(a.where, boxes[i + 1].where,
                      double(n - a.frame) / double(end - a.frame)));
  }
}

// -- texts --------------------------------------------------------------------

uint64_t whole_number(const std::string& text, const std::string& where) {
  uint64_t result = 0;
  auto end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data(), end, result);
  if (failed != std::errc{} || at != end || text.empty())
    throw malformed(where, "\"" + text
                             + "\" is not allowed; write a whole number "
                               "from 0");
  return result;
}

double finite_number(const std::string& text, const std::string& where) {
  double result = 0;
  auto end = text.data() + text.size();
  auto [at, failed] = std::from_chars(text.data(), end, result);
  if (failed != std::errc{} || at != end || !std::isfinite(result))
    throw malformed(where, "\"" + text + "\" is not allowed; write a number");
  return result;
}

std::string number_text(double x) {
  char text[64];
  auto [end, failed] = std::to_chars(text, text + sizeof text, x);
  return failed == std::errc{} ? std::string(text, end) : "?";
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> result{""};
  for (auto c : text)
    if (c == separator)
      result.emplace_back();
    else
      result.back() += c;
  return result;
}

std::vector<std::string> lines_of(const std::string& text) {
  auto bom = text.rfind("\xEF\xBB\xBF", 0) == 0 ? size_t{3} : 0;
  auto result = parts_of(text.substr(bom), '\n');
  for (auto& x : result)
    if (!x.empty() && x.back() == '\r')
      x.pop_back();
  while (!result.empty() && trimmed(result.back()).empty())
    result.pop_back();
  return result;
}

bool is_called(const std::string& path, const std::string& name) {
  auto tail = "/" + name;
  return path == name
         || (path.size() > tail.size()
             && path.compare(path.size() - tail.size(), tail.size(), tail)
                  == 0);
}

const truth_files::value_type* file_called(const truth_files& files,
                                           const std::string& name) {
  for (auto& x : files)
    if (is_called(x.first, name))
      return &x;
  return nullptr;
}

const truth_files::value_type* file_ending(const truth_files& files,
                                           const std::string& ending) {
  for (auto& x : files)
    if (x.first.size() > ending.size()
        && x.first.compare(x.first.size() - ending.size(), ending.size(),
                           ending)
             == 0)
      return &x;
  return nullptr;
}

const truth_files::value_type* text_file(const truth_files& files,
                                         const std::string& ending) {
  return files.size() == 1 ? &*files.begin() : file_ending(files, ending);
}

std::string trimmed(const std::string& text) {
  auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  size_t from = 0, to = text.size();
  while (from < to && is_blank(text[from]))
    ++from;
  while (to > from && is_blank(text[to - 1]))
    --to;
  if (to - from > 1 && text[from] == text[to - 1]
      && (text[from] == '"' || text[from] == '\'')) {
    ++from;
    --to;
  }
  return text.substr(from, to - from);
}

uint64_t frame_in_name(const std::string& path, const truth_reading& how,
                       const std::string& where) {
  auto slash = path.find_last_of("/\\");
  auto name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  name = name.substr(0, name.rfind('.'));
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  auto end = name.size();
  while (end > 0 && !is_digit(name[end - 1]))
    --end;
  auto begin = end;
  while (begin > 0 && is_digit(name[begin - 1]))
    --begin;
  if (begin == end)
    throw malformed(where, "\"" + path
                             + "\" has no number that says which frame it is; "
                               "name pictures as frame_000015.png");
  auto number = whole_number(name.substr(begin, end - begin), where);
  if (number < how.first)
    throw malformed(where, "\"" + path + "\" comes before the first frame, "
                             + std::to_string(how.first)
                             + "; give the number of the first with --first");
  return number - how.first;
}

std::string frame_name(uint64_t frame, const std::string& ending) {
  char text[40];
  std::snprintf(text, sizeof text, "frame_%06llu",
                static_cast<unsigned long long>(frame));
  return text + ending;
}

void need_size(const marked_video& x) {
  if (x.width == 0 || x.height == 0)
    throw malformed("", "the size of the picture is not known; give it with "
                        "--size=WIDTHxHEIGHT");
}

uint64_t step_of(const marked_video& x) {
  if (x.frames.size() < 2)
    return 1;
  auto first = x.frames.begin()->first, last = x.frames.rbegin()->first;
  auto result = (last - first) / (x.frames.size() - 1);
  auto n = first;
  for (auto& y : x.frames) {
    if (y.first != n)
      throw malformed("frame " + std::to_string(y.first),
                      "frames are not as far from each other as all others; "
                      "write cvat-images, coco or yolo");
    n += result;
  }
  return result;
}

} // namespace vpaas
