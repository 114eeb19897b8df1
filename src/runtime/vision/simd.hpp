#pragma once

// The project is built for any x86-64, and a few loops are worth compiling for
// the newer ones too: the loader then picks a copy. Sanitizers cannot run the
// loader's resolvers, and clang 14 does not know the attribute for every
// target, so there the plain copy stays alone.

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)            \
  && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define VPAAS_VECTOR_CLONES                                                    \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), \
                 optimize("O3")))
#else
#define VPAAS_VECTOR_CLONES
#endif
