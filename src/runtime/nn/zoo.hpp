#pragma once

#include "runtime/nn/card.hpp"
#include "runtime/nn/network.hpp"

#include <caf/expected.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// The models of this machine: cards in one list of folders, their files in
/// another. A file is right when its hash is, whatever it is called.
class zoo {
public:
  /// @param cards folders with `*.ini`
  /// @param files folders that are searched in this order
  zoo(std::vector<std::string> cards, std::vector<std::string> files)
    : cards_(std::move(cards)), files_(std::move(files)) {
    // nop
  }

  /// Paths of all cards, by name of their files; the first folder wins.
  std::map<std::string, std::string> cards() const;

  /// Reads the card called `name`. @returns ec::not_found that lists the rest
  caf::expected<model_card> card(const std::string& name) const;

  /// Finds a file by its hash: first where it has the name, then anywhere in
  /// the folders. @returns ec::model_missing that says where it was looked
  /// for, what was found instead, and where it can be pulled from
  caf::expected<std::string> find(const card_file& file) const;

  /// Finds all files of a model.
  caf::expected<located_model> locate(const model_card& card) const;

  /// `card` and `locate` in one.
  caf::expected<located_model> locate(const std::string& name) const;

  const std::vector<std::string>& folders() const {
    return files_;
  }

private:
  std::vector<std::string> cards_, files_;
};

/// Where files that were pulled are kept: $XDG_CACHE_HOME/vpaas/models or
/// ~/.cache/vpaas/models.
std::string model_cache_folder();

/// The zoo as it is without configuration: cards in the cache, where imported
/// ones are, and config/models; files in the cache, config/models/weights and
/// ../shared/models.
/// @param extra folders that are searched before these, separated by ':'
zoo default_zoo(const std::string& extra = "");

/// Returns whether the file has the hash and, where it is known, the size.
bool matches(const std::string& path, const card_file& file);

/// Downloads a file that is not there yet into `folder`, checks its hash, and
/// gives it its name only then, or its hash for a name where a file of that
/// name is another.
/// @param progress called with bytes so far and in all (0 = not known);
///        returns false to stop
/// @returns ec::model_missing without an address, ec::io where the server or
///          the disk fails, ec::bad_input where the hash is another
caf::expected<std::string>
pull(const card_file& file, const std::string& folder,
     const std::function<bool(uint64_t, uint64_t)>& progress);

} // namespace vpaas
