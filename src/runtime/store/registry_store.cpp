#include "runtime/store/registry_store.hpp"

#include "runtime/sha256.hpp"
#include "runtime/store/table_session.hpp"

#include <utility>

namespace vpaas {

namespace {

std::vector<data_table> tables() {
  return {table_of<artifact>("artifacts", "id"),
          table_of<deployment>("deployments", "id", true),
          table_of<desired_stream>("streams", "id"),
          table_of<assignment>("assignments", "id"),
          table_of<profile_switch>("profile_switches", "id", true)};
}

std::string digest_of(const artifact& x) {
  auto text = json{{"content", x.content}, {"files", to_json_value(x.files)}};
  return sha256(text.dump(-1, ' ', false, json::error_handler_t::replace));
}

/// What holds of all that were made, in their order.
std::vector<deployment> holding(const std::vector<deployment>& xs) {
  std::vector<deployment> result;
  for (auto& x : xs) {
    auto same = [&](const deployment& y) {
      return y.target == x.target && y.function == x.function
             && y.parameter == x.parameter;
    };
    auto i = std::find_if(result.begin(), result.end(), same);
    if (i == result.end())
      result.push_back(x);
    else
      *i = x;
  }
  return result;
}

} // namespace

struct registry_store::impl : table_session {
  explicit impl(const database_config& x) : table_session(x, tables()) {
    // nop
  }

  std::optional<artifact> newest(artifact_kind kind, const std::string& name) {
    auto found = get<artifact>(
      "artifacts",
      "where kind = :kind and name = :name order by "
      "version desc limit 1",
      {text_cell("kind", to_string(kind)), text_cell("name", name)});
    if (found.empty())
      return std::nullopt;
    return std::move(found.front());
  }

  /// @returns whether there was one
  caf::expected<bool> forget(const std::string& name, const std::string& id) {
    auto n = uint64_t{0};
    auto err = change("delete a row of", [&] {
      n = run("delete from " + name + " where id = :id", {text_cell("id", id)});
    });
    if (err)
      return err;
    return n > 0;
  }

  /// Of one target, function and parameter.
  std::optional<deployment> held(const deployment& like) {
    auto found = get<deployment>(
      "deployments",
      "where withdrawn = 0 and target = :target and function = :function and "
      "parameter = :parameter order by id desc limit 1",
      {text_cell("target", like.target), text_cell("function", like.function),
       text_cell("parameter", like.parameter)});
    if (found.empty())
      return std::nullopt;
    return std::move(found.front());
  }
};

registry_store::registry_store(std::unique_ptr<impl> x) : impl_(std::move(x)) {
  // nop
}

registry_store::registry_store(registry_store&&) noexcept = default;

registry_store& registry_store::operator=(registry_store&&) noexcept = default;

registry_store::~registry_store() = default;

caf::expected<registry_store> registry_store::open(const database_config& cfg) {
  try {
    return registry_store{std::make_unique<impl>(cfg)};
  } catch (...) {
    return explain("open the registry", cfg.connection);
  }
}

caf::expected<std::vector<artifact>> registry_store::artifacts() {
  return impl_->attempt("read artifacts from", [&] {
    return impl_->get<artifact>("artifacts", "order by kind, name, version");
  });
}

caf::expected<std::optional<artifact>>
registry_store::find(artifact_kind kind, const std::string& reference) {
  return impl_->attempt("read artifacts from", [&] {
    if (reference.find('@') == std::string::npos)
      return impl_->newest(kind, reference);
    return impl_->get_one<artifact>("artifacts", "id",
                                    to_string(kind) + "/" + reference);
  });
}

caf::expected<artifact> registry_store::add(artifact x) {
  x.digest = digest_of(x);
  auto err = impl_->change("write an artifact to", [&] {
    auto last = impl_->newest(x.kind, x.name);
    if (last && last->digest == x.digest) {
      x = std::move(*last);
      return;
    }
    x.version = last ? last->version + 1 : 1;
    x.id = to_string(x.kind) + "/" + x.reference();
    impl_->put("artifacts", x);
  });
  if (err)
    return err;
  return x;
}

caf::expected<bool> registry_store::remove_artifact(const std::string& id) {
  return impl_->forget("artifacts", id);
}

caf::expected<std::vector<deployment>> registry_store::deployments() {
  return impl_->attempt("read deployments from", [&] {
    return holding(
      impl_->get<deployment>("deployments", "where withdrawn = 0 order by id"));
  });
}

caf::error registry_store::deploy(const deployment& x) {
  return impl_->change("write a deployment to", [&] {
    auto now = impl_->held(x);
    if (!now || now->artifact != x.artifact)
      impl_->put("deployments", x);
  });
}

caf::expected<std::optional<deployment>>
registry_store::withdraw(const deployment& like) {
  std::optional<deployment> held;
  auto err = impl_->change("withdraw a deployment of", [&] {
    held = impl_->held(like);
    if (held)
      impl_->run("update deployments set withdrawn = 1 where id = :id",
                 {number_cell("id", int64_t(held->id))});
  });
  if (err)
    return err;
  return held;
}

caf::expected<std::vector<desired_stream>> registry_store::streams() {
  return impl_->attempt("read streams from", [&] {
    return impl_->get<desired_stream>("streams", "order by id");
  });
}

caf::error registry_store::keep(const desired_stream& x) {
  return impl_->change("write a stream to", [&] { impl_->put("streams", x); });
}

caf::expected<bool> registry_store::forget_stream(const std::string& id) {
  return impl_->forget("streams", id);
}

caf::expected<std::vector<assignment>> registry_store::assignments() {
  return impl_->attempt("read assignments from", [&] {
    return impl_->get<assignment>("assignments", "order by id");
  });
}

caf::error registry_store::keep(const assignment& x) {
  return impl_->change("write an assignment to",
                       [&] { impl_->put("assignments", x); });
}

caf::expected<bool> registry_store::forget_assignment(const std::string& id) {
  return impl_->forget("assignments", id);
}

caf::expected<profile_switch> registry_store::profile() {
  return impl_->attempt("read profiles from", [&] {
    auto found = impl_->get<profile_switch>("profile_switches",
                                            "order by id desc limit 1");
    return found.empty() ? profile_switch{} : std::move(found.front());
  });
}

caf::error registry_store::keep(const profile_switch& x) {
  return impl_->change("write a profile to",
                       [&] { impl_->put("profile_switches", x); });
}

} // namespace vpaas
