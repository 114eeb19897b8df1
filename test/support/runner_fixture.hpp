#pragma once

#include "actors/cloud/runner.hpp"

#include "support/functions.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace vpaas::test {

/// A cloud whose actors do what the test says, and write down what they get:
/// "detectors s0 0.1" is part 1 of chunk 0 of stream s0.
struct runner_fixture : functions {
  using strings = std::vector<std::string>;

  std::map<std::string, caf::actor> directory; ///< of the node
  std::map<std::string, caf::error> refusals;  ///< answered, by name
  std::set<std::string> holding;  ///< who answers when `release` says so
  std::set<std::string> throwing; ///< who breaks
  std::vector<std::pair<caf::response_promise, item>> held;
  std::map<std::string, std::string> answers; ///< by part: "ok", or the code
  std::map<std::string, chunk_answer> results;
  strings log;
  uint64_t epoch = 1;         ///< of what is sent
  std::set<std::string> live; ///< streams whose source does not wait
  std::map<std::string, std::vector<job>> jobs; ///< of the pool, by stream
  runner_actor uut;

  ~runner_fixture() {
    end_all();
    held.clear();
  }

  void begin(json values = json::object()) {
    auto node = [](caf::event_based_actor*,
                   runner_fixture* f) -> caf::behavior {
      return {
        [=](resolve_atom, const std::string& name) -> caf::result<caf::actor> {
          auto i = f->directory.find(name);
          if (i == f->directory.end())
            return caf::make_error(ec::not_found, "no actor " + name);
          return i->second;
        }};
    };
    for (auto name : {"chunk_decoder-1", "chunk_decoder-2", "chunk_decoder-3",
                      "detectors", "region_filter"})
      hire(name);
    uut = remember(sys.spawn(runner, defaults(runner_spec(), std::move(values)),
                             remember(sys.spawn(node, this))));
  }

  /// Puts a fresh actor under this name.
  void hire(const std::string& name) {
    directory[name] = remember(sys.spawn(stage, this, name));
  }

  static caf::behavior stage(caf::event_based_actor* self, runner_fixture* f,
                             std::string name) {
    self->set_exception_handler( // as CAF's own, but quiet
      [](std::exception_ptr&) -> caf::error {
        return caf::sec::runtime_error;
      });
    return {
      [=](apply_atom, const item& x) { return f->take(self, name, x); },
      [=](apply_atom, const item& x, const document& options) {
        f->log.push_back("with " + options.value().dump());
        return f->take(self, name, x);
      },
      [=](submit_atom, const job& x) {
        f->jobs[x.input.stream].push_back(x);
        return f->take(self, name, x.input);
      },
      [=](cancel_atom, const std::string& stream) {
        f->log.push_back(name + " cancel " + stream);
      },
    };
  }

  caf::result<item> take(caf::event_based_actor* by, const std::string& name,
                         const item& x) {
    auto* in = x.value.get<chunk>();
    log.push_back(name + " " + x.stream + " " + std::to_string(x.seq)
                  + (in ? "." + std::to_string(in->part) + " "
                            + std::to_string(in->bytes.size())
                        : ""));
    if (throwing.count(name) != 0)
      throw std::runtime_error("broken");
    if (auto i = refusals.find(name); i != refusals.end())
      return i->second;
    auto out = output_of(name, x);
    if (holding.count(name) == 0)
      return out;
    held.emplace_back(by->make_response_promise(), out);
    return caf::delegated<item>{};
  }

  static item output_of(const std::string& name, const item& x) {
    if (name == "detectors")
      return make_item(x.stream, x.seq,
                       detections{"m@1", {"a"}, {}, {{7, {}}}});
    if (name == "region_filter")
      return make_item(x.stream, x.seq,
                       chunk_answer{"m@1", {"a"}, {{7, {}, {}}}, {}, {}});
    if (name == "namer")
      return make_item(x.stream, x.seq, namings{});
    return {"keyframes", x.stream, x.seq, {}};
  }

  /// Lets those who hold answer, in order.
  void release() {
    for (auto& [promise, out] : std::exchange(held, {}))
      promise.source()->enqueue(nullptr, promise.id().response_id(),
                                caf::make_message(out), nullptr);
    run();
  }

  chunk part(const std::string& stream, uint16_t number, size_t bytes) const {
    chunk result;
    result.stream = stream;
    result.part = number;
    result.epoch = epoch;
    result.live = live.count(stream) != 0;
    result.last = false;
    result.frames.push_back({number, 100, 0, {}, false});
    result.bytes = blob{blob::buffer(bytes, 1)};
    return result;
  }

  /// Sends a part; without bytes, they come by themselves.
  void send(const std::string& stream, uint16_t number, size_t bytes = 100) {
    send(make_item(stream, 0, part(stream, number, bytes)),
         stream + " " + std::to_string(number));
  }

  /// Sends a part with what is to be done.
  void send(const std::string& stream, uint16_t number,
            std::vector<errand_step> steps) {
    send(make_item(stream, 0,
                   errand_call{std::move(steps), part(stream, number, 100)}),
         stream + " " + std::to_string(number));
  }

  void send(const item& what, const std::string& key) {
    sys.spawn([=](caf::event_based_actor* fog) {
      fog->request(uut, caf::infinite, apply_atom_v, what)
        .then(
          [=](const item& x) {
            answers[key] = "ok";
            results[key] = *x.value.get<chunk_answer>();
          },
          [=](const caf::error& e) {
            auto text = describe(e);
            answers[key] = text.substr(0, text.find(':'));
          });
    });
    run();
  }

  caf::error deliver(const std::string& stream, uint16_t number,
                     size_t bytes = 100) {
    caf::error result;
    delivery x{bytes_key(part(stream, number, 0)),
               blob{blob::buffer(bytes, 1)}};
    auto reply = self->request(uut, caf::infinite, deliver_atom_v, x);
    run();
    reply.receive([] {}, [&](caf::error& e) { result = std::move(e); });
    return result;
  }

  /// The status, which obeys its laws whenever one looks.
  runner_status look() {
    auto x = *from_json<runner_status>(status(uut));
    BOOST_TEST(x.submitted
               == x.answered + x.failed + x.waiting + x.decoding + x.detecting
                    + x.filtering);
    BOOST_TEST(x.deliveries == x.claimed + x.dropped + x.unclaimed);
    return x;
  }

  /// What the decoders got.
  strings decoded() const {
    strings result;
    for (auto& x : log)
      if (x.find("chunk_decoder-") == 0)
        result.push_back(x.substr(16));
    return result;
  }
};

} // namespace vpaas::test
