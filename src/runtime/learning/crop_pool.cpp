#include "runtime/learning/crop_pool.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vpaas {

namespace {

constexpr size_t most_alike = 12;    // named with a crop
constexpr float alike = 0.9f;        // likeness of these
constexpr float moved_weight = 1.5f; // of a camera that looks otherwise
constexpr auto moved_for = std::chrono::hours{1};

} // namespace

bool crop_pool::add(kept_crop x, caf::timestamp now) {
  auto& from = cameras_[x.stream];
  auto moved = from.scores.add(double(x.score));
  if (moved)
    from.moved = now;
  if (crops_.count(x.id) == 0)
    order_.push_back(x.id);
  auto id = x.id;
  crops_.insert_or_assign(std::move(id), std::move(x));
  while (crops_.size() > most_)
    remove(std::string{order_.front()});
  return moved;
}

void crop_pool::remove(const std::string& id) {
  auto i = crops_.find(id);
  if (i == crops_.end())
    return;
  order_.erase(std::find(order_.begin(), order_.end(), id));
  crops_.erase(i); // `id` may be its own
}

const kept_crop* crop_pool::find(const std::string& id) const {
  auto i = crops_.find(id);
  return i == crops_.end() ? nullptr : &i->second;
}

std::vector<const kept_crop*> crop_pool::sample(size_t most) const {
  std::vector<const kept_crop*> result;
  auto step = order_.size() / std::max<size_t>(most, 1) + 1;
  for (size_t i = 0; i < order_.size(); i += step)
    result.push_back(&crops_.at(order_[i]));
  return result;
}

float crop_pool::doubt(const kept_crop& x, caf::timestamp now) const {
  // 1 where the score was a half.
  auto result = std::max(0.f, 1 - std::abs(2 * x.score - 1));
  auto i = cameras_.find(x.stream);
  if (i != cameras_.end() && i->second.moved + moved_for > now)
    result *= moved_weight;
  return std::min(result, 1.f);
}

std::vector<ranked_crop>
crop_pool::rank(const std::function<bool(const kept_crop&)>& fits,
                const std::vector<std::vector<float>>& known, size_t most,
                caf::timestamp now) const {
  std::vector<const kept_crop*> those;
  std::vector<rankable_crop> xs;
  for (auto& x : crops_)
    if (fits(x.second)) {
      those.push_back(&x.second);
      xs.push_back({unpacked_floats(x.second.features), doubt(x.second, now),
                    now - x.second.captured});
    }
  crop_ranking_config how;
  how.most = most;
  std::vector<ranked_crop> result;
  for (auto i : rank_crops(xs, known, how)) {
    result.push_back({those[i], {}});
    auto& ids = result.back().alike;
    for (size_t j = 0; j < xs.size() && ids.size() < most_alike; ++j)
      if (j != i && likeness(xs[i].features, xs[j].features) >= alike)
        ids.push_back(those[j]->id);
  }
  return result;
}

} // namespace vpaas
