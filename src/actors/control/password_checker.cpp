#include "actors/control/password_checker.hpp"

#include "runtime/store/password.hpp"

namespace vpaas {

password_actor::behavior_type password_checker() {
  return {
    [](find_atom, const std::string& hash, const std::string& password) {
      return is_password(hash, password);
    },
    [](apply_atom, const std::string& password) -> caf::result<std::string> {
      return hash_password(password);
    },
  };
}

} // namespace vpaas
