#include "runtime/truth/marked_video.hpp"

#include <set>

namespace vpaas {

void list_labels(marked_video& x) {
  std::set<std::string> known{x.labels.begin(), x.labels.end()};
  for (auto& frame : x.frames)
    for (auto& y : frame.second)
      if (known.insert(y.label).second)
        x.labels.push_back(y.label);
}

} // namespace vpaas
