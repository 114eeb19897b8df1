#pragma once

#include "runtime/truth/truth_format.hpp"

namespace vpaas {

// One file each; `truth_formats` lists them.

extern const truth_format cvat_format, cvat_images_format;

extern const truth_format coco_format;

extern const truth_format yolo_format;

extern const truth_format mot_format;

extern const truth_format kitti_format;

extern const truth_format visdrone_format;

extern const truth_format label_studio_format;

extern const truth_format lines_format;

} // namespace vpaas
