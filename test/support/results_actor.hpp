#pragma once

#include "actors/fog/results.hpp"
#include "support/results.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vpaas::test {

using batch_sizes = std::vector<size_t>;

/// A node that knows one ledger, and subscribers.
struct results_system : test_system {
  batch_sizes batches; ///< that came to the ledger
  std::map<std::pair<std::string, uint64_t>, int> kept;
  std::deque<caf::response_promise> held; ///< transactions under way
  bool slow = false;                      ///< then they are held
  caf::error broken;
  int lookups = 0;
  caf::actor ledger = start_ledger();
  caf::actor directory = start_directory();
  results_config cfg;
  results_actor uut;
  std::vector<std::string> answers; ///< to publications, in order
  std::vector<caf::actor> others;

  results_system() {
    cfg.node = directory;
    cfg.seed = 1;
  }

  ~results_system() {
    held.clear();
    for (auto& x : others)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    for (auto& x : {ledger, directory, caf::actor_cast<caf::actor>(uut)})
      if (x)
        caf::anon_send_exit(x, caf::exit_reason::kill);
    run();
  }

  void start() {
    BOOST_TEST_REQUIRE(!cfg.validate());
    uut = sys.spawn(results, cfg);
    run();
  }

  caf::actor start_ledger() {
    return sys.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {
        [this, self](record_atom, const std::vector<frame_result>& xs)
          -> caf::result<uint64_t> {
          batches.push_back(xs.size());
          if (broken)
            return broken;
          for (auto& x : xs)
            ++kept[{x.stream, x.frame}];
          if (!slow)
            return uint64_t{xs.size()};
          held.push_back(self->make_response_promise());
          return caf::delegated<uint64_t>{};
        },
        [this](release_atom) { // CAF wants a promise kept by its actor
          held.front().deliver(uint64_t{1});
          held.pop_front();
        },
        [this](find_atom, const result_query& x) {
          return results_of(x.stream, x.first, 2);
        },
      };
    });
  }

  caf::actor start_directory() {
    return sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](resolve_atom,
                     const std::string& name) -> caf::result<caf::actor> {
        ++lookups;
        if (name != "ledger" || !ledger)
          return caf::make_error(ec::not_found, "no actor \"" + name + "\"");
        return ledger;
      }};
    });
  }

  /// Ends the oldest transaction under way.
  void release_one() {
    caf::anon_send(ledger, release_atom_v);
    run();
  }

  void release() {
    while (!held.empty())
      release_one();
  }

  void publish(std::vector<frame_result> xs) {
    others.push_back(sys.spawn([this, xs](caf::event_based_actor* me) {
      me->request(uut, std::chrono::seconds(3600), publish_atom_v, xs)
        .then([this] { answers.push_back("kept"); },
              [this](const caf::error& x) { answers.push_back(describe(x)); });
    }));
    run();
  }

  json status() {
    json result;
    auto reply = self->request(uut, std::chrono::seconds(1), status_atom_v);
    run();
    reply.receive(
      [&](const status_report& x) {
        result = x.details.value();
        result["state"] = x.state;
      },
      [&](const caf::error& x) { BOOST_FAIL(describe(x)); });
    BOOST_TEST(result["published"]
               == result["stored"].get<uint64_t>()
                    + result["waiting"].get<uint64_t>());
    return result;
  }

  /// What a subscriber got; it holds its answers while `patient`.
  struct listener {
    caf::actor handle;
    std::vector<uint64_t> frames;
    batch_sizes deliveries;
    std::optional<caf::response_promise> owed;
    bool patient = false;
    caf::error refusal;
  };

  void listen(listener& x) {
    x.handle = sys.spawn([&x](caf::event_based_actor* me) -> caf::behavior {
      return {
        [me, &x](result_atom,
                 const std::vector<frame_result>& xs) -> caf::result<void> {
          x.deliveries.push_back(xs.size());
          for (auto& r : xs)
            x.frames.push_back(r.frame);
          if (x.refusal)
            return x.refusal;
          if (!x.patient)
            return caf::unit;
          BOOST_TEST(!x.owed); // one request at a time
          x.owed = me->make_response_promise();
          return caf::delegated<void>{};
        },
        [&x](release_atom) {
          auto owed = std::move(*x.owed);
          x.owed.reset();
          owed.deliver(caf::unit);
        }};
    });
    others.push_back(x.handle);
  }

  std::string subscribe(listener& x, const std::string& stream = "") {
    if (!x.handle)
      listen(x);
    std::string result = "subscribed";
    auto reply = self->request(uut, std::chrono::seconds(1), subscribe_atom_v,
                               stream, x.handle);
    run();
    reply.receive([] {}, [&](const caf::error& e) { result = describe(e); });
    return result;
  }

  void answer(listener& x) {
    caf::anon_send(x.handle, release_atom_v);
    run();
  }
};

} // namespace vpaas::test
