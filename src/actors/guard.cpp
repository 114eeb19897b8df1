#include "actors/guard.hpp"

#include "runtime/error.hpp"
#include "runtime/pulse.hpp"

#include <caf/default_attachable.hpp>

#include <atomic>
#include <utility>

namespace vpaas {

namespace {

std::atomic<size_t> hung{0};

/// What became of the actor behind a guard, whoever says it first.
enum class fate { lives, ended, abandoned };

using shared_fate = std::shared_ptr<std::atomic<fate>>;

class guard : public caf::monitorable_actor {
public:
  guard(caf::actor_config& cfg, const caf::actor& x)
    : caf::monitorable_actor(cfg),
      behind_(caf::actor_cast<caf::strong_actor_ptr>(x)), pulse_(x.id()),
      name_(static_cast<caf::monitorable_actor*>(behind_->get())->name()) {
    // nop
  }

  /// Begins to watch; not in the constructor, where it has no address.
  void begin() {
    auto x = behind_;
    x->get()->attach_functor([end = end_] {
      if (end->exchange(fate::ended) == fate::abandoned)
        --hung;
    });
    x->get()->attach(caf::default_attachable::make_monitor(
      caf::actor_cast<caf::actor_addr>(x), address()));
  }

  const char* name() const override {
    return name_;
  }

  void enqueue(caf::mailbox_element_ptr what,
               caf::execution_unit* context) override {
    auto& content = what->content();
    if (content.type_token() == caf::make_type_token<caf::down_msg>()) {
      auto& down = content.get_mutable_as<caf::down_msg>(0);
      cleanup(std::move(down.reason), context);
      return;
    }
    auto x = behind();
    if (!x) {
      bounce(what);
      return;
    }
    auto killed = content.type_token() == caf::make_type_token<caf::exit_msg>()
                  && content.get_as<caf::exit_msg>(0).reason
                       == caf::exit_reason::kill;
    if (killed)
      abandon(context);
    x->enqueue(std::move(what), context);
  }

protected:
  void on_cleanup(const caf::error&) override {
    behind_ = nullptr; // under the lock of the one who calls
  }

private:
  caf::strong_actor_ptr behind() {
    return shared_critical_section([this] { return behind_; });
  }

  void abandon(caf::execution_unit* context) {
    ++hung;
    auto lives = fate::lives;
    if (end_->compare_exchange_strong(lives, fate::abandoned))
      abandon_pulse(pulse_);
    else
      --hung;
    cleanup(caf::error{caf::exit_reason::kill}, context);
  }

  caf::strong_actor_ptr behind_; ///< null: it has ended
  uint64_t pulse_;               ///< of its thread
  const char* name_;             ///< of the kind of actor
  shared_fate end_ = std::make_shared<std::atomic<fate>>(fate::lives);
};

} // namespace

caf::actor guarded(caf::actor_system& system, const caf::actor& x) {
  caf::actor_config cfg{system.dummy_execution_unit()};
  auto result = caf::make_actor<guard, caf::actor>(
    system.next_actor_id(), system.node(), &system, cfg, x);
  auto raw = caf::actor_cast<caf::abstract_actor*>(result);
  static_cast<guard*>(raw)->begin();
  return result;
}

size_t hung_threads() {
  return hung;
}

caf::error check_hung_threads() {
  if (hung_threads() < max_hung_threads)
    return caf::none;
  return caf::make_error(ec::overload, std::to_string(max_hung_threads)
                                         + " threads hang in this process; "
                                           "start it anew");
}

} // namespace vpaas
