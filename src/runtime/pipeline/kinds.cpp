#include "runtime/pipeline/kinds.hpp"

#include <algorithm>
#include <sstream>

namespace vpaas {

namespace {

struct kind_row {
  const char* name;
  bool pixels;
  bool answer;
};

constexpr kind_row kinds[] = {
  {"keyframes", true, false},      // decoded, many
  {"regions", true, false},        // a keyframe and places on it
  {"layers", true, false},         // a picture, a finer one, places on it
  {"answered_frame", true, false}, // a keyframe, and what was found if asked
  {"scene", true, false},          // a keyframe and marks to draw
  {"segment", false, false},       // compressed, of a camera
  {"chunk", false, false},         // compressed anew
  {"chunks", false, false},        //
  {"chunk_answer", false, true},   // labels, and regions without a name
  {"detections", false, true},     // all that a detector found
  {"namings", false, true},        // a name a region
};

struct join_row {
  std::vector<std::string> from;
  const char* to;
};

const std::vector<join_row>& joins() {
  static const std::vector<join_row> result{
    {{"chunks"}, "chunk"}, // one after the other
    {{"keyframes", "chunk_answer"}, "regions"},
    {{"keyframes", "chunk_answer"}, "answered_frame"},
    {{"keyframes", "keyframes", "chunk_answer"}, "layers"},
  };
  return result;
}

const kind_row* find(const std::string& kind) {
  auto i = std::find_if(std::begin(kinds), std::end(kinds),
                        [&](const kind_row& x) { return kind == x.name; });
  return i == std::end(kinds) ? nullptr : i;
}

bool wants(const std::string& wanted, const std::string& kind) {
  std::istringstream in{wanted};
  for (std::string x; std::getline(in, x, '|');)
    if (x == kind)
      return true;
  return false;
}

} // namespace

bool holds_pixels(const std::string& kind) {
  auto x = find(kind);
  return x && x->pixels;
}

bool is_answer(const std::string& kind) {
  auto x = find(kind);
  return x && x->answer;
}

bool holds_back(const std::string& kind) {
  return kind == "chunks";
}

std::string joined(const std::vector<std::string>& xs,
                   const std::string& wanted) {
  if (xs.size() == 1 && wants(wanted, xs.front()))
    return xs.front();
  for (auto& x : joins())
    if (x.from == xs && wants(wanted, x.to))
      return x.to;
  return {};
}

std::string converter(const std::string& kind) {
  return kind == "chunks" ? "chunk_decoder" : "";
}

} // namespace vpaas
