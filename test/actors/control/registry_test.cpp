#include "actors/control/registry.hpp"

#include "runtime/error.hpp"
#include "runtime/policy/assignments.hpp"
#include "runtime/sha256.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace vpaas;

namespace {

const std::string weights(1000, 'w');

struct fixture : test::test_system {
  fixture() {
    cfg.database.connection = dir.path("data.db");
    cfg.folder = dir.path("files");
    cfg.quota = 2500;
    cfg.check = [](const artifact& x, const auto&) -> caf::error {
      if (x.content == "nonsense")
        return caf::make_error(ec::bad_config, "no card");
      return caf::none;
    };
    start();
  }

  ~fixture() {
    caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
    run();
  }

  void start() {
    uut = sys.spawn(registry, cfg);
    run();
  }

  template <class T, class... Ts>
  caf::expected<T> ask(const Ts&... xs) {
    caf::expected<T> result{caf::none};
    auto handle = self->request(uut, caf::infinite, xs...);
    run();
    handle.receive([&](T& x) { result = std::move(x); },
                   [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  template <class... Ts>
  caf::error tell(const Ts&... xs) {
    caf::error result;
    auto handle = self->request(uut, caf::infinite, xs...);
    run();
    handle.receive([] {}, [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  static document model(const std::string& name, const std::string& bytes,
                        const std::string& content = "card") {
    artifact x;
    x.name = name;
    x.content = content;
    x.files = {{"weights", "w", sha256(bytes), bytes.size()}};
    return document{to_json_value(x)};
  }

  caf::error deliver(const std::string& bytes, const std::string& hash) {
    return tell(
      deliver_atom_v,
      delivery{{hash, 1}, blob{blob::buffer(bytes.begin(), bytes.end())}});
  }

  caf::expected<document> add(const std::string& name,
                              const std::string& bytes) {
    if (auto err = deliver(bytes, sha256(bytes)))
      return err;
    return ask<document>(keep_atom_v, model(name, bytes));
  }

  caf::expected<document> deploy(const std::string& what,
                                 const std::string& where = "fog") {
    return ask<document>(start_atom_v, order(what, where));
  }

  static document order(const std::string& what, const std::string& where) {
    deployment x;
    x.target = where;
    x.function = "backup_detector";
    x.parameter = "model";
    x.artifact = what;
    return document{to_json_value(x)};
  }

  test::temp_dir dir;
  registry_config cfg;
  registry_actor uut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(registry_tests, fixture)

BOOST_AUTO_TEST_CASE(a_model_is_kept_when_its_files_are_here) {
  auto x = model("face", weights);
  auto missing = ask<document>(offer_atom_v, x);
  BOOST_TEST_REQUIRE(bool(missing));
  BOOST_TEST(missing->value()["missing"] == json::array({sha256(weights)}));
  BOOST_TEST((ask<document>(keep_atom_v, x).error() == ec::model_missing));
  BOOST_TEST((deliver("other", sha256(weights)) == ec::bad_input));
  BOOST_TEST(!deliver(weights, sha256(weights)));
  missing = ask<document>(offer_atom_v, x);
  BOOST_TEST(missing->value()["missing"].empty());
  auto kept = ask<document>(keep_atom_v, x);
  BOOST_TEST_REQUIRE(bool(kept));
  BOOST_TEST(kept->get<int>("version") == 1);
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  start();
  BOOST_TEST(bool(
    ask<document>(find_atom_v, std::string{"model"}, std::string{"face@1"})));
  auto bytes = ask<blob>(fetch_atom_v, sha256(weights));
  BOOST_TEST_REQUIRE(bool(bytes));
  BOOST_TEST(bytes->size() == weights.size());
}

BOOST_AUTO_TEST_CASE(what_is_no_artifact_is_refused) {
  BOOST_TEST((ask<document>(offer_atom_v, model("../face", weights)).error()
              == ec::bad_input));
  BOOST_TEST(
    (ask<document>(offer_atom_v, model("face", "")).error() == ec::bad_input));
  BOOST_TEST(
    (ask<document>(offer_atom_v, model("face", weights, "nonsense")).error()
     == ec::bad_config));
  BOOST_TEST(!ask<document>(offer_atom_v, document{json{{"size", 3}}}));
}

BOOST_AUTO_TEST_CASE(a_full_store_says_so_and_keeps_what_it_has) {
  BOOST_TEST(bool(add("face", std::string(1000, 'a'))));
  BOOST_TEST(bool(add("face", std::string(1000, 'b'))));
  auto third = add("face", std::string(1000, 'c'));
  BOOST_TEST((third.error() == ec::overload));
  BOOST_TEST(bool(ask<blob>(fetch_atom_v, sha256(std::string(1000, 'a')))));
  // What is no artifact any more makes room.
  BOOST_TEST(!tell(remove_atom_v, std::string{"model"}, std::string{"face@1"}));
  BOOST_TEST(bool(add("face", std::string(1000, 'c'))));
}

BOOST_AUTO_TEST_CASE(what_is_deployed_is_what_was_registered) {
  BOOST_TEST(bool(add("face", "one")));
  BOOST_TEST(bool(add("face", "two")));
  BOOST_TEST((deploy("dog").error() == ec::not_found));
  BOOST_TEST((deploy("face@9").error() == ec::not_found));
  BOOST_TEST((deploy("face", "../x").error() == ec::bad_input));
  BOOST_TEST(deploy("face@1")->get<std::string>("artifact") == "face@1");
  BOOST_TEST(deploy("face")->get<std::string>("artifact") == "face@2");
  BOOST_TEST((tell(remove_atom_v, std::string{"model"}, std::string{"face@2"})
              == ec::bad_input));
  auto all = ask<document>(read_atom_v);
  BOOST_TEST_REQUIRE(bool(all));
  BOOST_TEST(all->value()["deployments"].size() == 1u);
  BOOST_TEST(all->value()["artifacts"].size() == 1u);
  auto back = ask<document>(release_atom_v, order("", "fog"));
  BOOST_TEST_REQUIRE(bool(back));
  BOOST_TEST(back->get<std::string>("withdrawn") == "face@2");
  BOOST_TEST(back->get<std::string>("artifact") == "face@1");
  back = ask<document>(release_atom_v, order("", "fog"));
  BOOST_TEST(!back->has("artifact"));
  BOOST_TEST(
    (ask<document>(release_atom_v, order("", "fog")).error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(no_password_of_a_camera_stands_in_the_database) {
  const std::string source = "rtsp://guard:hard-to-guess@10.0.0.20/1";
  desired_stream x;
  x.fog = "fog-1";
  x.name = "door";
  x.parameters.set("source", source);
  x.parameters.set("qp", 30);
  BOOST_TEST(!tell(record_atom_v, document{to_json_value(x)}));
  for (auto* ending : {"", "-wal"}) {
    std::ifstream in{dir.path(std::string{"data.db"} + ending)};
    std::string all{std::istreambuf_iterator<char>{in}, {}};
    BOOST_TEST(all.find("hard-to-guess") == std::string::npos, ending);
  }
  auto parameters = [&] {
    auto all = ask<document>(read_atom_v);
    BOOST_TEST_REQUIRE(bool(all));
    auto& streams = all->value()["streams"];
    return streams.empty() ? json{} : json(streams[0]["parameters"]);
  };
  start();
  BOOST_TEST(parameters()["source"] == source);
  BOOST_TEST(parameters()["qp"] == 30);
  std::filesystem::remove(cfg.folder + ".key"); // a backend without its key
  start();
  BOOST_TEST(parameters().is_null());
}

BOOST_AUTO_TEST_CASE(streams_are_kept_until_they_are_taken_off) {
  desired_stream x;
  x.fog = "fog-1";
  x.name = "door";
  BOOST_TEST(!tell(record_atom_v, document{to_json_value(x)}));
  x.ended = true;
  BOOST_TEST(!tell(record_atom_v, document{to_json_value(x)}));
  auto all = ask<document>(read_atom_v);
  BOOST_TEST_REQUIRE(all->value()["streams"].size() == 1u);
  BOOST_TEST(all->value()["streams"][0]["ended"] == true);
  BOOST_TEST(!tell(stop_atom_v, std::string{"fog-1"}, std::string{"door"}));
  BOOST_TEST(ask<document>(read_atom_v)->value()["streams"].empty());
  x.name = "../door";
  BOOST_TEST(
    (tell(record_atom_v, document{to_json_value(x)}) == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(a_database_that_is_away_is_said) {
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  cfg.database.connection = "/proc/none/data.db";
  start();
  BOOST_TEST((ask<document>(read_atom_v).error() == ec::io));
  BOOST_TEST(ask<status_report>(status_atom_v)->state == "away");
}

BOOST_AUTO_TEST_CASE(streams_are_assigned_policies_and_pipelines) {
  auto add_script = [&](artifact_kind kind, const std::string& name) {
    artifact x;
    x.kind = kind;
    x.name = name;
    x.content = "text of " + name;
    return ask<document>(keep_atom_v, document{to_json_value(x)});
  };
  BOOST_TEST(bool(add_script(artifact_kind::policy, "night")));
  BOOST_TEST(bool(add_script(artifact_kind::pipeline, "plain")));
  auto assign = [&](json x) {
    return ask<document>(apply_atom_v, document{x});
  };
  auto made = assign({{"streams", "yard*"}, {"artifact", "night"}});
  BOOST_TEST_REQUIRE(bool(made));
  BOOST_TEST(made->get<std::string>("artifact") == "night@1");
  made = assign({{"streams", "door"},
                 {"artifact", "plain@1"},
                 {"at", "weekends EST5EDT,M3.2.0,M11.1.0"}});
  BOOST_TEST_REQUIRE(bool(made));
  BOOST_TEST(made->get<std::string>("kind") == "pipeline");
  BOOST_TEST(made->get<std::string>("zone") == "EST5EDT,M3.2.0,M11.1.0");
  // The same streams at the same times: in its place.
  BOOST_TEST(bool(assign({{"streams", "yard*"}, {"artifact", "plain"}})));
  auto all = ask<document>(read_atom_v);
  BOOST_TEST_REQUIRE(bool(all));
  BOOST_TEST(all->value()["assignments"].size() == 2u);
  BOOST_TEST_REQUIRE(all->value()["artifacts"].size() == 1u);
  BOOST_TEST(all->value()["artifacts"][0]["content"] == "text of plain");
  BOOST_TEST(
    (tell(remove_atom_v, std::string{"pipeline"}, std::string{"plain@1"})
     == ec::bad_input));
  BOOST_TEST(
    !tell(remove_atom_v, std::string{"policy"}, std::string{"night@1"}));
  auto end = [&](std::string streams, std::string at) {
    return tell(cancel_atom_v, streams, at);
  };
  BOOST_TEST(!end("yard*", ""));
  BOOST_TEST((end("yard*", "") == ec::not_found));
  BOOST_TEST((end("door", "") == ec::not_found));
  BOOST_TEST(!end("door", "weekends EST5EDT,M3.2.0,M11.1.0"));
}

BOOST_AUTO_TEST_CASE(a_profile_is_switched_and_stays_so) {
  artifact script;
  script.kind = artifact_kind::policy;
  script.name = "dark";
  script.content = "text";
  BOOST_TEST(bool(ask<document>(keep_atom_v, document{to_json_value(script)})));
  auto turn = [&](const std::string& name) {
    return ask<document>(configure_atom_v,
                         document{json{{"profile", name}, {"author", "ann"}}});
  };
  auto on = [&] { return ask<document>(read_atom_v)->value()["profile"]; };
  BOOST_TEST((turn("night").error() == ec::not_found));
  BOOST_TEST(on() == "");
  auto made = ask<document>(apply_atom_v, document{json{{"streams", "yard*"},
                                                        {"artifact", "dark"},
                                                        {"profile", "night"}}});
  BOOST_TEST_REQUIRE(bool(made));
  BOOST_TEST(made->get<std::string>("id") == "night: yard*");
  made = turn("night");
  BOOST_TEST_REQUIRE(bool(made));
  BOOST_TEST(made->get<std::string>("author") == "ann");
  BOOST_TEST(on() == "night");
  BOOST_TEST((turn("day").error() == ec::not_found));
  BOOST_TEST(on() == "night"); // as before
  BOOST_TEST(bool(turn("")));
  BOOST_TEST(on() == "");
  auto end = [&](std::string profile) {
    return tell(cancel_atom_v, std::string{"yard*"}, std::string{}, profile);
  };
  BOOST_TEST((end("") == ec::not_found));
  BOOST_TEST(!end("night"));
}

BOOST_AUTO_TEST_CASE(assignments_that_cannot_be_are_refused) {
  auto refuses = [&](json x, const std::string& cause) {
    auto made = ask<document>(apply_atom_v, document{x});
    BOOST_TEST_REQUIRE(!made);
    BOOST_TEST(describe(made.error()).find(cause) != std::string::npos,
               describe(made.error()));
  };
  refuses({{"streams", "door"}, {"artifact", "night"}},
          "there is no policy \"night\"; see vpaas policy list");
  refuses({{"streams", ""}, {"artifact", "night"}}, "stands for no streams");
  refuses({{"streams", "a*b*"}, {"artifact", "night"}},
          "stands for no streams");
  refuses({{"streams", "*"}, {"artifact", "x"}, {"kind", "model"}},
          "not through a model");
  refuses({{"streams", "*"}, {"artifact", "x"}, {"at", "22:00-06:00"}},
          "does not say in which time zone");
  refuses({{"streams", "*"}, {"artifact", "x"}, {"at", "daily Mars/Olympus"}},
          "there is no time zone \"Mars/Olympus\"");
  refuses({{"streams", "*"}, {"artifact", "x"}, {"profile", "a b"}},
          "is no name of a profile");
}

BOOST_AUTO_TEST_SUITE_END()
