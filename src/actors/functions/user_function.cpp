#include "actors/functions/user_function.hpp"

#include "messages/report.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/pulse.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

worker_rules rules_of(const std::string& library, const document& x) {
  worker_rules result;
  result.start.program = worker_program();
  result.start.library = library;
  result.start.options = x.get<std::string>("options");
  result.start.memory = x.get<uint64_t>("memory");
  result.limit = x.get<caf::timespan>("limit");
  return result;
}

caf::timespan now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

vpaas_frame view_of(const frame& x) {
  vpaas_frame result{};
  for (int i = 0; i < 3; ++i) {
    auto plane = x.component(i);
    result.plane[i] = plane.data;
    result.stride[i] = int32_t(plane.stride);
  }
  result.width = x.width();
  result.height = x.height();
  result.number = x.number();
  result.pts_us = x.info().pts_us;
  return result;
}

/// What a function found, as a detector would say it.
frame_detections found_by(const worker_answer& x, uint64_t number,
                          std::vector<std::string>& labels) {
  frame_detections result;
  result.frame = number;
  for (auto& y : x.objects) {
    auto i = std::find(labels.begin(), labels.end(), y.label);
    if (i == labels.end())
      i = labels.insert(labels.end(), y.label);
    result.found.push_back(
      {y.where, int32_t(i - labels.begin()), y.score, y.score});
  }
  return result;
}

} // namespace

caf::expected<function_spec> user_function_spec(const std::string& library) {
  worker_config start;
  start.program = worker_program();
  start.library = library;
  auto process = worker_process::start(start);
  if (!process)
    return std::move(process.error());
  auto& hello = (*process)->hello();
  if (hello.input != keyframes::type_name
      || hello.output != detections::type_name)
    return caf::make_error(ec::bad_config,
                           library + " takes " + hello.input + " and gives "
                             + hello.output
                             + "; a user's function takes keyframes and gives "
                               "detections");
  function_spec result;
  result.name = hello.name;
  result.version = hello.version;
  result.input = hello.input;
  result.output = hello.output;
  result.help = hello.help;
  result.tiers = {"fog"};
  result.blocks = true;
  result.parameters = user_function_parameters();
  return result;
}

parameter_specs user_function_parameters() {
  return {text("options", "", "for the function, whatever it understands"),
          duration("limit", "5s", 0.001, 3600, "of a keyframe"),
          size("memory", "512MiB", 1 << 20, 1e12, "that its process may have")};
}

function_spec registered_spec(function_spec x) {
  x.tiers = {"fog", "cloud"};
  x.parameters.push_back(
    required(text("library", "", "as it was registered, \"motion@2\"")));
  return x;
}

user_function_state::user_function_state(
  user_function_self::stateful_pointer<user_function_state> self)
  : self(self) {
  // nop
}

void user_function_state::begin(user_library x, document values) {
  spec = std::move(x.spec);
  path = std::move(x.path);
  parameters = std::move(values);
  start_worker();
}

void user_function_state::start_worker() {
  worker.emplace(rules_of(path, parameters), now);
}

caf::typed_response_promise<item>
user_function_state::enqueue(item x, const document& options) {
  auto promise = self->make_response_promise<item>();
  auto in = x.value.get<keyframes>();
  if (!in || !options.value().empty()) {
    ++counts.failed;
    promise.deliver(caf::make_error(
      ec::bad_input, spec.name
                       + (in ? ": no option comes with an item; configure it"
                             : ": it takes keyframes, not " + x.kind)));
    return promise;
  }
  if (queue.empty())
    self->send(self, due_atom_v);
  queue.push_back({std::move(x), promise});
  return promise;
}

void user_function_state::work() {
  auto batch = std::exchange(queue, {});
  std::vector<vpaas_frame> frames;
  for (auto& x : batch)
    for (auto& f : x.input.value.get<keyframes>()->frames)
      frames.push_back(view_of(f));
  auto limit = parameters.get<caf::timespan>("limit");
  // A process that hangs is replaced by its keeper, not by ours.
  long_step allow{(frames.size() + 1) * (limit + std::chrono::seconds(10))};
  auto answers = worker->apply(frames);
  auto next = answers.begin();
  for (auto& x : batch) {
    detections out;
    out.model = spec.name + "@" + std::to_string(spec.version);
    caf::error problem;
    for (auto& f : x.input.value.get<keyframes>()->frames) {
      auto& y = *next++;
      if (y)
        out.frames.push_back(found_by(*y, f.number(), out.labels));
      else
        problem = y.error();
    }
    if (problem) {
      ++counts.failed;
      counts.last_problem = describe(problem);
      x.reply.deliver(std::move(problem));
      continue;
    }
    ++counts.items;
    out.thresholds.theta_cls = 0; // it says what it is sure of
    x.reply.deliver(make_item(x.input.stream, x.input.seq, std::move(out)));
  }
}

caf::result<document> user_function_state::configure(const document& changes) {
  auto checked = check_changes(spec.parameters, parameters, changes, spec.name);
  if (!checked)
    return std::move(checked.error());
  if (auto next = checked->value().value("library", "");
      find && next != parameters.value().value("library", "")) {
    auto found = find(next);
    if (!found)
      return std::move(found.error());
    spec = registered_spec(std::move(found->spec));
    path = std::move(found->path);
  } else if (changes.value().empty()) {
    return parameters; // who only asks takes no process away
  }
  parameters = std::move(*checked);
  start_worker();
  return parameters;
}

status_report user_function_state::status() const {
  auto x = counts;
  x.worker = worker->counters();
  if (auto hello = worker->hello())
    x.function = hello->name + "@" + std::to_string(hello->version);
  return report(self, "ready", x);
}

namespace {

user_function_self::behavior_type
behavior_of(user_function_self::stateful_pointer<user_function_state> self) {
  return {
    [self](status_atom) { return self->state.status(); },
    [](ready_atom) {
      // Its process is started with the first keyframe.
    },
    [self](apply_atom, const item& x) { return self->state.enqueue(x, {}); },
    [self](apply_atom, const item& x, const document& options) {
      return self->state.enqueue(x, options);
    },
    [self](configure_atom, const document& x) {
      return self->state.configure(x);
    },
    [self](describe_atom) { return self->state.spec; },
    [self](due_atom) { self->state.work(); },
  };
}

} // namespace

user_function_self::behavior_type
user_function(user_function_self::stateful_pointer<user_function_state> self,
              user_library library, document parameters) {
  self->state.begin(std::move(library), std::move(parameters));
  return behavior_of(self);
}

user_function_self::behavior_type registered_function(
  user_function_self::stateful_pointer<user_function_state> self,
  library_finder find, document parameters) {
  auto library = find(parameters.get<std::string>("library"));
  if (!library) {
    self->quit(std::move(library.error()));
    return user_function_self::behavior_type::make_empty_behavior();
  }
  library->spec = registered_spec(std::move(library->spec));
  self->state.find = std::move(find);
  self->state.begin(std::move(*library), std::move(parameters));
  return behavior_of(self);
}

} // namespace vpaas
