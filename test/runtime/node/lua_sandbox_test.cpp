#include "runtime/node/lua_sandbox.hpp"

#include <boost/test/unit_test.hpp>

#include <ctime>

using namespace vpaas;

namespace {

std::string error_of(const std::string& script, script_limits limits = {}) {
  lua_sandbox lua{limits};
  auto err = lua.run(script, "x.lua");
  return err ? cause_of(err) : "accepted";
}

} // namespace

BOOST_AUTO_TEST_SUITE(lua_sandbox_tests)

BOOST_AUTO_TEST_CASE(values_go_in_and_out) {
  lua_sandbox lua;
  json x{{"n", 7},
         {"f", 2.5},
         {"t", "text"},
         {"b", true},
         {"list", {1, 2, {{"deep", -3}}}}};
  BOOST_TEST(!lua.run("function id(x) return x end", "x.lua"));
  auto y = lua.call("id", x);
  BOOST_REQUIRE(y);
  BOOST_TEST(*y == x);
  BOOST_TEST(!lua.run("function mixed() return { a = 1, 7, 8 } end", "x.lua"));
  BOOST_TEST(*lua.call("mixed", {}) == (json{{"a", 1}, {"[]", {7, 8}}}));
}

BOOST_AUTO_TEST_CASE(globals_and_host_functions_are_seen) {
  lua_sandbox lua;
  json seen;
  lua.set("config", {{"port", 4711}});
  lua.set("node", "tell", [&](const json& x) -> caf::expected<json> {
    seen = x;
    return json(x.get<int>() + 1);
  });
  BOOST_TEST(!lua.run("y = node.tell(config.port)\nnode.tell(y)", "x.lua"));
  BOOST_TEST(seen == 4712);
}

BOOST_AUTO_TEST_CASE(what_a_script_must_not_do_is_not_there) {
  for (auto name :
       {"io", "os", "load", "loadfile", "dofile", "loadstring", "require",
        "package", "debug", "coroutine", "collectgarbage", "print",
        "setmetatable", "getmetatable", "rawset", "string.dump", "string.find",
        "string.gsub", "_G"}) {
    std::string script = "if " + std::string{name} + " ~= nil then error('x') "
                         + "end";
    BOOST_TEST(error_of(script) == "accepted", name);
  }
  BOOST_TEST(error_of("local s = ('x'):find('x')")
             == "x.lua:1: attempt to call a nil value (method 'find')");
  BOOST_TEST(error_of("\x1bLua bytecode")
             == "x.lua: attempt to load a binary chunk (mode is 't')");
}

BOOST_AUTO_TEST_CASE(an_error_names_file_and_line) {
  BOOST_TEST(error_of("local a = 1\nlocal b = = 2")
             == "x.lua:2: unexpected symbol near '='");
  BOOST_TEST(error_of("\n\nerror('no camera')") == "x.lua:3: no camera");
  lua_sandbox lua;
  lua.set("node", "fail", [](const json&) -> caf::expected<json> {
    return caf::make_error(ec::bad_config, "the host says no");
  });
  BOOST_TEST(cause_of(lua.run("\nnode.fail(1)", "x.lua"))
             == "x.lua:2: the host says no");
}

BOOST_AUTO_TEST_CASE(an_endless_loop_is_stopped_even_inside_pcall) {
  script_limits few{100'000, 1 << 20};
  auto stopped = "the script ran over its limit of 100000 instructions";
  for (auto script :
       {"while true do end",
        "pcall(function() while true do end end) "
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local function f() return f() end f()"})
    BOOST_TEST(error_of(script, few).find(stopped) != std::string::npos,
               script);
}

BOOST_AUTO_TEST_CASE(memory_is_limited_and_the_sandbox_lives_on) {
  lua_sandbox lua{{10'000'000, 1 << 20}};
  for (auto script : {"local s = ('x'):rep(2e6)",
                      "local t = {} while true do t[#t + 1] = {} end",
                      "local s = 'x' while true do s = s .. s end"})
    BOOST_TEST(cause_of(lua.run(script, "x.lua")).find("not enough memory")
                 != std::string::npos,
               script);
  BOOST_TEST(!lua.run("function f() return 7 end", "x.lua"));
  BOOST_TEST(*lua.call("f", {}) == 7);
}

BOOST_AUTO_TEST_CASE(a_limit_names_the_script_and_the_line) {
  script_limits few{100'000, 1 << 20};
  BOOST_TEST(error_of("\nwhile true do end", few)
             == "x.lua:2: the script ran over its limit of 100000 "
                "instructions");
  BOOST_TEST(error_of("local s = 'x'\n\ns = s:rep(900000) .. s:rep(900000)",
                      {10'000'000, 1 << 20})
             == "x.lua:3: not enough memory; a script may use 1048576 bytes");
}

// What lua_library charges for.
BOOST_AUTO_TEST_CASE(the_limit_holds_inside_one_call_of_the_library) {
  const std::pair<const char*, const char*> cases[]
    = {{"('').rep('', 1e18)", "limit of 10000000 instructions"},
       {"('x'):rep(0x7fffffffffffffff)", "limit of 10000000 instructions"},
       {"table.move({}, 1, 1e18, 2)", "limit of 10000000 instructions"},
       {"table.concat({}, 'x', 1, 1e18)", "limit of 10000000 instructions"},
       {"local t = {} for i = 1, 1e5 do t[i] = i end "
        "for i = 1, 1e5 do table.insert(t, 1, i) end",
        "limit of 10000000 instructions"},
       {"local t = {} for i = 1, 1e5 do t[i] = i end "
        "while true do table.remove(t, 1) end",
        "limit of 10000000 instructions"},
       {"local t = {} for i = 1, 5e5 do t[i] = i % 7 end table.sort(t) "
        "table.sort(t)",
        "limit of 10000000 instructions"},
       {"while true do local s = ('x'):rep(1e6) end",
        "limit of 10000000 instructions"},
       {"local s = ('x'):rep(1e6) while true do local t = s:upper() end",
        "limit of 10000000 instructions"},
       {"local s = ('x'):rep(1e6) while true do local t = s .. 'y' end",
        "limit of 10000000 instructions"}};
  for (const auto& [script, expected] : cases) {
    auto began = std::clock();
    auto said = error_of(script);
    auto seconds = double(std::clock() - began) / CLOCKS_PER_SEC;
    BOOST_TEST(said.find("x.lua:1: ") == 0u, script << ": " << said);
    BOOST_TEST(said.find(expected) != std::string::npos,
               script << ": " << said);
    BOOST_TEST(seconds < 2, script);
  }
}

// Each instruction alone is slow: one that looks for what is not there.
BOOST_AUTO_TEST_CASE(a_clock_stops_what_instructions_do_not_tell) {
  script_limits short_time{10'000'000, 64 << 20,
                           std::chrono::milliseconds(100)};
  auto said = error_of("local t = {} for i = 1, 1e6 do t[i] = i end "
                       "for i = 1, 1e6 do t[i] = nil end "
                       "while true do next(t) end",
                       short_time);
  BOOST_TEST(said == "x.lua:1: the script ran for longer than 100ms");
}

// What lua_values takes out of a script.
BOOST_AUTO_TEST_CASE(a_value_that_only_seems_small_is_refused) {
  lua_sandbox lua;
  BOOST_TEST(!lua.run("function f() local t = { 1 } for i = 1, 30 do "
                      "t = { t, t } end return t end",
                      "x.lua"));
  BOOST_TEST(cause_of(lua.call("f", {}).error())
             == "a value is too large, or holds a table too often");
}

BOOST_AUTO_TEST_CASE(values_that_do_not_travel_are_refused) {
  lua_sandbox lua;
  lua.set("node", "tell",
          [](const json& x) -> caf::expected<json> { return x; });
  const std::pair<const char*, const char*> cases[]
    = {{"node.tell(node.tell)", "x.lua:1: a function is no value here"},
       {"node.tell({ 1, nil, 3, [7] = 1 })",
        "x.lua:1: a table has a key that is neither a name nor a position "
        "without gaps"},
       {"node.tell(0/0)", "x.lua:1: a number is not finite"},
       {"local t = {} t.t = t node.tell(t)",
        "x.lua:1: tables are nested too deep"}};
  for (const auto& [script, expected] : cases)
    BOOST_TEST(cause_of(lua.run(script, "x.lua")) == expected);
  BOOST_TEST(cause_of(lua.call("nothing", {}).error())
             == "the script has no function \"nothing\"");
}

BOOST_AUTO_TEST_SUITE_END()
