#include "runtime/worker/function_library.hpp"

#include "runtime/error.hpp"

#include <dlfcn.h>

#include <utility>

namespace vpaas {

namespace {

caf::error refuse(const std::string& path, const std::string& cause) {
  return caf::make_error(ec::bad_config,
                         "failed to load function " + path + ": " + cause);
}

std::string text_of(const char* x) {
  return std::string{x ? x : ""}.substr(0, max_worker_text);
}

int add(void* sink, const vpaas_object* x) {
  auto& to = static_cast<worker_answer*>(sink)->objects;
  if (to.size() >= max_worker_objects)
    return 0;
  to.push_back({{x->x0, x->y0, x->x1, x->y1}, x->score, text_of(x->label)});
  return 1;
}

void fail(void* sink, const char* cause) {
  static_cast<worker_answer*>(sink)->cause = text_of(cause);
}

void set_kind(void* sink, const char* name) {
  static_cast<worker_answer*>(sink)->kind = text_of(name);
}

bool within(float x) {
  return x >= 0 && x <= 1; // false for what is no number
}

} // namespace

function_library::function_library(const vpaas_description* description,
                                   std::shared_ptr<void> self)
  : description_(description), self_(std::move(self)) {
  auto& x = *description_;
  hello_ = {{},
            x.version,
            text_of(x.name),
            text_of(x.help),
            text_of(x.input),
            text_of(x.output)};
}

caf::expected<function_library>
function_library::load(const std::string& path, const std::string& options) {
  auto full = path.find('/') == std::string::npos ? "./" + path : path;
  auto library = ::dlopen(full.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return refuse(path, text_of(::dlerror()) + "; build it with -fPIC -shared");
  auto describe = reinterpret_cast<vpaas_describe_function>(
    ::dlsym(library, VPAAS_DESCRIBE_NAME));
  if (!describe)
    return refuse(path, "it has no " VPAAS_DESCRIBE_NAME
                        "; write VPAAS_FUNCTION(class, name, help)");
  auto x = describe(VPAAS_FUNCTION_ABI);
  if (!x || x->abi != VPAAS_FUNCTION_ABI)
    return refuse(path, "it was built for another version of "
                        "vpaas/function.hpp; build it with version "
                          + std::to_string(VPAAS_FUNCTION_ABI));
  char cause[max_worker_text] = "";
  auto self = x->make(options.c_str(), cause, sizeof cause);
  if (!self)
    return refuse(path, "it cannot be made: " + text_of(cause));
  return function_library{x, {self, x->release}};
}

worker_answer function_library::apply(const vpaas_frame& x) {
  worker_answer result;
  result.kind = hello_.output;
  vpaas_answer answer{&result, add, fail, set_kind};
  switch (description_->apply(self_.get(), &x, &answer)) {
    case 0:
      break;
    case 2:
      result.verdict = worker_verdict::out_of_memory;
      break;
    default:
      result.verdict = worker_verdict::failed;
  }
  if (result.verdict != worker_verdict::answered)
    result.objects.clear();
  return result;
}

caf::error check_answer(const worker_answer& x, const std::string& kind) {
  auto wrong = [](const std::string& cause) {
    return caf::make_error(ec::inference, cause);
  };
  if (x.verdict != worker_verdict::answered)
    return wrong(x.cause.empty() ? to_string(x.verdict) : x.cause);
  if (x.kind != kind)
    return wrong("it answered " + x.kind.substr(0, max_worker_text) + ", not "
                 + kind);
  if (x.objects.size() > max_worker_objects)
    return wrong("it answered more than 1000 objects");
  for (auto& y : x.objects) {
    auto& b = y.where;
    if (!within(b.x0) || !within(b.y0) || !within(b.x1) || !within(b.y1)
        || b.x0 > b.x1 || b.y0 > b.y1)
      return wrong("it answered a box that is not within the frame; boxes are "
                   "x0 <= x1, y0 <= y1, in [0, 1]");
    if (!within(y.score) || y.label.size() > max_worker_text)
      return wrong("it answered a score that is not in [0, 1]");
  }
  return caf::none;
}

} // namespace vpaas
