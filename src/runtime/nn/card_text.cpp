#include "runtime/nn/card.hpp"

#include "runtime/fields.hpp"
#include "runtime/utf8.hpp"

#include <algorithm>
#include <sstream>

namespace vpaas {

namespace {

void put(std::ostream& out, const char* key, const std::array<float, 3>& x) {
  out << key << " = " << x[0] << ", " << x[1] << ", " << x[2] << '\n';
}

void put(std::ostream& out, const char* key, const std::vector<float>& xs) {
  out << key << " =";
  for (auto x : xs)
    out << ' ' << x;
  out << '\n';
}

/// `x` as an INI value: no ends of lines, nothing that begins a comment, no
/// bytes that are no text.
std::string one_line(const std::string& x) {
  std::string result;
  for (size_t i = 0; i < x.size();) {
    auto n = utf8_length(x, i);
    auto control = static_cast<unsigned char>(x[i]) < ' ' || x[i] == '\x7f';
    auto comment = (x[i] == '#' || x[i] == ';')
                   && (result.empty() || result.back() == ' ');
    if (n == 0 || control || comment)
      result += '?';
    else
      result.append(x, i, n);
    i += std::max<size_t>(n, 1);
  }
  return result;
}

std::string one_word(const std::string& x) {
  auto word = one_line(x);
  std::replace_if(
    word.begin(), word.end(), [](char c) { return c == ' ' || c == ','; }, '_');
  return word.empty() ? "_" : word;
}

} // namespace

std::string to_ini(const model_card& x) {
  std::ostringstream out;
  out.precision(9);
  out << "[model]\nname = " << one_line(x.name) << "\nversion = " << x.version
      << "\ntask = " << to_string(x.task)
      << "\nengine = " << to_string(x.engine)
      << "\narchitecture = " << to_string(x.built_as)
      << "\ntype = " << to_string(x.type)
      << "\nlicence = " << one_line(x.licence)
      << "\nsource = " << one_line(x.source)
      << "\nabout = " << one_line(x.about) << "\ndepth = " << x.depth
      << "\nepsilon = " << x.epsilon << "\nmade_by = " << to_string(x.made_by)
      << "\nanchor = " << x.anchor << "\nproposals = " << x.proposals
      << "\nscale = " << x.scale << '\n';
  auto& in = x.input;
  out << "\n[input]\nwidth = " << in.width << "\nheight = " << in.height
      << "\norder = " << (in.bgr ? "bgr" : "rgb")
      << "\nfit = " << (in.letterbox ? "letterbox" : "stretch")
      << "\nmultiple = " << in.multiple << "\nmax_batch = " << in.max_batch
      << '\n';
  put(out, "mean", in.mean);
  put(out, "std", in.std);
  put(out, "pad", in.pad);
  out << "light = " << in.light << '\n';
  auto& o = x.output;
  out << "\n[output]\ndecoder = " << to_string(o.decoder)
      << "\nclasses = " << o.classes << "\nnames =";
  for (auto& name : x.labels)
    out << ' ' << one_word(name);
  out << "\nscore = " << o.limits.score << "\nnms = " << o.limits.nms
      << "\nmax_boxes = " << o.limits.max_boxes << "\nfeature = " << o.feature
      << "\nprobability = " << o.probability << "\n\n[regions]\n";
  for_each_field(x.regions, [&](const char* name, float value) {
    out << name << " = " << value << '\n';
  });
  for (auto& level : o.priors) {
    out << "\n[prior." << level.step << "]\n";
    put(out, "widths", level.widths);
    put(out, "heights", level.heights);
  }
  for (auto& file : x.files)
    out << "\n[file." << file.role << "]\nname = " << one_line(file.name)
        << "\nsha256 = " << (file.sha256.empty() ? "any" : file.sha256)
        << "\nbytes = " << file.bytes << "\nurl = " << one_line(file.url)
        << '\n';
  return out.str();
}

} // namespace vpaas
