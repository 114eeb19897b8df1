#pragma once

#include "messages/protocol.hpp"
#include "messages/registry.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace vpaas::test {

/// Runs actors one message at a time under a virtual clock: no threads, no
/// sleeps, the same order every time.
struct test_system {
  struct config : caf::actor_system_config {
    config() {
      set("scheduler.policy", caf::atom("testing"));
      set("logger.file-verbosity", caf::atom("quiet"));
      register_messages(*this);
    }
  };

  /// A pending delayed_send keeps its actor alive, and ~actor_system waits for
  /// every actor: without this drain the test process hangs.
  ~test_system() {
    for (int i = 0; i < 100000 && scheduler().has_pending_timeout(); ++i) {
      scheduler().trigger_timeouts();
      run();
    }
    run();
  }

  /// Delivers everything that can be delivered without time passing.
  void run() {
    scheduler().run();
  }

  /// Lets `x` pass, then delivers what fell due.
  void advance(caf::timespan x) {
    scheduler().advance_time(x);
    run();
  }

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  }

  config cfg;
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys, true};
};

} // namespace vpaas::test
