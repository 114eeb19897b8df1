#pragma once

#include "actors/control/open_store.hpp"
#include "actors/control/password_checker.hpp"
#include "messages/accounts.hpp"

#include <caf/all.hpp>

#include <functional>
#include <string>
#include <vector>

namespace vpaas {

/// Who there is: users, and the tokens of their programs. Owned by the state of
/// the data store.
class user_desk {
public:
  struct world {
    std::function<caf::timestamp()> clock;
    password_actor checker;
    caf::timespan token_lasts; ///< at most
  };

  user_desk(accounts_actor::pointer self, open_store& db, world with);

  caf::result<std::vector<user>> users();

  caf::result<void> keep(const user& x);

  caf::result<void> remove(const std::string& user_name);

  caf::result<std::string> make_token(const token_wish& x);

  caf::result<std::vector<pass>> tokens(const std::string& owner);

  caf::result<void> end_token(const std::string& owner, const std::string& id);

private:
  accounts_actor::pointer self_;
  open_store& db_;
  std::function<caf::timestamp()> clock_;
  password_actor checker_;
  caf::timespan token_lasts_;
};

} // namespace vpaas
