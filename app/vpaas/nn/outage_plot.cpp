#include "outage_plot.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace vpaas {

namespace {

constexpr double left = 70, right = 700, panel = 190, gap = 50, top = 40;

std::string text(double x, double y, const std::string& what,
                 const char* more = "") {
  char line[400];
  std::snprintf(line, sizeof line, "<text x='%.1f' y='%.1f' %s>%s</text>\n", x,
                y, more, what.c_str());
  return line;
}

std::string stroke(double x1, double y1, double x2, double y2,
                   const char* style) {
  char line[300];
  std::snprintf(line, sizeof line,
                "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' %s/>\n", x1, y1,
                x2, y2, style);
  return line;
}

/// One panel: axes, grid and a line for each curve.
class panel_of {
public:
  panel_of(double y, double seconds, double high, std::string title)
    : y_(y), seconds_(seconds), high_(high), title_(std::move(title)) {
    // nop
  }

  double x_of(double t) const {
    return left + (right - left) * t / seconds_;
  }

  double y_of(double value) const {
    return y_ + panel * (1 - std::clamp(value / high_, 0., 1.));
  }

  std::string frame(double down, double up) const {
    char box[300];
    std::snprintf(box, sizeof box,
                  "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' "
                  "fill='#eee'/>\n",
                  x_of(down), y_, x_of(up) - x_of(down), panel);
    auto result = box + text(left, y_ - 8, title_, "font-weight='bold'");
    for (int i = 0; i <= 4; ++i) {
      char label[20];
      auto value = high_ * i / 4;
      std::snprintf(label, sizeof label, "%.2g", value);
      result += stroke(left, y_of(value), right, y_of(value), "stroke='#ccc'")
                + text(left - 8, y_of(value) + 4, label, "text-anchor='end'");
    }
    for (double t = 0; t <= seconds_; t += 5)
      result += text(x_of(t), y_ + panel + 18, std::to_string(int(t)),
                     "text-anchor='middle'");
    return result;
  }

  /// A line through the points that have a value, broken where one has none.
  template <class F>
  std::string line(const outage_curve& x, F value) const {
    std::string result, points;
    auto flush = [&] {
      if (!points.empty())
        result += "<polyline fill='none' stroke='" + x.color
                  + "' stroke-width='2.5' points='" + points + "'/>\n";
      points.clear();
    };
    for (auto& p : x.points) {
      auto y = value(p);
      char pair[50];
      std::snprintf(pair, sizeof pair, "%.1f,%.1f ", x_of(p.at), y_of(y));
      y < 0 ? flush() : void(points += pair);
    }
    flush();
    return result;
  }

private:
  double y_, seconds_, high_;
  std::string title_;
};

} // namespace

caf::error plot_outage(const std::vector<outage_curve>& curves, double down,
                       double up, const std::string& path) {
  double seconds = up, slowest = 1;
  for (auto& x : curves)
    for (auto& p : x.points) {
      seconds = std::max(seconds, p.at);
      slowest = std::max(slowest, p.delay);
    }
  panel_of delay{top + 20, seconds, slowest, "response delay in seconds"};
  panel_of f1{top + 20 + panel + gap, seconds, 1, "F1"};
  std::ofstream out{path};
  out << "<svg xmlns='http://www.w3.org/2000/svg' width='740' height='"
      << int(top + 2 * panel + gap + 90)
      << "' font-family='sans-serif' font-size='13'>\n"
         "<rect width='100%' height='100%' fill='white'/>\n";
  double x = left;
  for (auto& curve : curves) {
    auto style = "stroke-width='3' stroke='" + curve.color + "'";
    out << stroke(x, 22, x + 30, 22, style.c_str())
        << text(x + 36, 26, curve.name);
    x += 300;
  }
  out << delay.frame(down, up) << f1.frame(down, up);
  for (auto& curve : curves)
    out << delay.line(curve, [](auto& p) { return p.delay; })
        << f1.line(curve, [](auto& p) { return p.f1; });
  out << text((left + right) / 2, top + 2 * panel + gap + 70,
              "seconds; grey: the cloud is gone", "text-anchor='middle'")
      << "</svg>\n";
  out.close();
  return out ? caf::error{}
             : caf::make_error(ec::io, "failed to write " + path
                                         + "; check the folder");
}

} // namespace vpaas
