// Finds what moves: blocks of the picture whose brightness differs from the
// keyframe before, joined to boxes.
//
//   c++ -std=c++17 -O2 -fPIC -shared -Iinclude -o motion.so
//     config/functions/motion.cpp

#include <vpaas/function.hpp>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace {

constexpr int side = 16; // of a block, samples

class motion : public vpaas::function {
public:
  /// @param options the least mean difference that is motion, levels; empty: 12
  explicit motion(const std::string& options)
    : least_(options.empty() ? 12 : std::stoi(options)) {
    // nop
  }

  void apply(const vpaas::input& in, vpaas::output& out) override {
    auto& x = in.frame();
    columns_ = x.width / side, rows_ = x.height / side;
    std::vector<uint8_t> now;
    now.reserve(size_t(x.width) * size_t(x.height));
    for (int row = 0; row < x.height; ++row)
      now.insert(now.end(), in.luma(row), in.luma(row) + x.width);
    if (now.size() == before_.size()) {
      find(now, x.width);
      answer(out);
    }
    before_.swap(now);
  }

private:
  void find(const std::vector<uint8_t>& now, int width) {
    moves_.assign(size_t(columns_) * size_t(rows_), 0);
    std::vector<int> sums;
    for (int block = 0; block < rows_; ++block) {
      sums.assign(size_t(columns_), 0);
      for (int row = block * side; row < (block + 1) * side; ++row) {
        auto a = now.data() + size_t(row) * size_t(width);
        auto b = before_.data() + size_t(row) * size_t(width);
        for (int i = 0; i < columns_; ++i)
          for (int k = i * side; k < (i + 1) * side; ++k)
            sums[size_t(i)] += std::abs(a[k] - b[k]);
      }
      for (int i = 0; i < columns_; ++i)
        moves_[at(i, block)] = sums[size_t(i)] >= least_ * side * side;
    }
  }

  /// One box for blocks that touch each other.
  void answer(vpaas::output& out) {
    for (int row = 0; row < rows_; ++row)
      for (int column = 0; column < columns_; ++column) {
        if (!take(column, row))
          continue;
        int x0 = column, y0 = row, x1 = column, y1 = row;
        std::vector<std::pair<int, int>> left{{column, row}};
        while (!left.empty()) {
          auto [x, y] = left.back();
          left.pop_back();
          x0 = std::min(x0, x), x1 = std::max(x1, x);
          y0 = std::min(y0, y), y1 = std::max(y1, y);
          for (auto [dx, dy] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}})
            if (take(x + dx, y + dy))
              left.push_back({x + dx, y + dy});
        }
        out.add({float(x0) / float(columns_), float(y0) / float(rows_),
                 float(x1 + 1) / float(columns_), float(y1 + 1) / float(rows_)},
                "motion", 1);
      }
  }

  bool take(int x, int y) {
    if (x < 0 || y < 0 || x >= columns_ || y >= rows_
        || !moves_[at(x, y)])
      return false;
    moves_[at(x, y)] = 0;
    return true;
  }

  size_t at(int x, int y) const {
    return size_t(y) * size_t(columns_) + size_t(x);
  }

  int least_;
  int columns_ = 0, rows_ = 0;
  std::vector<uint8_t> before_;
  std::vector<uint8_t> moves_;
};

} // namespace

VPAAS_FUNCTION(motion, "motion", "finds what differs from the keyframe before")
