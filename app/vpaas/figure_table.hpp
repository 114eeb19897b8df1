#pragma once

#include <string>
#include <vector>

namespace vpaas {

/// A system as it is compared: options of vpaas run. Adding one is a row.
struct compared_system {
  const char* name;
  const char* help;
  std::vector<std::string> options; ///< none: the Glimpse that suits the clip
  bool ours = false;
  bool by_backup = false; ///< the fog's own detector is what is compared
};

/// Whether it is Glimpse with one of its k.
bool is_glimpse(const std::string& system);

/// A figure of the paper: what it shows, and what has to be run for it.
struct figure {
  const char* name;                 ///< "9"
  const char* title;                ///
  const char* paper;                ///< what the paper reports
  std::vector<std::string> systems; ///< by their names; empty: none is run
  std::vector<int> mbit;            ///< of the link to the cloud; 0: unbounded;
                                    ///< the first is that of --quick
  const char* not_yet = "";         ///< why it cannot be made; empty: it can
};

const std::vector<compared_system>& compared_systems();

const std::vector<figure>& figures();

/// @returns null where there is none of this name
const figure* find_figure(const std::string& name);

const compared_system* find_system(const std::string& name);

} // namespace vpaas
