#include "figure_table.hpp"

namespace vpaas {

const std::vector<compared_system>& compared_systems() {
  // A network of seconds a keyframe: of many that wait for it some are late.
  static const std::string few = "--in_flight=2";
  static const std::vector<compared_system> result{
    {"mpeg", "the camera's own video to the cloud", {"--pipeline=mpeg"}},
    {"glimpse", "Glimpse, k chosen on the first 10 s for F1 0.9", {}},
    {"glimpse-20",
     "Glimpse, k = 20",
     {"--pipeline=glimpse", "--parameters=k=20"}},
    {"glimpse-15",
     "Glimpse, k = 15",
     {"--pipeline=glimpse", "--parameters=k=15"}},
    {"glimpse-10",
     "Glimpse, k = 10",
     {"--pipeline=glimpse", "--parameters=k=10"}},
    {"glimpse-5", "Glimpse, k = 5", {"--pipeline=glimpse", "--parameters=k=5"}},
    {"glimpse-4", "Glimpse, k = 4", {"--pipeline=glimpse", "--parameters=k=4"}},
    {"glimpse-3", "Glimpse, k = 3", {"--pipeline=glimpse", "--parameters=k=3"}},
    {"glimpse-2", "Glimpse, k = 2", {"--pipeline=glimpse", "--parameters=k=2"}},
    {"glimpse-1", "Glimpse, k = 1", {"--pipeline=glimpse", "--parameters=k=1"}},
    {"dds", "DDS as published: merge at score 0.3", {"--pipeline=dds"}},
    {"dds-card",
     "DDS, merge at the detector's own threshold",
     {"--pipeline=dds", "--parameters=merge=-1"}},
    {"cloudseg",
     "CloudSeg with CARN",
     {"--pipeline=cloudseg", "--enlarger=carn_x2", few}},
    {"cloudseg-m",
     "CloudSeg with CARN-M",
     {"--pipeline=cloudseg", "--enlarger=carn_m", few}},
    {"cloud_only", "the poor copy alone", {"--pipeline=cloud_only"}},
    {"fog_only",
     "the fog's own detector alone",
     {"--pipeline=fog_only"},
     false,
     true},
    {"heads_only",
     "High and Low without a second look",
     {"--pipeline=high_low", "--parameters=look=0"},
     true},
    {"high_low", "High and Low", {"--pipeline=high_low"}, true},
    {"high_low-36-0.7",
     "High and Low, (36, 0.7) to the cloud",
     {"--pipeline=high_low", "--scale=0.7"},
     true},
    {"high_low-36-0.6",
     "High and Low, (36, 0.6) to the cloud",
     {"--pipeline=high_low", "--scale=0.6"},
     true},
    {"high_low-38-0.8",
     "High and Low, (38, 0.8) to the cloud",
     {"--pipeline=high_low", "--qp=38"},
     true},
    {"high_low-38-0.7",
     "High and Low, (38, 0.7) to the cloud",
     {"--pipeline=high_low", "--qp=38", "--scale=0.7"},
     true},
    {"high_low-40-0.8",
     "High and Low, (40, 0.8) to the cloud",
     {"--pipeline=high_low", "--qp=40"},
     true},
    {"high_low-40-0.7",
     "High and Low, (40, 0.7) to the cloud",
     {"--pipeline=high_low", "--qp=40", "--scale=0.7"},
     true},
    {"awstream", "AWStream: the copy that gets through", {"--policy=awstream"}},
    {"copy-20",
     "(20, 0.8) to the cloud",
     {"--pipeline=cloud_only", "--parameters=qp=20"}},
    {"copy-26",
     "(26, 0.8) to the cloud",
     {"--pipeline=cloud_only", "--parameters=qp=26"}},
    {"copy-32",
     "(32, 0.8) to the cloud",
     {"--pipeline=cloud_only", "--parameters=qp=32"}},
    {"copy-40",
     "(40, 0.8) to the cloud",
     {"--pipeline=cloud_only", "--parameters=qp=40"}},
  };
  return result;
}

// What the paper reports is quoted from its abstract and its section VI; what a
// figure shows beyond that is not repeated here.
const std::vector<figure>& figures() {
  static const std::vector<std::string> all{
    "mpeg",       "glimpse-20", "glimpse-15", "glimpse-10", "glimpse-5",
    "glimpse-4",  "glimpse-3",  "glimpse-2",  "glimpse-1",  "dds",
    "dds-card",   "cloudseg",   "cloudseg-m", "cloud_only", "fog_only",
    "heads_only", "high_low"};
  static const std::vector<std::string> raced{"mpeg", "glimpse", "dds",
                                              "cloudseg-m", "high_low"};
  static const std::vector<std::string> copies{
    "copy-20",         "copy-26",         "copy-32",
    "cloud_only",      "copy-40",         "dds",
    "dds-card",        "high_low",        "high_low-36-0.7",
    "high_low-36-0.6", "high_low-38-0.8", "high_low-38-0.7",
    "high_low-40-0.8", "high_low-40-0.7"};
  static const std::vector<figure> result{
    {"4",
     "time to encode a keyframe anew, beside the time between keyframes",
     "clients cannot encode anew in real time [IV-B]",
     {"high_low"},
     {0}},
    {"5",
     "bytes and F1 of poorer copies",
     "a poor copy still shows where objects are [IV-B]",
     copies,
     {0}},
    {"9",
     "bytes to the cloud, relative to MPEG, and F1",
     "0.79 of the bytes of DDS at its F1 [abstract: 21 % less]",
     all,
     {0}},
    {"10",
     "frames billed by the cloud, a keyframe, and what they cost",
     "half of the cost of DDS and CloudSeg [abstract: 50 % less]",
     all,
     {0}},
    {"11",
     "freshness at 15 Mbit/s and 20 ms",
     "0.4 of the latency of DDS and CloudSeg [abstract: 62.5 % less]",
     raced,
     {15}},
    {"12",
     "freshness at 10, 15 and 20 Mbit/s and 20 ms",
     "its latency hardly depends on the link [VI-B]",
     raced,
     {15, 10, 20}},
    {"13",
     "labels of people against F1",
     "a fifth of labels is enough [VI-C]",
     {},
     {},
     "no run of this verb spends a budget of labels yet"},
    {"15",
     "an outage of the cloud",
     "it goes on, less accurate [VI-D]",
     {"outage"},
     {}},
    {"16",
     "workers of the cloud under load",
     "they follow the load [VI-D]",
     {},
     {},
     "no control plane adds workers yet: it joins with that"},
    {"table1",
     "the clips of the set",
     "three data sets of video [Table I]",
     {"mpeg"},
     {0}},
  };
  return result;
}

const figure* find_figure(const std::string& name) {
  for (auto& x : figures())
    if (name == x.name)
      return &x;
  return nullptr;
}

bool is_glimpse(const std::string& system) {
  return system.rfind("glimpse-", 0) == 0;
}

const compared_system* find_system(const std::string& name) {
  for (auto& x : compared_systems())
    if (name == x.name)
      return &x;
  return nullptr;
}

} // namespace vpaas
