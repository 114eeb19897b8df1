#include "actors/learning/collector.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"
#include "runtime/media/cut_out.hpp"
#include "runtime/media/jpeg.hpp"
#include "runtime/media/regions.hpp"
#include "runtime/name.hpp"
#include "runtime/private_folder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

constexpr size_t page_bytes = 64 << 10; // as of one message, see bulk.hpp
constexpr float margin = 0.5f;          // around a crop, for who looks at it
constexpr int quality = 80;             // of its picture
constexpr size_t files_kept = 3;

json without_picture(const kept_crop& x) {
  auto result = to_json_value(x);
  result.erase("jpeg");
  return result;
}

} // namespace

caf::error collector_config::validate() const {
  if (sure <= 0 || sure > 1 || period.count() <= 0)
    return caf::make_error(ec::bad_config, "collector: sure is a score, period "
                                           "must be positive");
  return caf::none;
}

collector_state::collector_state(
  collector_actor::stateful_pointer<collector_state> self)
  : self(self) {
  // nop
}

collector_state::~collector_state() {
  if (cfg.from)
    cfg.from->leave(self->id());
}

void collector_state::begin(collector_config x) {
  cfg = std::move(x);
  ring = crop_ring{cfg.ring};
  version_ = fs::path{newest_file()}.stem().string();
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
  for (size_t i = 0; i < n; ++i) {
    auto& named = said.regions[i];
    if (named.label >= 0 && named.score >= cfg.sure) {
      ++counts.sure;
      continue;
    }
    kept_crop x;
    x.node = cfg.node_name;
    x.stream = asked.stream;
    x.frame = in->picture.number();
    x.id = crop_id(x.node, x.stream, x.frame, i);
    x.captured = in->picture.info().captured;
    x.place = in->places[i];
    if (auto hint = x.place.hint; hint >= 0 && size_t(hint) < in->names.size())
      x.hint = in->names[size_t(hint)];
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
      note(jpeg.error());
      continue;
    }
    x.jpeg = std::move(*jpeg);
    ring.add(std::move(x));
  }
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

// -- heads --------------------------------------------------------------------

std::string collector_state::file_of(const std::string& version) const {
  return (fs::path{cfg.folder} / (version + ".json")).string();
}

std::string collector_state::newest_file() const {
  std::error_code failed;
  fs::path result;
  fs::file_time_type newest;
  for (auto& x : fs::directory_iterator{cfg.folder, failed}) {
    std::error_code gone;
    auto written = fs::last_write_time(x.path(), gone);
    if (x.path().extension() == ".json" && !gone
        && (result.empty() || written > newest)) {
      result = x.path();
      newest = written;
    }
  }
  return result.string();
}

void collector_state::remove_old_files() const {
  std::error_code failed;
  std::vector<std::pair<fs::file_time_type, fs::path>> all;
  for (auto& x : fs::directory_iterator{cfg.folder, failed})
    if (x.path() != file_of(version_)) {
      std::error_code gone;
      all.emplace_back(fs::last_write_time(x.path(), gone), x.path());
    }
  std::sort(all.begin(), all.end());
  for (size_t i = 0; i + files_kept < all.size(); ++i)
    fs::remove(all[i].second, failed);
}

void collector_state::note(const caf::error& x) {
  if (cause_of(x) != counts.last_error)
    spdlog::warn("collector: {}", cause_of(x));
  counts.last_error = cause_of(x);
}

void collector_state::ask_classifier(
  const document& changes,
  const std::function<void(caf::expected<document>)>& then) {
  auto failed = [then](const caf::error& x) { then(x); };
  auto here = caf::actor_cast<node_actor>(cfg.node);
  asking_.send(self, here, cfg.patience, resolve_atom_v, cfg.classifier)
    .then(
      [this, changes, then, failed](const caf::actor& found) {
        asking_
          .send(self, caf::actor_cast<function_actor>(found), cfg.patience,
                configure_atom_v, changes)
          .then([then](const document& x) { then(x); }, failed);
      },
      failed);
}

void collector_state::look() {
  if (!version_.empty())
    ask_classifier(document{}, [this](const caf::expected<document>& x) {
      if (x)
        compare(x->value().value("heads", std::string{}));
    });
  clock_.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

void collector_state::compare(const std::string& in_use) {
  auto wanted = file_of(version_);
  auto ours = in_use == cfg.heads
              || fs::path{in_use}.parent_path() == fs::path{cfg.folder};
  if (!ours || in_use == wanted) {
    counts.heads = ours ? version_ : "";
    return;
  }
  configure(wanted, [this](const caf::error& x) {
    if (x) { // it is not what it was, or does not fit any more
      note(x);
      version_.clear();
      counts.heads.clear();
    }
  });
}

void collector_state::configure(
  const std::string& path, const std::function<void(const caf::error&)>& done) {
  document changes;
  changes.set("heads", path);
  ask_classifier(changes, [this, path, done](const caf::expected<document>& x) {
    if (!x) {
      done(x.error());
      return;
    }
    ++counts.swaps;
    counts.heads = fs::path{path}.stem().string();
    done(caf::none);
  });
}

caf::result<document> collector_state::heads() {
  auto answer = self->make_response_promise<document>();
  auto failed = [answer](const caf::error& x) mutable { answer.deliver(x); };
  auto here = caf::actor_cast<node_actor>(cfg.node);
  ask_classifier(document{}, [this, answer, failed,
                              here](const caf::expected<document>& x) mutable {
    if (!x)
      return failed(x.error());
    asking_.send(self, here, cfg.patience, status_atom_v, cfg.classifier)
      .then(
        [this, answer, in_use = x->value().value("heads", std::string{})](
          const status_report& says) {
          auto to = answer;
          auto found = describe_heads(
            in_use, says.details.value().value("model", std::string{}));
          if (found)
            to.deliver(std::move(*found));
          else
            to.deliver(std::move(found.error()));
        },
        failed);
  });
  return answer;
}

caf::expected<document>
collector_state::describe_heads(const std::string& in_use,
                                const std::string& model) {
  auto first = cfg.read(cfg.heads), live = cfg.read(in_use);
  if (!first || !live)
    return first ? live.error() : first.error();
  auto learnt = !version_.empty() && in_use == file_of(version_);
  return document{{{"model", model},
                   {"version", learnt ? version_ : ""},
                   {"by_hand", in_use != cfg.heads && !learnt},
                   {"first", to_json_value(*first)},
                   {"live", to_json_value(*live)}}};
}

caf::result<void> collector_state::use(const std::string& version,
                                       const one_vs_all& x) {
  auto refuse = [&](caf::error problem) {
    ++counts.refused;
    note(problem);
    return problem;
  };
  if (!is_name(version))
    return refuse(caf::make_error(ec::bad_input, "\"" + version
                                                   + "\" is no version of "
                                                     "heads; write "
                                                   + name_rule));
  if (auto problem = x.validate())
    return refuse(caf::make_error(ec::bad_input, "failed to use heads "
                                                   + version + ": " + *problem
                                                   + "; make them again"));
  if (version == version_ && counts.heads == version_)
    return caf::unit;
  if (auto code = make_private_folder(cfg.folder))
    return refuse(caf::make_error(ec::io, "failed to make " + cfg.folder + ": "
                                            + std::strerror(code)
                                            + "; check the folder"));
  auto path = file_of(version);
  if (auto problem = cfg.write(x, path))
    return refuse(problem);
  auto answer = self->make_response_promise();
  configure(path,
            [this, answer, version, path](const caf::error& problem) mutable {
              if (problem) {
                ++counts.refused;
                note(problem);
                std::error_code ignored;
                fs::remove(path, ignored);
                answer.deliver(problem);
                return;
              }
              version_ = version;
              remove_old_files();
              answer.deliver(caf::unit);
            });
  return caf::delegated<void>{};
}

status_report collector_state::status() const {
  auto x = counts;
  x.crops = ring.size();
  x.bytes = ring.bytes();
  x.ring = ring.counts();
  x.left_out = cfg.from ? cfg.from->left_out() : 0;
  return report(self, "ready", x);
}

collector_actor::behavior_type
collector(collector_actor::stateful_pointer<collector_state> self,
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
    [self](read_atom) { return self->state.heads(); },
    [self](configure_atom, const std::string& version, const one_vs_all& x) {
      return self->state.use(version, x);
    },
  };
}

} // namespace vpaas
