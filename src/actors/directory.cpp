#include "actors/directory.hpp"

#include "messages/protocol.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

directory::directory(caf::scheduled_actor* self, const caf::actor& node,
                     caf::timespan patience)
  : self_(self), node_(node), patience_(patience) {
  // nop
}

directory::~directory() {
  for (auto& [name, x] : known_)
    if (x.handle)
      self_->demonitor(x.handle.address());
}

void directory::find(const std::string& name, receiver f) {
  auto& x = known_[name];
  if (x.handle)
    return f(x.handle);
  x.waiting.push_back(std::move(f));
  if (x.waiting.size() == 1)
    resolve(name);
}

void directory::want(const std::string& name) {
  if (!name.empty())
    known_[name].wanted = true;
}

void directory::look(const found_fun& found) {
  for (auto& [name, x] : known_)
    if (x.wanted && !x.handle && x.waiting.empty())
      find(name, [name = name, found](const caf::expected<caf::actor>& y) {
        if (y)
          found(name, *y);
      });
}

bool directory::has(const std::string& name) const {
  auto i = known_.find(name);
  return i != known_.end() && i->second.handle;
}

std::string directory::forget(const caf::down_msg& x) {
  auto i = std::find_if(known_.begin(), known_.end(), [&](const auto& y) {
    return y.second.handle && y.second.handle.address() == x.source;
  });
  if (i == known_.end())
    return {};
  auto name = i->first;
  i->second.handle = nullptr;
  if (!i->second.wanted && i->second.waiting.empty())
    known_.erase(i);
  return name;
}

size_t directory::size() const {
  return static_cast<size_t>(
    std::count_if(known_.begin(), known_.end(),
                  [](const auto& x) { return bool(x.second.handle); }));
}

template <class Key>
void directory::ask(const caf::actor& node, const Key& key, receiver f) {
  if (!node)
    return f(caf::make_error(ec::not_found, "there is no node to ask"));
  auto question = self_->new_request_id(caf::message_priority::normal);
  auto answer = question.response_id();
  node->eq_impl(question, caf::actor_cast<caf::strong_actor_ptr>(self_),
                self_->context(), resolve_atom_v, key);
  self_->clock().set_request_timeout(self_->clock().now() + patience_, self_,
                                     answer);
  self_->add_multiplexed_response_handler(
    answer, caf::behavior{[f](const caf::actor& x) { f(x); },
                          [f](const caf::error& x) { f(x); }});
}

void directory::resolve(const std::string& name) {
  auto done = [this, name](const caf::expected<caf::actor>& x) {
    tell(name, x);
  };
  auto colon = name.find(':');
  if (colon == std::string::npos)
    return ask(node_, name, done);
  node_info who;
  who.name = name.substr(0, colon);
  auto path = name.substr(colon + 1);
  ask(node_, who, [this, path, done](const caf::expected<caf::actor>& there) {
    if (there)
      ask(*there, path, done);
    else
      done(there);
  });
}

void directory::tell(const std::string& name,
                     const caf::expected<caf::actor>& found) {
  auto& x = known_[name];
  if (found) {
    x.handle = *found;
    self_->monitor(x.handle);
  }
  auto waiting = std::exchange(x.waiting, {});
  if (!found && !x.wanted)
    known_.erase(name);
  for (auto& f : waiting)
    f(found);
}

} // namespace vpaas
