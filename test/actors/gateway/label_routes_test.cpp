// What annotators ask the gateway for.

#include "actors/learning/collector.hpp"
#include "actors/learning/data_collector.hpp"
#include "actors/learning/trainer.hpp"
#include "runtime/media/regions.hpp"
#include "support/gateway_system.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using test::https_client;

namespace {

/// A gateway beside which labels are kept, and a fog that is not sure.
struct labelling_system : test::gateway_system {
  labelling_system() {
    collector_config fog;
    fog.node = here();
    fog.node_name = "fog-1";
    fog.folder = dir.path("heads");
    fog.from = outlet;
    join("collector", sys.spawn<caf::detached>(collector, fog));
    data_collector_config labels;
    labels.node = here();
    labels.period = std::chrono::milliseconds(20);
    labels.database.connection = dir.path("data.db");
    join("data_collector", sys.spawn<caf::detached>(data_collector, labels));
    trainer_config training;
    training.node = here();
    join("trainer", sys.spawn<caf::detached>(trainer, training));
  }

  caf::actor here() const {
    return caf::actor_cast<caf::actor>(node);
  }

  template <class T>
  void join(const std::string& name, const T& x) {
    started.push_back(caf::actor_cast<caf::actor>(x));
    caf::anon_send(node, enter_atom_v, name, started.back());
  }

  /// The classifier was not sure of a place.
  void sees(const std::string& stream) {
    regions asked;
    asked.picture = test::grey(64, 36, 100, 7);
    asked.places.push_back({{.4f, .4f, .6f, .6f}, .5f, -1, 0});
    namings said;
    said.model = "toy@1/first";
    said.regions.push_back({-1, .4f});
    float features[] = {1, 2};
    said.features = packed_floats(features, 2);
    outlet->tell({"regions", stream, 7, payload{asked}}, said);
  }

  /// Asks until `good` likes the answer.
  template <class F>
  static json until(https_client& x, const std::string& path, F good) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    json found;
    while (std::chrono::steady_clock::now() < end) {
      found = x.ask("GET", path).json();
      if (good(found))
        return found;
    }
    BOOST_FAIL(path << ": " << found.dump());
    return found;
  }

  std::shared_ptr<crop_outlet> outlet = std::make_shared<crop_outlet>();
};

bool has_crop(const json& x) {
  return x.contains("crops") && !x["crops"].empty();
}

} // namespace

BOOST_AUTO_TEST_SUITE(label_routes_tests)

BOOST_AUTO_TEST_CASE(an_annotator_names_what_his_cameras_see) {
  labelling_system all;
  auto eve = all.logged_in("annotator"), admin = all.logged_in("admin");
  all.sees("door");
  all.sees("yard");
  auto crops = all.until(eve, "/api/v1/crops", has_crop)["crops"];
  all.until(admin, "/api/v1/crops",
            [](const json& x) { return x["crops"].size() == 2; });
  BOOST_TEST(crops.size() == 1u);
  auto id = crops[0]["id"].get<std::string>();
  BOOST_TEST(id == "fog-1:door:7:0");
  auto picture = eve.ask("GET", "/api/v1/crops/" + id + "/picture");
  BOOST_TEST(picture.status == 200);
  BOOST_TEST(picture.text.substr(0, 2) == "\xFF\xD8");
  BOOST_TEST(eve.ask("GET", "/api/v1/crops/fog-1:yard:7:0/picture").status
             == 404);
  auto label = [&](https_client& x, json body) {
    return x.ask("POST", "/api/v1/labels", body.dump());
  };
  auto added = label(eve, {{"crops", {id}}, {"label", "car"}, {"once", "a"}});
  BOOST_TEST_REQUIRE(added.status == 200, added.text);
  BOOST_TEST(added.json()["entries"][0]["who"] == "annotator");
  auto again = label(eve, {{"crops", {id}}, {"label", "car"}, {"once", "a"}});
  BOOST_TEST(again.json()["entries"][0]["id"]
             == added.json()["entries"][0]["id"]);
  BOOST_TEST(label(eve, {{"crops", {"fog-1:yard:7:0"}}, {"label", "x"}}).status
             == 404);
  BOOST_TEST(label(eve, {{"crops", {id}}}).status == 400);
  BOOST_TEST(label(eve, {{"crops", 7}, {"label", "car"}}).status == 400);
  // What an admin says of the yard is not for who does not see it.
  BOOST_TEST(
    label(admin, {{"crops", {"fog-1:yard:7:0"}}, {"label", "van"}}).status
    == 200);
  BOOST_TEST(eve.ask("GET", "/api/v1/labels").json()["entries"].size() == 1u);
  BOOST_TEST(admin.ask("GET", "/api/v1/labels").json()["entries"].size() == 2u);
  BOOST_TEST(eve.ask("DELETE", "/api/v1/labels/2", "{}").status == 404);
  BOOST_TEST(eve.ask("DELETE", "/api/v1/labels/x", "{}").status == 400);
  BOOST_TEST(eve.ask("DELETE", "/api/v1/labels/1", "{}").status == 200);
  auto withdrawn = admin.ask("DELETE", "/api/v1/annotators/admin/labels", "{}");
  BOOST_TEST(withdrawn.status == 200, withdrawn.text);
  auto learning = admin.ask("GET", "/api/v1/learning").json();
  BOOST_TEST(learning["data_collector"]["standing"] == 0u);
  BOOST_TEST(learning["data_collector"]["undone"] == 2u);
  BOOST_TEST(learning["trainer"]["updates"] == 0u); // there is no classifier
  BOOST_TEST(learning["heads"].empty());
}

BOOST_AUTO_TEST_SUITE_END()
