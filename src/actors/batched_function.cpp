#include "actors/batched_function.hpp"

#include "actors/function.hpp"
#include "runtime/node/process.hpp"
#include "runtime/pulse.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace vpaas {

/// A model that a thread of its own has loaded, or why it could not.
struct loaded_model {
  std::shared_ptr<caf::expected<batch_model>> outcome;
};

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::loaded_model)

namespace vpaas {

namespace {

batch_limits limits_of(const document& parameters) {
  return {parameters.get<size_t>("max_batch"),
          parameters.get<caf::timespan>("max_delay")};
}

/// From disk, perhaps from a slow one, to a device that is not warm.
constexpr auto loading_time = std::chrono::minutes(5);
/// The first run plans, compiles and allocates.
constexpr auto first_run_time = std::chrono::seconds(30);
/// A run may take so many times as long as the longest before it.
constexpr int slower = 8;

/// Whether anything but the settings of batches differs.
bool changes_model(const document& a, const document& b) {
  auto rest = [](const document& x) {
    auto result = x.value();
    for (auto& spec : batching_parameters())
      result.erase(spec.name);
    return result;
  };
  return rest(a) != rest(b);
}

/// Loads once, beside the model that runs, and ends.
caf::behavior loader(caf::event_based_actor* self,
                     decltype(batched_function_config::load) load) {
  lower_thread_priority();
  return {
    [self, load](apply_atom, const document& x) {
      self->quit();
      return loaded_model{
        std::make_shared<caf::expected<batch_model>>(load(x))};
    },
  };
}

} // namespace

parameter_specs batching_parameters() {
  return {
    integer("max_batch", 8, 1, 1024, "images that run at once"),
    duration("max_delay", "20ms", 0, 60,
             "longest wait of an image for others to run with"),
  };
}

batched_function_state::batched_function_state(
  batched_function_self::stateful_pointer<batched_function_state> self)
  : self(self) {
  // nop
}

caf::error batched_function_state::start(batched_function_config config) {
  cfg = std::move(config);
  long_step allow{loading_time};
  auto loaded = cfg.load(cfg.parameters);
  if (!loaded)
    return std::move(loaded.error());
  model = std::move(*loaded);
  queue.limit(limits_of(cfg.parameters));
  return caf::none;
}

caf::typed_response_promise<item>
batched_function_state::apply(item x, const document& options) {
  auto promise = self->make_response_promise<item>();
  if (!options.value().empty()) {
    auto how = parameters_under(cfg.spec, cfg.parameters, options);
    auto changed = how ? cfg.with_options(x, *how)
                       : caf::expected<item>{std::move(how.error())};
    if (!changed) {
      promise.deliver(std::move(changed.error()));
      return promise;
    }
    x = std::move(*changed);
  }
  auto now = self->clock().now();
  auto weight = cfg.weigh ? cfg.weigh(x) : 1;
  // What was sent while the last batch ran has waited for all that time.
  queue.push({std::move(x), promise}, weight, backlog_since.value_or(now));
  if (queue.ready(now) && !backlog_since)
    run_batch();
  else
    arm();
  return promise;
}

void batched_function_state::take_backlog() {
  backlog_since.reset();
  proceed();
}

void batched_function_state::come_due() {
  // An alarm that rang during a run may be heard before the backlog is all
  // here: nothing leaves before that.
  if (!backlog_since)
    proceed();
}

void batched_function_state::proceed() {
  if (queue.ready(self->clock().now()))
    run_batch();
  else
    arm();
}

caf::result<document>
batched_function_state::configure(const document& changes) {
  auto checked = check_changes(cfg.spec.parameters, cfg.parameters, changes,
                               cfg.spec.name);
  if (!checked)
    return checked.error();
  if (changes_model(*checked, cfg.parameters) || !swaps.empty()) {
    auto promise = self->make_response_promise<document>();
    swaps.push_back({changes, promise});
    if (swaps.size() == 1)
      load_next();
    return promise;
  }
  take_parameters(std::move(*checked));
  return cfg.parameters;
}

void batched_function_state::load_next() {
  auto to = check_changes(cfg.spec.parameters, cfg.parameters,
                          swaps.front().changes, cfg.spec.name);
  if (!to)
    return settle_swap(std::move(to.error()));
  if (!changes_model(*to, cfg.parameters))
    return settle_swap(std::move(model));
  if (!self->getf(caf::abstract_actor::is_detached_flag)) {
    settle_swap(cfg.load(*to));
    return;
  }
  self
    ->request(self->system().spawn<caf::detached>(loader, cfg.load),
              caf::infinite, apply_atom_v, *to)
    .then([this](loaded_model& x) { settle_swap(std::move(*x.outcome)); },
          [this](caf::error& cause) { settle_swap(std::move(cause)); });
}

void batched_function_state::settle_swap(caf::expected<batch_model> found) {
  auto x = std::move(swaps.front());
  swaps.pop_front();
  // Settings of batches may have changed meanwhile.
  auto to = check_changes(cfg.spec.parameters, cfg.parameters, x.changes,
                          cfg.spec.name);
  if (!found || !to) {
    x.reply.deliver(!found ? std::move(found.error()) : std::move(to.error()));
  } else {
    if (changes_model(*to, cfg.parameters)) {
      longest = caf::timespan{0};
      ++counts.swaps;
    }
    model = std::move(*found);
    take_parameters(std::move(*to));
    x.reply.deliver(cfg.parameters);
  }
  if (!swaps.empty())
    load_next();
}

void batched_function_state::take_parameters(document x) {
  cfg.parameters = std::move(x);
  queue.limit(limits_of(cfg.parameters));
  if (!backlog_since && queue.ready(self->clock().now())) {
    backlog_since = self->clock().now();
    self->send(self, due_atom_v); // after the answer
  } else {
    arm();
  }
}

status_report batched_function_state::status() const {
  auto result = counts;
  result.model = model.version;
  result.waiting = queue.waiting();
  result.loading = !swaps.empty();
  result.service = service.summary();
  if (cfg.effort)
    result.effort = cfg.effort();
  auto answer = report(self, "ready", result);
  answer.kind = cfg.spec.name;
  return answer;
}

void batched_function_state::run_batch() {
  auto batch = queue.take();
  std::vector<item> inputs;
  inputs.reserve(batch.size());
  for (auto& x : batch)
    inputs.push_back(x.input); // shares its value
  auto began = self->clock().now();
  auto results = run(inputs);
  auto took = self->clock().now() - began;
  longest = std::max<caf::timespan>(longest, took);
  service.record(took);
  ++counts.batches;
  settle(batch, std::move(results));
  // This comes back behind everything that was sent in the meantime.
  backlog_since = began;
  self->send(self, due_atom_v);
}

caf::expected<std::vector<item>>
batched_function_state::run(const std::vector<item>& inputs) {
  auto warm = counts.batches > 0 && longest.count() > 0;
  long_step allow{warm ? slower * longest : first_run_time};
  return model.run(inputs);
}

void batched_function_state::settle(std::vector<waiting>& batch,
                                    caf::expected<std::vector<item>> results) {
  if (results && results->size() != batch.size())
    results = caf::make_error(
      ec::inference, "failed to run " + model.version + ": "
                       + std::to_string(results->size()) + " results for "
                       + std::to_string(batch.size()) + " items");
  for (size_t i = 0; i < batch.size(); ++i) {
    if (results)
      batch[i].reply.deliver(std::move((*results)[i]));
    else
      batch[i].reply.deliver(results.error());
  }
  (results ? counts.items : counts.failed) += batch.size();
}

void batched_function_state::arm() {
  if (auto due = queue.due(); due && !backlog_since)
    clock.set(self, *due, [self = self] { self->state.come_due(); });
}

batched_function_self::behavior_type batched_function(
  batched_function_self::stateful_pointer<batched_function_state> self,
  batched_function_config cfg) {
  if (auto e = self->state.start(std::move(cfg))) {
    self->quit(std::move(e));
    return batched_function_self::behavior_type::make_empty_behavior();
  }
  return function_handlers<batched_function_self>(
    self, [self](due_atom) { self->state.take_backlog(); });
}

} // namespace vpaas
