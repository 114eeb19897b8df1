#include "actors/learning/data_collector.hpp"

#include "messages/report.hpp"
#include "runtime/error.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

constexpr uint64_t page = 64;           // crops asked for at once
constexpr size_t most_around = 200;     // crops without a label, to learn from
constexpr size_t most_ranked = 200;     // of an answer
constexpr uint64_t most_entries = 1000; // of an answer

json shown(const kept_crop& x) {
  auto result = to_json_value(x);
  result.erase("features");
  result.erase("jpeg");
  return result;
}

template <class T>
caf::expected<T> wish_in(const document& x) {
  return from_json<T>(x.value());
}

} // namespace

caf::error data_collector_config::validate() const {
  if (auto place = parse_connection(database.connection); !place)
    return std::move(place.error());
  if (period.count() <= 0 || window.count() <= 0)
    return caf::make_error(ec::bad_config, "data_collector: period and window "
                                           "must be positive");
  return caf::none;
}

data_collector_state::data_collector_state(
  data_collector_actor::stateful_pointer<data_collector_state> self)
  : self(self) {
  // nop
}

void data_collector_state::begin(data_collector_config x) {
  cfg = std::move(x);
  waiting_ = crop_pool{cfg.max_crops};
  if (auto err = open())
    spdlog::warn("{}", cause_of(err));
  look();
}

caf::error data_collector_state::noted(caf::error x) {
  if (x) {
    ++counts.failures;
    counts.last_error = cause_of(x);
  }
  return x;
}

caf::error data_collector_state::open() {
  if (log_)
    return caf::none;
  auto opened = label_log::open(cfg.database);
  if (!opened)
    return noted(std::move(opened.error()));
  std::vector<label_entry> all;
  for (;;) {
    auto more = opened->entries(all.empty() ? 0 : all.back().id, most_entries);
    if (!more)
      return noted(std::move(more.error()));
    if (more->empty())
      break;
    all.insert(all.end(), more->begin(), more->end());
  }
  auto crops = opened->crops();
  if (!crops)
    return noted(std::move(crops.error()));
  log_.emplace(std::move(*opened));
  entries_ = std::move(all);
  for (auto& x : *crops)
    labeled_[x.id] = x;
  changed();
  return caf::none;
}

// -- crops --------------------------------------------------------------------

void data_collector_state::look() {
  finder_.look(self, cfg.node, cfg.patience,
               [this](const std::string& node, const collector_actor& from) {
                 take(node, from);
               });
  clock_.set(self, self->clock().now() + cfg.period, [this] { look(); });
}

void data_collector_state::take(const std::string& node,
                                const collector_actor& from) {
  auto& x = fogs_[node];
  if (x.handle != from)
    x = fog{}; // it was started again: its crops are others
  x.handle = from;
  if (x.asked)
    return;
  x.asked = true;
  asking_.send(self, from, cfg.patience, fetch_atom_v, x.position, page)
    .then([this, node](const document& found) { take_crops(node, found); },
          [this, node](const caf::error&) { fogs_[node].asked = false; });
}

void data_collector_state::take_crops(const std::string& node,
                                      const document& x) {
  auto& from = fogs_[node];
  from.asked = false;
  auto crops = x.value().value("crops", json::array());
  from.position = x.value().value("position", from.position);
  for (auto& y : crops) {
    auto crop = from_json<kept_crop>(y);
    if (!crop || labeled_.count(crop->id) > 0)
      continue;
    auto stream = crop->stream;
    if (waiting_.add(std::move(*crop), cfg.clock())) {
      ++counts.drifts;
      spdlog::info("the scores of {} have moved; labels of it teach most now",
                   stream);
    }
  }
  if (!crops.empty() && from.handle)
    take(node, from.handle); // there may be more
}

std::vector<float>
data_collector_state::features_of(const std::string& crop) const {
  auto i = labeled_.find(crop);
  return i == labeled_.end() ? std::vector<float>{}
                             : unpacked_floats(i->second.features);
}

caf::result<document> data_collector_state::ranked(const document& wish) {
  auto& in = wish.value();
  auto stream = in.value("stream", std::string{});
  auto cameras = in.value("cameras", std::vector<std::string>{});
  auto most = std::clamp<size_t>(in.value("most", size_t{20}), 1, most_ranked);
  std::vector<std::vector<float>> known;
  for (auto& x : standing_labels(entries_))
    known.push_back(features_of(x.crop));
  auto fits = [&](const kept_crop& x) {
    return (stream.empty() || x.stream == stream) && sees_crop(cameras, x.id);
  };
  auto crops = json::array();
  for (auto& x : waiting_.rank(fits, known, most, cfg.clock())) {
    crops.push_back(shown(*x.crop));
    crops.back()["alike"] = x.alike;
  }
  return document{{{"crops", std::move(crops)}}};
}

caf::result<blob> data_collector_state::picture(const std::string& id) {
  if (auto i = pictures_.find(id); i != pictures_.end())
    return i->second;
  if (labeled_.count(id) > 0 && log_)
    if (auto kept = log_->find_crop(id);
        kept && *kept && !(*kept)->jpeg.empty())
      return (*kept)->jpeg;
  auto known = waiting_.find(id);
  if (!known && labeled_.count(id) > 0)
    known = &labeled_[id];
  auto from = known ? fogs_.find(known->node) : fogs_.end();
  if (from == fogs_.end() || !from->second.handle)
    return caf::make_error(ec::not_found, "there is no crop \"" + id
                                            + "\" any more; take another");
  auto answer = self->make_response_promise<blob>();
  asking_.send(self, from->second.handle, cfg.patience, fetch_atom_v, id)
    .then(
      [this, answer, id](const blob& x) {
        if (pictures_.emplace(id, x).second)
          picture_order_.push_back(id);
        if (picture_order_.size() > cfg.max_pictures) {
          pictures_.erase(picture_order_.front());
          picture_order_.pop_front();
        }
        auto to = answer;
        to.deliver(x);
      },
      [answer](caf::error& x) mutable { answer.deliver(std::move(x)); });
  return answer;
}

// -- labels -------------------------------------------------------------------

caf::error data_collector_state::check_budget(size_t more) const {
  auto since = cfg.clock() - cfg.window;
  auto spent = std::count_if(entries_.begin(), entries_.end(), [&](auto& y) {
    return y.undoes == 0 && y.time > since;
  });
  if (cfg.budget == 0 || uint64_t(spent) + more <= cfg.budget)
    return caf::none;
  return caf::make_error(ec::overload, "the budget of "
                                         + std::to_string(cfg.budget)
                                         + " labels is spent; wait, or raise "
                                           "it");
}

caf::result<document> data_collector_state::write(std::vector<label_entry> xs) {
  std::vector<kept_crop> crops;
  for (auto& x : xs)
    if (auto waits = waiting_.find(x.crop)) {
      crops.push_back(*waits);
      if (auto seen = pictures_.find(x.crop); seen != pictures_.end())
        crops.back().jpeg = seen->second;
    }
  auto added = log_->add(xs, crops);
  if (!added)
    return noted(std::move(added.error()));
  for (auto& x : crops) {
    x.jpeg = {};
    waiting_.remove(x.id);
    labeled_[x.id] = std::move(x);
  }
  auto last = entries_.empty() ? 0 : entries_.back().id;
  for (auto& x : *added)
    if (x.id > last)
      entries_.push_back(x);
  changed();
  return document{{{"entries", to_json_value(*added)}}};
}

caf::result<document> data_collector_state::record(const document& wish) {
  if (auto err = open())
    return err;
  auto known = [this](const std::string& id) {
    return waiting_.find(id) || labeled_.count(id) > 0;
  };
  auto x = wish_in<label_wish>(wish);
  auto entries = x ? entries_of(*x, known, cfg.clock())
                   : caf::expected<std::vector<label_entry>>{x.error()};
  auto problem = entries ? check_budget(entries->size()) : entries.error();
  if (problem) {
    ++counts.refused;
    return problem;
  }
  return write(std::move(*entries));
}

caf::result<document> data_collector_state::take_back(const document& wish) {
  if (auto err = open())
    return err;
  auto x = wish_in<undo_wish>(wish);
  auto entries = x ? entries_of(*x, entries_, cfg.clock())
                   : caf::expected<std::vector<label_entry>>{x.error()};
  if (!entries)
    return std::move(entries.error());
  return write(std::move(*entries));
}

caf::result<document> data_collector_state::entries(uint64_t after,
                                                    uint64_t most) {
  if (auto err = open())
    return err;
  auto result = json::array();
  for (auto& x : entries_)
    if (x.id > after && result.size() < std::min(most, most_entries))
      result.push_back(to_json_value(x));
  return document{{{"entries", std::move(result)},
                   {"annotators", to_json_value(annotators_of(entries_))}}};
}

caf::result<lesson_list> data_collector_state::lessons() {
  if (auto err = open())
    return err;
  auto all = std::make_shared<std::vector<lesson_list::lesson>>();
  for (auto& x : standing_labels(entries_))
    if (auto i = labeled_.find(x.crop); i != labeled_.end()) {
      all->push_back(
        {taught(i->second, x.label), backbone_of(i->second.model), x.id});
      all->back().crop.by = x.who;
    }
  lesson_list result;
  auto around = std::make_shared<std::vector<lesson_list::lesson>>();
  for (auto x : waiting_.sample(most_around))
    around->push_back({taught(*x, ""), backbone_of(x->model), 0});
  result.all = std::move(all);
  result.around = std::move(around);
  if (!entries_.empty()) {
    result.last = entries_.back().id;
    result.changed = entries_.back().time;
  }
  return result;
}

void data_collector_state::changed() {
  counts.labels = counts.undone = counts.disputed = 0;
  for (auto& x : entries_)
    ++(x.undoes == 0 ? counts.labels : counts.undone);
  auto standing = standing_labels(entries_);
  counts.standing = standing.size();
  for (auto& x : standing)
    counts.disputed += x.disputed;
  for (auto& x : listeners_)
    caf::anon_send(x, due_atom_v);
}

void data_collector_state::subscribe(const caf::actor& who) {
  if (listeners_.insert(who).second)
    self->monitor(who);
  caf::anon_send(who, due_atom_v);
}

void data_collector_state::forget(const caf::down_msg& x) {
  for (auto i = listeners_.begin(); i != listeners_.end();)
    i = i->address() == x.source ? listeners_.erase(i) : std::next(i);
}

status_report data_collector_state::status() const {
  auto x = counts;
  x.crops = waiting_.size();
  x.fogs = fogs_.size();
  return report(self, log_ ? "ready" : "away", x);
}

data_collector_actor::behavior_type data_collector(
  data_collector_actor::stateful_pointer<data_collector_state> self,
  data_collector_config cfg) {
  self->set_down_handler(
    [self](const caf::down_msg& x) { self->state.forget(x); });
  self->state.begin(std::move(cfg));
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // A database that is away is tried again by who labels.
    },
    [self](fetch_atom, const document& x) { return self->state.ranked(x); },
    [self](fetch_atom, const std::string& x) { return self->state.picture(x); },
    [self](record_atom, const document& x) { return self->state.record(x); },
    [self](remove_atom, const document& x) { return self->state.take_back(x); },
    [self](find_atom, uint64_t after, uint64_t most) {
      return self->state.entries(after, most);
    },
    [self](read_atom) { return self->state.lessons(); },
    [self](subscribe_atom, const caf::actor& x) { self->state.subscribe(x); },
  };
}

} // namespace vpaas
