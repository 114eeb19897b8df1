#include "actors/learning/collector.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/media/cut_out.hpp"
#include "runtime/media/jpeg.hpp"
#include "runtime/media/regions.hpp"

#include <utility>

namespace vpaas {

namespace {

constexpr size_t page_bytes = 64 << 10; // as of one message, see bulk.hpp
constexpr float margin = 0.5f;          // around a crop, for who looks at it
constexpr int quality = 80;             // of its picture

/// What the detector would have called a place.
std::string hint_of(const regions& in, size_t i) {
  auto hint = in.places[i].hint;
  auto known = hint >= 0 && size_t(hint) < in.names.size();
  return known ? in.names[size_t(hint)] : "";
}

json without_picture(const kept_crop& x) {
  auto result = to_json_value(x);
  result.erase("jpeg");
  return result;
}

} // namespace

caf::error collector_config::validate() const {
  if (sure <= 0 || sure > 1 || period.count() <= 0 || trial_share <= 0
      || trial_share > 1)
    return caf::make_error(ec::bad_config,
                           "collector: sure is a score, trial_share a share "
                           "above 0, period must be positive");
  return caf::none;
}

collector_state::collector_state(collector_pointer self) : self(self) {
  // nop
}

collector_state::~collector_state() {
  if (cfg.from)
    cfg.from->leave(self->id());
}

void collector_state::begin(collector_config x) {
  cfg = std::move(x);
  ring = crop_ring{cfg.ring};
  heads.emplace(self, cfg, counts);
  if (cfg.from)
    cfg.from->lead_to(self);
  look();
}

// -- crops --------------------------------------------------------------------

void collector_state::keep(const item& asked, const namings& said) {
  if (cfg.from)
    cfg.from->taken();
  auto in = asked.value.get<regions>();
  auto features = unpacked_floats(said.features);
  auto n = said.regions.size();
  if (!in || n != in->places.size() || n == 0 || features.size() % n != 0)
    return;
  auto d = features.size() / n;
  std::vector<taught_crop> named_ones;
  for (size_t i = 0; i < n; ++i) {
    auto& named = said.regions[i];
    auto hint = hint_of(*in, i);
    if (named.label >= 0 && heads->on_trial())
      named_ones.push_back(
        {crop_id(cfg.node_name, asked.stream, in->picture.number(), i),
         "",
         {features.data() + i * d, features.data() + (i + 1) * d},
         {in->places[i], hint}});
    if (named.label >= 0 && named.score >= cfg.sure) {
      ++counts.sure;
      if (cfg.usual == 0 || counts.sure % cfg.usual != 0)
        continue;
    }
    kept_crop x;
    x.node = cfg.node_name;
    x.stream = asked.stream;
    x.frame = in->picture.number();
    x.id = crop_id(x.node, x.stream, x.frame, i);
    x.captured = in->picture.info().captured;
    x.place = in->places[i];
    x.hint = hint;
    if (named.label >= 0)
      x.said = said.classes[size_t(named.label)];
    x.score = named.score;
    x.model = said.model;
    x.features = packed_floats(features.data() + i * d, d);
    if (!ring.wants(x))
      continue;
    auto cut = cut_out(in->picture, x.place.where, margin);
    auto jpeg = cut ? to_jpeg(*cut, quality) : caf::expected<blob>{cut.error()};
    if (!jpeg) {
      ++counts.failed;
      heads->note(jpeg.error());
      continue;
    }
    x.jpeg = std::move(*jpeg);
    ring.add(std::move(x));
  }
  heads->saw(asked.stream, in->picture.number(), std::move(named_ones));
}

document collector_state::crops_after(uint64_t position, uint64_t most) const {
  auto crops = json::array();
  size_t bytes = 0;
  while (crops.size() < most && bytes < page_bytes) {
    auto next = ring.after(position, 1);
    if (next.empty())
      break;
    crops.push_back(without_picture(*next[0]));
    bytes += crops.back().dump().size();
  }
  return document{{{"position", position}, {"crops", std::move(crops)}}};
}

caf::result<blob> collector_state::picture(const std::string& id) const {
  auto found = ring.find(id);
  if (!found)
    return caf::make_error(ec::not_found,
                           "the crop " + id + " is gone; take another");
  return found->jpeg;
}

void collector_state::look() {
  heads->look();
  clock_.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

status_report collector_state::status() const {
  auto x = counts;
  x.crops = ring.size();
  x.bytes = ring.bytes();
  x.ring = ring.counts();
  x.left_out = cfg.from ? cfg.from->left_out() : 0;
  heads->report(x);
  return report(self, "ready", x);
}

collector_actor::behavior_type collector(collector_pointer self,
                                         collector_config cfg) {
  self->set_down_handler([](const caf::down_msg&) {
    // nop
  });
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // nop
    },
    [self](keep_atom, const item& asked, const namings& said) {
      self->state.keep(asked, said);
    },
    [self](fetch_atom, uint64_t position, uint64_t most) {
      return self->state.crops_after(position, most);
    },
    [self](fetch_atom, const std::string& id) {
      return self->state.picture(id);
    },
    [self](read_atom) { return self->state.heads->describe(); },
    [self](configure_atom, const std::string& version, const one_vs_all& x) {
      return self->state.heads->use(version, x);
    },
    [self](result_atom, const std::vector<frame_result>& xs) {
      self->state.heads->judge(xs);
    },
  };
}

} // namespace vpaas
