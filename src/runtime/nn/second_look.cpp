#include "runtime/nn/second_look.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// Below this the detector's boxes are noise.
constexpr float least_score = .03f;

card_input on_grid(card_input x, const second_look_config& config) {
  x.width = config.width;
  x.height = config.height;
  x.letterbox = true; // one scale for both axes
  return x;
}

bool contains(const std::vector<std::string>& xs, const std::string& x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

/// Whether a region may be one of the labels that matter. Where nobody says
/// what its hint stands for, it may.
bool worth_a_look(const region& x, const std::vector<std::string>& names,
                  const std::vector<std::string>& labels) {
  auto known = x.hint >= 0 && size_t(x.hint) < names.size();
  return labels.empty() || !known || contains(labels, names[size_t(x.hint)]);
}

/// A picture on the grid, in whole pixels, and what is worth a look.
wanted_picture wanted(const look_request& x, const second_look_config& config) {
  if (x.regions.empty())
    return {};
  auto w = float(x.picture.width()), h = float(x.picture.height());
  auto scale = std::min(float(config.width) / w, float(config.height) / h);
  wanted_picture result{int(w * scale), int(h * scale), {}, x.budget};
  for (auto& region : x.regions)
    result.places.push_back(
      {region.where,
       worth_a_look(region, x.names, config.labels) ? region.hint_score : -1});
  return result;
}

/// A batch of one page, all in the colour that stands beside pictures.
void blank(input_batch& page, const card_input& how, int width, int height) {
  page.resize(1, height, width);
  page.content = {{0, 0, float(width), float(height)}};
  for (size_t i = 0; i < page.values.size(); ++i)
    page.values[i] = (how.pad[i % 3] - how.mean[i % 3]) / how.std[i % 3];
}

/// Copies the part of a window that lies on the grid.
void copy_window(const input_batch& from, const packed_window& x,
                 input_batch& to) {
  auto channels = size_t(from.channels);
  auto rows = std::min(x.from.height, from.height - x.from.y);
  auto columns = std::min(x.from.width, from.width - x.from.x);
  for (int row = 0; row < rows; ++row) {
    auto source
      = (size_t(x.from.y + row) * size_t(from.width) + size_t(x.from.x))
        * channels;
    auto target = (size_t(x.y + row) * size_t(to.width) + size_t(x.x))
                  * channels;
    std::copy_n(from.values.begin() + ptrdiff_t(source),
                size_t(std::max(columns, 0)) * channels,
                to.values.begin() + ptrdiff_t(target));
  }
}

bool holds(const packed_window& x, float at_x, float at_y) {
  return at_x >= float(x.x) && at_x < float(x.x + x.from.width)
         && at_y >= float(x.y) && at_y < float(x.y + x.from.height);
}

/// Those boxes of a page whose centre a window holds, in its picture.
std::vector<detection> seen_in(const packed_window& x,
                               const std::vector<detection>& found, float width,
                               float height, const wanted_picture& picture,
                               const std::vector<bool>& matters) {
  std::vector<detection> result;
  for (auto y : found) {
    auto& b = y.where;
    if (!matters[size_t(y.label)]
        || !holds(x, (b.x0 + b.x1) / 2 * width, (b.y0 + b.y1) / 2 * height))
      continue;
    auto right = float(x.from.x - x.x), down = float(x.from.y - x.y);
    y.where = to_frame({b.x0 * width + right, b.y0 * height + down,
                        b.x1 * width + right, b.y1 * height + down},
                       {0, 0, float(picture.width), float(picture.height)});
    result.push_back(y);
  }
  return result;
}

/// Whether a box of a picture lies in its window whole: what a border cuts is
/// another thing to a detector. The picture's own edge cuts nothing.
bool is_whole(const box& b, const packed_window& x,
              const wanted_picture& picture, int border) {
  auto inside = [border](float low, float high, int first, int size, int side) {
    return (first == 0 || low * float(side) >= float(first + border))
           && (first + size >= side
               || high * float(side) <= float(first + size - border));
  };
  auto& from = x.from;
  return inside(b.x0, b.x1, from.x, from.width, picture.width)
         && inside(b.y0, b.y1, from.y, from.height, picture.height);
}

/// Whether the network takes a picture of another size than its card's.
bool takes_any_size(detection_model& model, const packing_config& how) {
  input_batch page;
  blank(page, model.card().input, how.canvas, how.align);
  return bool(model.detect(page));
}

} // namespace

second_look::second_look(detection_model model, second_look_config config)
  : model_(std::move(model)), config_(config),
    grid_(on_grid(model_.card().input, config)) {
  model_.limits().score = std::min(model_.limits().score, least_score);
  model_.limits().location = 2; // what has no name does not help
  for (auto& label : model_.card().labels)
    matters_.push_back(config_.labels.empty()
                       || contains(config_.labels, label));
}

caf::expected<second_look>
second_look::load(const located_model& model, const load_options& options,
                  second_look_config config, network_shelf* shelf) {
  auto loaded = detection_model::load(model, options, shelf);
  if (!loaded)
    return loaded.error();
  if (!takes_any_size(*loaded, config.packing)) {
    config.packing.canvas = model.card.input.width;
    config.packing.page = model.card.input.height;
  }
  return second_look{std::move(*loaded), config};
}

void second_look::draw(const std::vector<look_request>& xs, const mosaic& m) {
  auto& how = config_.packing;
  pages_.resize(m.heights.size());
  for (size_t i = 0; i < pages_.size(); ++i)
    blank(pages_[i], model_.card().input, how.canvas,
          how.page > 0 ? how.page : m.heights[i]);
  for (size_t i = 0; i < xs.size(); ++i) {
    auto is_own = [&](const packed_window& x) { return x.picture == i; };
    if (std::none_of(m.windows.begin(), m.windows.end(), is_own))
      continue;
    grid_.begin(1);
    grid_.add(xs[i].picture);
    for (auto& x : m.windows)
      if (is_own(x))
        copy_window(grid_.batch(), x, pages_[x.page]);
  }
}

caf::expected<std::vector<std::vector<second_opinion>>>
second_look::look(const std::vector<look_request>& xs) {
  std::vector<wanted_picture> pictures;
  pictures.reserve(xs.size());
  for (auto& x : xs)
    pictures.push_back(wanted(x, config_));
  auto m = pack_windows(pictures, config_.packing);
  draw(xs, m);
  std::vector<std::vector<second_opinion>> result;
  for (auto& x : xs) {
    result.emplace_back();
    for (auto& region : x.regions)
      result.back().push_back({region.where, -1, 0, false});
  }
  for (size_t page = 0; page < pages_.size(); ++page) {
    auto found = model_.detect(pages_[page]);
    if (!found)
      return found.error();
    auto width = float(pages_[page].width), height = float(pages_[page].height);
    for (auto& x : m.windows) {
      if (x.page != page)
        continue;
      auto seen = seen_in(x, found->front(), width, height, pictures[x.picture],
                          matters_);
      auto& mine = result[x.picture];
      for (auto i : x.places)
        mine[i] = best_about(xs[x.picture].regions[i].where, seen,
                             config_.rule);
      for (auto& y : seen)
        if (is_whole(y.where, x, pictures[x.picture], config_.border))
          mine.push_back({y.where, y.label, y.score, true});
    }
  }
  for (size_t i = 0; i < xs.size(); ++i)
    settle(result[i], xs[i].labels, config_.rule);
  return result;
}

} // namespace vpaas
