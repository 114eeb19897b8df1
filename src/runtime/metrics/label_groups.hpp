#pragma once

#include "runtime/vision/detection.hpp"
#include "runtime/vision/truth.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// A class of an evaluation: the names under which models know its members.
struct label_group {
  std::string name;
  std::vector<std::string> labels;
};

/// Models have labels of their own; what they say is compared in groups that
/// all of them can tell apart. What is in no group is not compared.
using label_groups = std::vector<label_group>;

/// Person, bike and vehicle, over the labels of COCO and of Intel's crossroad
/// detectors: what fixed and driving cameras on roads are evaluated on.
label_groups road_users();

/// Each label a group of its own.
label_groups each_label(const std::vector<std::string>& labels);

/// Reads groups as people write them: "person;bike=bicycle,motorcycle". A group
/// without labels has its own name for one. Nothing where the text has an empty
/// name.
std::optional<label_groups> parse_label_groups(const std::string& text);

/// The group of each of a model's labels; -1: in none.
std::vector<int32_t> group_of_labels(const label_groups& groups,
                                     const std::vector<std::string>& labels);

/// Replaces labels by groups and drops what is in none. Objects that are
/// ignored stay, whatever they are: -1 is their label where it is in none.
/// @param group_of see `group_of_labels`
std::vector<detection> grouped(const std::vector<detection>& xs,
                               const std::vector<int32_t>& group_of);

std::vector<truth_object> grouped(const std::vector<truth_object>& xs,
                                  const std::vector<int32_t>& group_of);

} // namespace vpaas
