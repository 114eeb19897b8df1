#include "runtime/pipeline/drawing.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

namespace vpaas {

namespace {

// Pixels.
constexpr int box_width = 150, box_height = 44, gap_x = 50, gap_y = 24,
              margin = 70;

std::string escaped(const std::string& text) {
  std::string result;
  for (auto c : text)
    result += c == '&'   ? "&amp;"
              : c == '<' ? "&lt;"
              : c == '"' ? "&quot;"
                         : std::string{c};
  return result;
}

/// Where boxes lie: a column is how many stages are before, the source and the
/// result included; a row belongs to one tier.
class drawing {
public:
  explicit drawing(const pipeline_plan& x) : x_(x) {
    place(home_tier, 0); // keyframes
    for (auto& y : x.stages) {
      size_t column = 1;
      for (auto i : y.from)
        column = std::max(column, column_of(i) + 1);
      columns_.push_back(column);
      last_ = std::max(last_, column + 1);
      rows_.push_back(place(y.spec.tier, column));
    }
    result_row_ = place(home_tier, last_);
  }

  std::string text() {
    auto height = 0;
    for (auto& [tier, lane] : lanes_) {
      tops_[tier] = height;
      height += lane_height(lane);
    }
    out_ << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\""
         << left(last_) + box_width + gap_x << "\" height=\"" << height
         << "\" font-family=\"sans-serif\" font-size=\"13\">\n"
            "<defs><marker id=\"tip\" markerWidth=\"8\" markerHeight=\"8\" "
            "refX=\"7\" refY=\"4\" orient=\"auto\"><path d=\"M0,0 L8,4 L0,8 "
            "z\"/></marker></defs>\n";
    for (auto& [tier, lane] : lanes_)
      out_ << "<rect y=\"" << tops_[tier] << "\" width=\"100%\" height=\""
           << lane_height(lane) << "\" fill=\""
           << (tier == home_tier ? "#eef5ee" : "#eef1f8") << "\"/>\n<text x=\""
           << 12 << "\" y=\"" << tops_[tier] + 24 << "\">" << escaped(tier)
           << "</text>\n";
    arrows();
    boxes();
    out_ << "</svg>\n";
    return out_.str();
  }

private:
  using lane = std::map<size_t, int>; ///< boxes of a column

  static int lane_height(const lane& x) {
    auto rows = 1;
    for (auto& y : x)
      rows = std::max(rows, y.second);
    return rows * (box_height + gap_y) + gap_y;
  }

  int place(const std::string& tier, size_t column) {
    return lanes_[tier][column]++;
  }

  size_t column_of(size_t stage) const {
    return stage == from_source ? 0 : columns_[stage];
  }

  std::string tier_of(size_t stage) const {
    return stage == from_source ? home_tier : x_.stages[stage].spec.tier;
  }

  static int left(size_t column) {
    return margin + int(column) * (box_width + gap_x);
  }

  int top(const std::string& tier, int row) {
    return tops_[tier] + gap_y + row * (box_height + gap_y);
  }

  int top(size_t stage) {
    return top(tier_of(stage), stage == from_source ? 0 : rows_[stage]);
  }

  void arrow(size_t from, size_t column, int y, const std::string& tier) {
    auto crosses = tier_of(from) != tier;
    auto x0 = left(column_of(from)) + box_width, x1 = left(column);
    auto y0 = top(from) + box_height / 2;
    y += box_height / 2;
    out_ << "<path d=\"M" << x0 << ',' << y0 << " C" << x0 + gap_x << ',' << y0
         << ' ' << x1 - gap_x << ',' << y << ' ' << x1 << ',' << y
         << "\" fill=\"none\" stroke=\"#333\" stroke-width=\""
         << (crosses ? 3 : 1) << "\" marker-end=\"url(#tip)\"/>\n";
  }

  void arrows() {
    for (size_t i = 0; i < x_.stages.size(); ++i)
      for (auto from : x_.stages[i].from)
        arrow(from, columns_[i], top(i), x_.stages[i].spec.tier);
    for (auto i : x_.result)
      arrow(i, last_, top(home_tier, result_row_), home_tier);
    for (auto& x : x_.without)
      arrow(x_.errands[x.second].stages.front(), last_,
            top(home_tier, result_row_), home_tier);
  }

  void box(int x, int y, const std::string& title, const std::string& below,
           bool dashed) {
    out_ << "<rect x=\"" << x << "\" y=\"" << y << "\" width=\"" << box_width
         << "\" height=\"" << box_height
         << "\" rx=\"6\" fill=\"#fff\" stroke=\"#333\""
         << (dashed ? " stroke-dasharray=\"5 4\"" : "") << "/>\n<text x=\""
         << x + 10 << "\" y=\"" << y + 19 << "\" font-weight=\"bold\">"
         << escaped(title) << "</text>\n<text x=\"" << x + 10 << "\" y=\""
         << y + 36 << "\" fill=\"#555\">" << escaped(below) << "</text>\n";
  }

  void boxes() {
    box(left(0), top(from_source), keyframes_source, "of the stream", false);
    for (size_t i = 0; i < x_.stages.size(); ++i) {
      auto& x = x_.stages[i];
      box(left(columns_[i]), top(i), x.spec.id, x.spec.function,
          x.stands_in || x.spec.optional);
    }
    box(left(last_), top(home_tier, result_row_), "result", "merge", false);
  }

  const pipeline_plan& x_;
  std::map<std::string, lane, std::greater<>> lanes_; ///< fog above cloud
  std::map<std::string, int> tops_;
  std::vector<size_t> columns_; ///< of stages
  std::vector<int> rows_;       ///< in their lane and column
  size_t last_ = 1;
  int result_row_ = 0;
  std::ostringstream out_;
};

} // namespace

std::string to_svg(const pipeline_plan& x) {
  return drawing{x}.text();
}

} // namespace vpaas
