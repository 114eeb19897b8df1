#include "runtime/node/topology.hpp"

#include "runtime/node/settings.hpp"
#include "support/expect.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

actor_kinds table() {
  auto none = [](const spawn_context&) -> caf::expected<caf::actor> {
    return caf::actor{};
  };
  return {{"camera",
           "reads",
           {required(text("source", "", "file or URL")),
            integer("fps", 30, 1, 240, "frames a second")},
           false,
           none},
          {"detector", "finds", {}, true, none}};
}

caf::expected<topology> run(const std::string& script) {
  json values{{"node", {{"name", "fog-1"}, {"cloud", "c:4712"}}},
              {"vars", {{"cameras", {"a.mp4", "b.mp4"}}}}};
  return run_topology(script, "fog.lua", values, table());
}

std::string error_of(const std::string& script) {
  auto x = run(script);
  return x ? "accepted" : cause_of(x.error());
}

} // namespace

BOOST_AUTO_TEST_SUITE(topology_tests)

BOOST_AUTO_TEST_CASE(a_script_describes_a_tree) {
  auto x = run(R"(
local cameras = { kind = "supervisor", name = "cameras",
                  strategy = "rest_for_one", intensity = 9 }
for i, source in ipairs(config.vars.cameras) do
  cameras[i] = { kind = "camera", name = "cam-" .. i, source = source,
                 restart = "transient", grace = "2s" }
end
node.supervise { strategy = "one_for_all", period = "1min",
  { kind = "detector" }, cameras,
  { kind = "far", node = "cloud-1", to = config.cloud } }
)");
  BOOST_TEST_REQUIRE(test::why(x) == "");
  BOOST_TEST((x->supervise.how == strategy::one_for_all));
  BOOST_TEST((x->supervise.period == 60s));
  BOOST_TEST(x->supervise.intensity == 5u);
  BOOST_REQUIRE(x->children.size() == 3u);
  BOOST_TEST(x->children[0].name == "detector");
  BOOST_TEST(x->children[0].detached); // because the kind blocks
  const auto& cameras = x->children[1];
  BOOST_TEST((cameras.supervise.how == strategy::rest_for_one));
  BOOST_TEST(cameras.supervise.intensity == 9u);
  BOOST_REQUIRE(cameras.children.size() == 2u);
  const auto& camera = cameras.children[1];
  BOOST_TEST(camera.name == "cam-2");
  BOOST_TEST((camera.restart == restart_type::transient));
  BOOST_TEST((camera.grace == 2s));
  BOOST_TEST(!camera.detached);
  BOOST_TEST(camera.parameters.get<std::string>("source") == "b.mp4");
  BOOST_TEST(camera.parameters.get<int>("fps") == 30);
  BOOST_TEST(x->children[2].node == "cloud-1");
  BOOST_TEST(x->children[2].parameters.get<std::string>("to") == "c:4712");
}

BOOST_AUTO_TEST_CASE(a_topology_says_what_is_detached) {
  auto x = run(R"(node.supervise {
    { kind = "detector", detached = false },
    { kind = "camera", source = "a", detached = true } })");
  BOOST_REQUIRE(x);
  BOOST_TEST(!x->children[0].detached);
  BOOST_TEST(x->children[1].detached);
}

BOOST_AUTO_TEST_CASE(what_blocks_may_not_hang_unless_it_says_otherwise) {
  auto x = run(R"(node.supervise {
  { kind = "detector", name = "usual" },
  { kind = "detector", name = "slow", stall_after = "1min" },
  { kind = "detector", name = "any", stall_after = "0s" },
  { kind = "camera", source = "a" } })");
  BOOST_TEST_REQUIRE(test::why(x) == "");
  BOOST_TEST((x->children[0].stall_after == usual_stall));
  BOOST_TEST((x->children[1].stall_after == 60s));
  BOOST_TEST((x->children[2].stall_after == 0s));
  BOOST_TEST((x->children[3].stall_after == 0s));
}

BOOST_AUTO_TEST_CASE(a_tree_may_end_with_significant_children) {
  auto x = run(R"(node.supervise { auto_shutdown = "any_significant",
  { kind = "detector", restart = "transient", significant = true } })");
  BOOST_TEST_REQUIRE(test::why(x) == "");
  BOOST_TEST((x->supervise.shutdown == auto_shutdown::any_significant));
  BOOST_TEST(x->children[0].significant);
}

BOOST_AUTO_TEST_CASE(children_that_are_alike_say_what_is_their_own) {
  auto x = run(R"(node.supervise { strategy = "simple_one_for_one",
  { kind = "camera", fps = 25 },
  { name = "door", source = "a.mp4" },
  { name = "gate", source = "b.mp4", fps = 5 } })");
  BOOST_TEST_REQUIRE(test::why(x) == "");
  BOOST_REQUIRE(x->children.size() == 3u);
  BOOST_TEST(x->children[1].kind == "camera");
  BOOST_TEST(x->children[1].parameters.value() == (json{{"source", "a.mp4"}}));
  auto alike = [](const std::string& rest) {
    return error_of("node.supervise { strategy = 'simple_one_for_one', {kind = "
                    "'camera'}, "
                    + rest + " }");
  };
  BOOST_TEST(alike("{ name = 'door' }").find("source") != std::string::npos);
  BOOST_TEST(alike("{ name = 'x', kind = 'detector' }")
             == "fog.lua:1: root child 2 \"x\": all children here are of kind "
                "\"camera\"");
  BOOST_TEST(alike("{ name = 'x', source = 'a', fps = 0 }").find("fps")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(each_wrong_topology_gets_its_one_line) {
  const std::pair<const char*, const char*> cases[] = {
    {"", "fog.lua: never calls node.supervise{...}"},
    {"node.supervise {", "fog.lua:1: unexpected symbol near <eof>"},
    {"node.supervise(7)",
     "fog.lua:1: write node.supervise { { kind = ... }, ... }"},
    {"node.supervise {} node.supervise {}",
     "fog.lua:1: node.supervise was called before; nest a child of kind "
     "\"supervisor\" instead"},
    {"node.supervise { stratgy = 'one_for_one' }",
     "fog.lua:1: unknown key \"stratgy\" of node.supervise"},
    {"node.supervise { strategy = 'one_for_two' }",
     "fog.lua:1: root: strategy = \"one_for_two\" is not allowed; write one of "
     "one_for_one, one_for_all, rest_for_one, simple_one_for_one"},
    {"node.supervise { intensity = -1 }",
     "fog.lua:1: root: intensity = -1 is not allowed; write an integer from 0 "
     "to 1000000"},
    {"node.supervise { period = 30 }",
     "fog.lua:1: root: period = 30 is not allowed; write a duration such as "
     "250ms from 0.001 to 86400 s"},
    {"node.supervise { 'camera' }",
     "fog.lua:1: root child 1: write { kind = \"...\", ... }"},
    {"\nnode.supervise { { name = 'x' } }",
     "fog.lua:2: root child 1: missing \"kind\" (what to run); write text"},
    {"node.supervise { { kind = 'detector' }, { kind = 'camra' } }",
     "fog.lua:1: child \"camra\": no kind \"camra\" on this node; known: "
     "supervisor, camera, detector"},
    {"node.supervise { { kind = 'camera' } }",
     "fog.lua:1: child \"camera\": missing \"source\" (file or URL); write "
     "text"},
    {"node.supervise { { kind = 'camera', source = 'a', fps = 0 } }",
     "fog.lua:1: child \"camera\": fps = 0 is not allowed; write an integer "
     "from 1 to 240"},
    {"node.supervise { { kind = 'camera', source = 'a', loop = true } }",
     "fog.lua:1: child \"camera\": unknown key \"loop\"; known: source, fps"},
    {"node.supervise { { kind = 'detector', restart = 'always' } }",
     "fog.lua:1: root child 1: restart = \"always\" is not allowed; write one "
     "of permanent, transient, temporary"},
    {"node.supervise { { kind = 'detector' }, { kind = 'detector' } }",
     "fog.lua:1: root child 2: the name \"detector\" is taken; give it a "
     "name"},
    {"node.supervise { { kind = 'detector', name = 'a/b' } }",
     "fog.lua:1: root child 1: name \"a/b\" must not contain /"},
    {"node.supervise { { kind = 'detector', { kind = 'detector' } } }",
     "fog.lua:1: root child 1 \"detector\": only a supervisor has children"},
    {"node.supervise { { kind = 'supervisor', to = 1 } }",
     "fog.lua:1: root child 1 \"supervisor\": unknown key \"to\" of a "
     "supervisor"},
    {"node.supervise { { kind = 'detector', node = config.nothing.x } }",
     "fog.lua:1: attempt to index a nil value (field 'nothing')"},
    {"os.execute('true')",
     "fog.lua:1: attempt to index a nil value (global 'os')"},
  };
  for (const auto& [script, expected] : cases)
    BOOST_TEST(error_of(script) == expected);
}

BOOST_AUTO_TEST_CASE(a_missing_script_is_named) {
  auto x = read_topology("/nonexistent/fog.lua", json::object(), table());
  BOOST_REQUIRE(!x);
  BOOST_TEST(describe(x.error())
             == "io: failed to read topology /nonexistent/fog.lua: No such "
                "file or directory; set node.topology");
}

BOOST_AUTO_TEST_SUITE_END()
