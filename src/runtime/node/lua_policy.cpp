#include "runtime/node/lua_policy.hpp"

#include "runtime/node/lua_sandbox.hpp"

#include <fstream>
#include <iterator>
#include <memory>

namespace vpaas {

namespace {

/// About a millisecond: a policy decides for every keyframe.
constexpr script_limits limits{100'000, 4 << 20};

caf::expected<decision> decide(lua_sandbox& lua, const std::string& path,
                               const stream_state& x) {
  auto answer = lua.call("decide", to_json_value(x));
  if (!answer)
    return std::move(answer.error());
  auto result = from_json<decision>(*answer);
  if (result)
    return result;
  return caf::make_error(
    ec::bad_config,
    path + ": decide answered "
      + answer->dump(-1, ' ', false, json::error_handler_t::replace) + ": "
      + cause_of(result.error())
      + "; return { path = \"high_low\", qp = 36, scale "
        "= 0.8 }");
}

} // namespace

caf::expected<policy_function> load_policy(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return caf::make_error(ec::io, "failed to read policy " + path
                                     + "; check the path");
  std::string script{std::istreambuf_iterator<char>{in}, {}};
  auto lua = std::make_shared<lua_sandbox>(limits);
  if (auto err = lua->run(script, path))
    return err;
  auto result = [lua, path](const stream_state& x) {
    return decide(*lua, path, x);
  };
  if (auto tried = result(stream_state{}); !tried) // at the start, not later
    return std::move(tried.error());
  return policy_function{result};
}

} // namespace vpaas
