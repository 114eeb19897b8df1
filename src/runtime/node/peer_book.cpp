#include "runtime/node/peer_book.hpp"

namespace vpaas {

peer_book::peer_book(peer_limits limits) : limits_(limits) {
  // nop
}

std::string peer_book::enter(connection id, const std::string& name,
                             node_role role) {
  std::lock_guard<std::mutex> guard{mutex_};
  size_t held = 0;
  for (const auto& x : entries_)
    held += x.second.name == name ? 1 : 0;
  if (!name.empty() && held >= limits_.connections)
    return "it has " + std::to_string(held) + " connections already";
  entries_[id] = {name, role, "", 0};
  return "";
}

void peer_book::leave(connection id) {
  std::lock_guard<std::mutex> guard{mutex_};
  entries_.erase(id);
}

std::string peer_book::announce(connection id, size_t bytes) {
  std::lock_guard<std::mutex> guard{mutex_};
  auto i = entries_.find(id);
  if (i == entries_.end())
    return "its connection is gone";
  if (bytes > limits_.message)
    return "it announces a message of " + std::to_string(bytes)
           + " bytes; at most " + std::to_string(limits_.message)
           + " are taken";
  auto& own = i->second;
  if (bytes <= own.bytes)
    return "";
  auto total = bytes;
  for (const auto& x : entries_)
    if (x.first != id && !own.name.empty() && x.second.name == own.name)
      total += x.second.bytes;
  if (total > limits_.total)
    return "its connections announce " + std::to_string(total)
           + " bytes at once; at most " + std::to_string(limits_.total)
           + " are taken";
  own.bytes = bytes;
  return "";
}

std::string peer_book::introduce(connection id, const std::string& process) {
  std::lock_guard<std::mutex> guard{mutex_};
  auto i = entries_.find(id);
  if (i == entries_.end())
    return "its connection is gone";
  auto& own = i->second;
  if (!own.process.empty() && own.process != process)
    return "it introduces itself as a second process";
  if (auto x = other(id, process); x && x->name != own.name)
    return "it poses as a process of \"" + x->name + "\"";
  own.process = process;
  return "";
}

bool peer_book::may_speak_for(connection id, const std::string& process) const {
  std::lock_guard<std::mutex> guard{mutex_};
  auto i = entries_.find(id);
  auto x = other(id, process);
  return i != entries_.end() && (!x || x->name == i->second.name);
}

std::optional<peer> peer_book::find(const std::string& process) const {
  std::lock_guard<std::mutex> guard{mutex_};
  auto x = other(-1, process);
  return x ? std::optional<peer>{{x->name, x->role}} : std::nullopt;
}

size_t peer_book::size() const {
  std::lock_guard<std::mutex> guard{mutex_};
  return entries_.size();
}

const peer_book::entry* peer_book::other(connection id,
                                         const std::string& process) const {
  for (const auto& x : entries_)
    if (x.first != id && x.second.process == process)
      return &x.second;
  return nullptr;
}

} // namespace vpaas
