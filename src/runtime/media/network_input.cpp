#include "runtime/media/network_input.hpp"

#include "runtime/media/pixel_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

namespace vpaas {

namespace {

// Levels per unit of a kernel's sum: 64 of the blend, 16384 of the weights.
constexpr float unit = 1.0f / (64 * 16384);

// Twice the second-level cache of the processors that have AVX-512.
constexpr size_t past_caches_from = 4 << 20;

/// Pixels of a frame, from the first to the one behind the last.
struct rectangle {
  int x0, y0, x1, y1;
};

/// How outputs of one axis lie over the samples of one plane.
struct axis {
  int from;           ///< first sample of the plane that may be used
  int size;           ///< samples that may be used
  double step, start; ///< output i is at start + i * step, from `from`
};

axis luma_axis(int from, int to, int outputs) {
  auto step = static_cast<double>(to - from) / outputs;
  return {from, to - from, step, step / 2 - 0.5};
}

// A chroma sample lies between the two pixels that it colours.
axis chroma_axis(int from, int to, int outputs) {
  auto step = static_cast<double>(to - from) / outputs;
  auto first = from / 2;
  return {first, (to + 1) / 2 - first, step / 2,
          (from + step / 2) / 2 - 0.5 - first};
}

/// Left neighbour of output i, and the share of the right one.
std::pair<int, double> neighbours(const axis& a, int i) {
  auto at = std::clamp(a.start + i * a.step, 0.0, a.size - 1.0);
  auto left = std::min(static_cast<int>(at), std::max(a.size - 2, 0));
  return {left, at - left};
}

void fill(taps& t, const axis& a, int outputs) {
  auto groups = static_cast<size_t>((outputs + lanes - 1) / lanes);
  auto padded = groups * lanes;
  t.index.resize(padded);
  t.weights.resize(padded);
  t.base.resize(groups);
  t.places.resize(2 * padded);
  t.spread = false;
  for (size_t i = 0; i < padded; ++i) {
    auto n = std::min(static_cast<int>(i), outputs - 1);
    auto [left, share] = neighbours(a, n);
    auto right = static_cast<uint32_t>(std::lround(share * 16384));
    t.index[i] = left;
    t.weights[i] = right << 16 | (16384 - right);
    auto& base = t.base[i / lanes];
    if (i % lanes == 0)
      base = left;
    t.places[2 * i] = static_cast<uint16_t>(left - base);
    t.places[2 * i + 1] = static_cast<uint16_t>(left - base + 1);
    t.spread = t.spread || left - base + 1 >= 64;
  }
}

// ITU-R BT.601, BT.709 and BT.2020: shares of red and blue in luma.
std::pair<double, double> luma_shares(color_matrix x) {
  switch (x) {
    case color_matrix::bt601:
      return {0.299, 0.114};
    case color_matrix::bt709:
      return {0.2126, 0.0722};
    default:
      return {0.2627, 0.0593};
  }
}

color_transform transform(const color_space& color, const input_spec& spec) {
  auto [kr, kb] = luma_shares(color.matrix);
  auto kg = 1 - kr - kb;
  auto y_gain = color.full_range ? 1.0 : 255.0 / 219;
  auto c_gain = color.full_range ? 1.0 : 255.0 / 224;
  auto black = color.full_range ? 0.0 : 16.0;
  // Rows: red, green, blue; columns: u, v.
  std::array<std::array<double, 2>, 3> rgb{
    {{0, 2 * (1 - kr)},
     {-2 * kb * (1 - kb) / kg, -2 * kr * (1 - kr) / kg},
     {2 * (1 - kb), 0}}};
  color_transform result{};
  for (size_t k = 0; k < 3; ++k) {
    auto& row = rgb[spec.channels == channel_order::rgb ? k : 2 - k];
    auto u = row[0] * c_gain;
    auto v = row[1] * c_gain;
    auto s = static_cast<double>(spec.scale[k]);
    auto level = -black * y_gain - 128 * (u + v);
    result.of_y[k] = static_cast<float>(y_gain * s) * unit;
    result.of_u[k] = static_cast<float>(u * s) * unit;
    result.of_v[k] = static_cast<float>(v * s) * unit;
    result.offset[k] = static_cast<float>((level - spec.mean[k]) * s);
    auto darkest = (0 - spec.mean[k]) * spec.scale[k];
    auto brightest = (255 - spec.mean[k]) * spec.scale[k];
    result.low[k] = std::min(darkest, brightest);
    result.high[k] = std::max(darkest, brightest);
  }
  return result;
}

// Less of a pixel than this is rounding of the box.
constexpr float sliver = 1.0f / 1024;

rectangle pixels_of(const box& b, int width, int height) {
  auto first = [](float t, int side) {
    auto at = std::floor(t * static_cast<float>(side) + sliver);
    return static_cast<int>(std::clamp(at, 0.f, static_cast<float>(side - 1)));
  };
  auto last = [](float t, int side, int from) {
    auto at = std::ceil(t * static_cast<float>(side) - sliver);
    return static_cast<int>(
      std::clamp(at, static_cast<float>(from + 1), static_cast<float>(side)));
  };
  auto x0 = first(b.x0, width);
  auto y0 = first(b.y0, height);
  return {x0, y0, last(b.x1, width, x0), last(b.y1, height, y0)};
}

} // namespace

placement place(const input_spec& spec, int width, int height) {
  auto w = static_cast<float>(spec.width);
  auto h = static_cast<float>(spec.height);
  if (spec.how == fit::stretch)
    return {0, 0, w, h};
  auto scale = std::min(w / static_cast<float>(width),
                        h / static_cast<float>(height));
  auto side = [scale](int x, float limit) {
    return std::clamp(std::round(static_cast<float>(x) * scale), 1.f, limit);
  };
  placement result{0, 0, side(width, w), side(height, h)};
  if (spec.how == fit::letterbox_center) {
    result.x = std::floor((w - result.width) / 2);
    result.y = std::floor((h - result.height) / 2);
  }
  return result;
}

size_t input_bytes(const input_spec& spec) {
  auto samples = static_cast<size_t>(spec.width)
                 * static_cast<size_t>(spec.height) * 3;
  return samples * (spec.type == sample_type::f32 ? 4 : 2);
}

struct input_writer::impl {
  input_spec spec;
  const pixel_kernels* work;
  std::array<float, 3> pad{};
  // Tables of the last whole frame's shape, and of a crop.
  int known_width = 0;
  int known_height = 0;
  taps luma_x, chroma_x;
  // One row: blended samples of Y, U, V; channels; channels as bfloat16.
  std::array<std::vector<int16_t>, 3> blended;
  std::array<std::vector<float>, 3> row;
  std::array<std::vector<uint16_t>, 3> row16;

  placement write(const frame& x, const rectangle& from, uint8_t* out);
  void blend(const plane& from, const axis& across, const axis& down, int y,
             std::vector<int16_t>& to) const;
  void store(int y, uint8_t* out);
  void pad_rows(int from, int to, uint8_t* out);
  bool direct(int columns) const;
};

// Interpolates between the two rows of `from` that output row `y` lies between.
void input_writer::impl::blend(const plane& from, const axis& across,
                               const axis& down, int y,
                               std::vector<int16_t>& to) const {
  auto [above, share] = neighbours(down, y);
  auto below = std::min(above + 1, down.size - 1);
  auto samples = [&](int i) {
    return from.data + (down.from + i) * from.stride + across.from;
  };
  auto weight = static_cast<int>(std::lround(share * 32768));
  work->blend(samples(above), samples(below), std::min(weight, 32767),
              across.size, to.data());
}

// Whether kernels may write rows of the result in place: they write a multiple
// of `lanes`.
bool input_writer::impl::direct(int columns) const {
  return spec.type == sample_type::f32 && spec.layout == tensor_layout::nchw
         && columns == spec.width && columns % lanes == 0;
}

placement input_writer::impl::write(const frame& x, const rectangle& from,
                                    uint8_t* out) {
  auto where = place(spec, from.x1 - from.x0, from.y1 - from.y0);
  auto columns = static_cast<int>(where.width);
  auto rows = static_cast<int>(where.height);
  auto left = static_cast<int>(where.x);
  auto top = static_cast<int>(where.y);
  auto luma_across = luma_axis(from.x0, from.x1, columns);
  auto luma_down = luma_axis(from.y0, from.y1, rows);
  auto chroma_across = chroma_axis(from.x0, from.x1, columns);
  auto chroma_down = chroma_axis(from.y0, from.y1, rows);
  auto whole = from.x0 == 0 && from.x1 == x.width();
  if (!whole || known_width != x.width() || known_height != x.height()) {
    fill(luma_x, luma_across, columns);
    fill(chroma_x, chroma_across, columns);
    known_width = whole ? x.width() : 0;
    known_height = whole && from.y1 - from.y0 == x.height() ? x.height() : 0;
  }
  for (size_t i = 0; i < 3; ++i) {
    auto size = (i == 0 ? luma_across : chroma_across).size + overrun;
    if (blended[i].size() < static_cast<size_t>(size))
      blended[i].resize(static_cast<size_t>(size));
  }
  auto color = transform(x.info().color, spec);
  std::array planes{x.component(0), x.component(1), x.component(2)};
  auto in_place = direct(columns);
  auto large = input_bytes(spec) >= past_caches_from;
  auto plane_samples = static_cast<size_t>(spec.width)
                       * static_cast<size_t>(spec.height);
  pad_rows(0, top, out);
  for (int y = 0; y < rows; ++y) {
    row_job job{{}, &luma_x, &chroma_x, &color, columns, {}, in_place && large};
    for (size_t i = 0; i < 3; ++i) {
      blend(planes[i], i == 0 ? luma_across : chroma_across,
            i == 0 ? luma_down : chroma_down, y, blended[i]);
      job.rows[i] = blended[i].data();
      job.channels[i] = in_place
                          ? reinterpret_cast<float*>(out) + i * plane_samples
                              + static_cast<size_t>(y + top)
                                  * static_cast<size_t>(spec.width)
                          : row[i].data() + left;
    }
    work->convert(job);
    if (in_place)
      continue;
    for (size_t i = 0; i < 3; ++i) {
      std::fill_n(row[i].begin(), left, pad[i]);
      std::fill(row[i].begin() + left + columns, row[i].end(), pad[i]);
    }
    store(y + top, out);
  }
  pad_rows(top + rows, spec.height, out);
  work->finish();
  return where;
}

// Brings the row in `row` to its place in the result.
void input_writer::impl::store(int y, uint8_t* out) {
  auto w = static_cast<size_t>(spec.width);
  auto h = static_cast<size_t>(spec.height);
  auto put = [&](auto* to, const auto& from) {
    if (spec.layout == tensor_layout::nchw) {
      for (size_t k = 0; k < 3; ++k)
        std::memcpy(to + k * w * h + static_cast<size_t>(y) * w, from[k].data(),
                    w * sizeof *to);
      return;
    }
    to += static_cast<size_t>(y) * w * 3;
    for (size_t i = 0; i < w; ++i)
      for (size_t k = 0; k < 3; ++k)
        to[3 * i + k] = from[k][i];
  };
  if (spec.type == sample_type::f32)
    return put(reinterpret_cast<float*>(out), row);
  auto* to = reinterpret_cast<uint16_t*>(out);
  auto planar = spec.layout == tensor_layout::nchw;
  for (size_t k = 0; k < 3; ++k)
    work->to_bf16(row[k].data(), spec.width,
                  planar ? to + (k * h + static_cast<size_t>(y)) * w
                         : row16[k].data());
  if (!planar)
    put(to, row16);
}

void input_writer::impl::pad_rows(int from, int to, uint8_t* out) {
  if (from >= to)
    return;
  for (size_t k = 0; k < 3; ++k)
    std::fill(row[k].begin(), row[k].end(), pad[k]);
  for (int y = from; y < to; ++y)
    store(y, out);
}

input_writer::input_writer(input_spec spec, instruction_set use)
  : impl_(std::make_unique<impl>()) {
  auto& st = *impl_;
  st.spec = spec;
  st.work = &kernels(use);
  for (size_t k = 0; k < 3; ++k) {
    st.pad[k] = (spec.pad[k] - spec.mean[k]) * spec.scale[k];
    st.row[k].resize(static_cast<size_t>(spec.width) + lanes);
    st.row16[k].resize(static_cast<size_t>(spec.width) + lanes);
  }
}

input_writer::input_writer(input_writer&&) noexcept = default;

input_writer& input_writer::operator=(input_writer&&) noexcept = default;

input_writer::~input_writer() = default;

const input_spec& input_writer::spec() const {
  return impl_->spec;
}

placement input_writer::write(const frame& x, void* out) {
  return impl_->write(x, {0, 0, x.width(), x.height()},
                      static_cast<uint8_t*>(out));
}

std::vector<placement>
input_writer::write(const frame& x, const std::vector<box>& boxes, void* out) {
  std::vector<placement> result;
  auto* to = static_cast<uint8_t*>(out);
  for (auto& b : boxes) {
    result.push_back(impl_->write(x, pixels_of(b, x.width(), x.height()), to));
    to += input_bytes(impl_->spec);
  }
  return result;
}

} // namespace vpaas
