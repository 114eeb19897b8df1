#include "stores.hpp"

#include "runtime/store/ledger_check.hpp"
#include "system.hpp"

#include <filesystem>

namespace vpaas {

caf::error find_stores(const settings& config, const child_spec& child) {
  auto folder = data_folder(config);
  if (child.kind == "chunk_spool" || child.kind == "clip_store")
    return check_writable(std::filesystem::path{folder}
                          / child.parameters.get<std::string>("folder")
                          / "segment");
  if (child.kind != "ledger")
    return caf::none;
  database_config cfg;
  cfg.connection = placed_in(folder,
                             child.parameters.get<std::string>("connection"));
  cfg.patience = child.parameters.get<caf::timespan>("patience");
  return check_ledger(std::move(cfg));
}

} // namespace vpaas
