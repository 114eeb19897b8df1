#include "messages/registry.hpp"

#include "messages/protocol.hpp"
#include "messages/report.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/detail/serialized_size.hpp>
#include <caf/io/all.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

// Fills a value of every type with something that is not its default.

void fill(bool& x) {
  x = true;
}

template <class T>
std::enable_if_t<std::is_arithmetic_v<T>> fill(T& x) {
  x = std::numeric_limits<T>::max() / 2;
}

template <class T>
std::enable_if_t<std::is_enum_v<T>> fill(T& x) {
  x = static_cast<T>(1);
}

void fill(std::string& x) {
  x = "grün \"\n";
}

void fill(caf::timespan& x) {
  x = 1234567ns;
}

void fill(caf::timestamp& x) {
  x = caf::timestamp{1234567ns};
}

void fill(blob& x) {
  x = blob{{0, 1, 254, 255}};
}

void fill(document& x) {
  x = document{{{"a", {1, 2.5, "x", nullptr}}}};
}

void fill(payload& x) {
  x = payload{box{.1f, .2f, .3f, .4f}};
}

void fill(std::vector<child_spec>& x) {
  x.resize(1); // a tree ends here
}

template <class T>
void fill(std::vector<T>& x);

template <class T>
std::enable_if_t<has_fields<T>::value> fill(T& x) {
  for_each_field(x, [](const char*, auto& member) { fill(member); });
}

template <class T>
void fill(std::vector<T>& x) {
  x.resize(2);
  fill(x.front());
}

struct config : caf::actor_system_config {
  config() {
    register_messages(*this);
    load<caf::io::middleman>();
  }
};

struct two_systems {
  config here_cfg, there_cfg;
  caf::actor_system here{here_cfg}, there{there_cfg};
  caf::scoped_actor self{here};
  caf::actor echo;
  uint16_t port = 0;

  two_systems() {
    auto mirror = there.spawn([](caf::event_based_actor* mirror_self) {
      mirror_self->set_default_handler(caf::reflect);
      return caf::behavior{[](unit_t) {}};
    });
    auto bound = there.middleman().publish(mirror, 0, "127.0.0.1");
    BOOST_REQUIRE(bound);
    port = *bound;
    auto proxy = here.middleman().remote_actor("127.0.0.1", port);
    BOOST_REQUIRE(proxy);
    echo = *proxy;
    original = mirror;
  }

  ~two_systems() {
    caf::anon_send_exit(original, caf::exit_reason::user_shutdown);
    there.middleman().close(port);
  }

  using unit_t = caf::unit_t;
  caf::actor original;

  /// Sends `x` there and back and compares it with what returns.
  template <class T>
  void round_trip(const T& x, const std::string& name) {
    self->request(echo, 5s, x)
      .receive(
        [&](const T& y) {
          BOOST_TEST(to_json_value(x) == to_json_value(y), name);
        },
        [&](const caf::error& e) { BOOST_ERROR(name + ": " + describe(e)); });
  }

  template <class T>
  void check_type(const char* name) {
    T x{};
    fill(x);
    round_trip(x, name);
    round_trip(std::vector<T>{x, T{}}, std::string{"vector of "} + name);
  }
};

template <class T>
void check_json(const char* name) {
  T x{};
  fill(x);
  auto text = to_json_value(x).dump();
  auto parsed = parse_json(text);
  BOOST_REQUIRE(parsed);
  auto y = from_json<T>(*parsed);
  BOOST_REQUIRE_MESSAGE(y, std::string{name} + " from " + text);
  BOOST_TEST(to_json_value(*y).dump() == text, name);
  BOOST_TEST(text != to_json_value(T{}).dump(), name);
}

} // namespace

BOOST_AUTO_TEST_SUITE(registry_tests)

BOOST_FIXTURE_TEST_CASE(every_type_crosses_nodes_and_comes_back, two_systems) {
#define VPAAS_CHECK(T) check_type<T>(#T);
  VPAAS_MESSAGE_TYPES(VPAAS_CHECK)
}

BOOST_AUTO_TEST_CASE(every_type_becomes_json_and_comes_back) {
#define VPAAS_CHECK_JSON(T) check_json<T>(#T);
  VPAAS_MESSAGE_TYPES(VPAAS_CHECK_JSON)
}

BOOST_AUTO_TEST_CASE(a_payload_is_shared_and_knows_its_type) {
  auto x = make_item("cam", 7, delivery{{"cam", 7}, blob{{1, 2, 3}}});
  auto y = x;
  BOOST_TEST(x.kind == "delivery");
  BOOST_TEST(y.value.get<box>() == nullptr);
  BOOST_REQUIRE(y.value.get<delivery>() != nullptr);
  BOOST_TEST(y.value.get<delivery>() == x.value.get<delivery>());
}

BOOST_AUTO_TEST_CASE(a_codec_without_a_name_is_one_byte) {
  config cfg;
  caf::actor_system sys{cfg};
  codec_parameters x;
  BOOST_TEST(caf::detail::serialized_size(sys, x) == 1u);
  // A name of four letters, an empty string and an empty blob with the length
  // of each, five small numbers and one of eight bytes.
  x.codec = "h264";
  BOOST_TEST(caf::detail::serialized_size(sys, x) == 5u + 2 + 5 + 8);
}

BOOST_AUTO_TEST_CASE(an_item_of_its_values_kind_leaves_out_the_type) {
  config cfg;
  caf::actor_system sys{cfg};
  auto size = [&](const item& x) {
    return caf::detail::serialized_size(sys, x);
  };
  auto x = make_item("cam", 7, transfer_key{"cam", 7});
  // Three strings with a byte for their length, two numbers, and one byte that
  // says that the type is not named.
  BOOST_TEST(size(x) == 1u + x.kind.size() + 1 + 3 + 1 + 1 + 1 + 3 + 1);
  auto other = x;
  other.kind = "another";
  BOOST_TEST(size(other) > size(x));
}

BOOST_FIXTURE_TEST_CASE(items_of_any_kind_cross_nodes, two_systems) {
  auto x = make_item("cam", 7, transfer_key{"cam", 7});
  round_trip(x, "named by its type");
  x.kind = "another";
  round_trip(x, "named otherwise");
  x.kind = "box";
  round_trip(x, "named by another type");
  round_trip(item{"box", "cam", 7, {}}, "without a value");
}

// What a hostile node may send: a length that is a lie.
BOOST_AUTO_TEST_CASE(a_blob_takes_no_more_memory_than_what_came) {
  config cfg;
  caf::actor_system sys{cfg};
  for (auto length : {size_t{1} << 20, size_t{1} << 31}) {
    std::vector<char> bytes;
    caf::binary_serializer sink{sys, bytes};
    BOOST_REQUIRE(!sink.begin_sequence(length));
    bytes.resize(bytes.size() + 100'000);
    caf::binary_deserializer source{sys, bytes.data(), bytes.size()};
    blob x;
    BOOST_TEST(bool(source(x)));
    BOOST_TEST(x.size() == 0u);
  }
}

// What a hostile node may send: a kind that is no type of ours, or a value
// that is cut off.
BOOST_AUTO_TEST_CASE(an_item_of_an_unknown_kind_is_refused) {
  config cfg;
  caf::actor_system sys{cfg};
  auto read = [&](std::string kind) {
    std::vector<char> bytes;
    caf::binary_serializer sink{sys, bytes};
    std::string stream = "cam";
    uint8_t seq = 7, of_kind = 1;
    BOOST_REQUIRE(!sink(kind, stream, seq, of_kind)); // and no value
    caf::binary_deserializer source{sys, bytes.data(), bytes.size()};
    item x;
    return source(x);
  };
  BOOST_TEST(bool(read("chunkx") == caf::sec::unknown_type));
  BOOST_TEST(bool(read("chunk") == caf::sec::end_of_stream));
}

BOOST_AUTO_TEST_CASE(a_payload_of_an_unknown_type_is_refused) {
  auto x = from_json<item>({{"value", {{"type", "nothing"}, {"value", 1}}}});
  BOOST_REQUIRE(!x);
  BOOST_TEST(describe(x.error())
             == "bad_input: value: unknown type \"nothing\"");
}

BOOST_AUTO_TEST_SUITE_END()
