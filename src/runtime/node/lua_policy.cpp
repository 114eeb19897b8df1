#include "runtime/node/lua_policy.hpp"

#include "runtime/name.hpp"
#include "runtime/node/lua_sandbox.hpp"
#include "runtime/shipped.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

namespace vpaas {

namespace {

/// About a millisecond: a policy decides for every keyframe.
constexpr script_limits limits{100'000, 4 << 20, std::chrono::milliseconds(50)};

constexpr size_t max_script_bytes = 64 << 10;

caf::expected<decision> decide(lua_sandbox& lua, const std::string& path,
                               const stream_state& x) {
  auto answer = lua.call("decide", to_json_value(x));
  if (!answer)
    return std::move(answer.error());
  auto result = decision_of(*answer);
  if (result)
    return result;
  return caf::make_error(
    ec::bad_config,
    path + ": decide answered "
      + answer->dump(-1, ' ', false, json::error_handler_t::replace) + ": "
      + cause_of(result.error()));
}

/// The script that `what` stands for, and what errors call it.
caf::expected<std::pair<std::string, std::string>>
read_policy(const std::string& what) {
  namespace fs = std::filesystem;
  using source = std::pair<std::string, std::string>;
  if (what.size() > max_script_bytes)
    return caf::make_error(ec::bad_config, "a policy is at most 64 KiB of "
                                           "text");
  if (what.find('\n') != std::string::npos)
    return source{"policy", what};
  auto folder = shipped_path("config/policies");
  auto name = fs::path{what};
  if (name.extension() != ".lua")
    name += ".lua";
  auto path = fs::path{folder} / name.filename();
  auto elsewhere = name.has_parent_path()
                   && fs::weakly_canonical(name.parent_path())
                        != fs::weakly_canonical(folder);
  std::ifstream in{path, std::ios::binary};
  if (elsewhere || !is_name(name.filename()) || !in)
    return caf::make_error(ec::io, "failed to read policy \"" + what
                                     + "\": there is none of this name in "
                                     + folder
                                     + "; put it there, or give its text");
  return source{name.filename(),
                std::string{std::istreambuf_iterator<char>{in}, {}}};
}

} // namespace

caf::expected<stream_rule> parse_policy(const std::string& script,
                                        const std::string& name) {
  if (script.size() > max_script_bytes)
    return caf::make_error(ec::bad_config, name
                                             + ": a policy is at most 64 "
                                               "KiB of text");
  auto lua = std::make_shared<lua_sandbox>(limits);
  if (auto err = lua->run(script, name))
    return err;
  auto result = [lua, name](const stream_state& x) {
    return decide(*lua, name, x);
  };
  if (auto tried = result(stream_state{}); !tried) // at the start, not later
    return std::move(tried.error());
  return stream_rule{result};
}

caf::expected<stream_rule> load_policy(const std::string& what) {
  auto source = read_policy(what);
  if (!source)
    return std::move(source.error());
  return parse_policy(source->second, source->first);
}

} // namespace vpaas
