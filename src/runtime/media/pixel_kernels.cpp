#include "runtime/media/pixel_kernels.hpp"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
// GCC 12 warns about registers that its own header leaves undefined on purpose.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option" // clang
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

namespace vpaas {

namespace {

// -- any processor ------------------------------------------------------------

// All versions do this arithmetic: vpmulhrsw rounds (d * w + 2^14) >> 15.
int16_t blended(int a, int b, int weight) {
  auto d = (b - a) * 64;
  return static_cast<int16_t>(a * 64 + ((d * weight + (1 << 14)) >> 15));
}

void blend_scalar(const uint8_t* a, const uint8_t* b, int weight, int n,
                  int16_t* out) {
  for (int i = 0; i < n; ++i)
    out[i] = blended(a[i], b[i], weight);
}

float sample(const int16_t* row, const taps& t, int i) {
  auto k = static_cast<size_t>(i);
  auto* p = row + t.index[k];
  auto left = static_cast<int>(t.weights[k] & 0xffff);
  auto right = static_cast<int>(t.weights[k] >> 16);
  return static_cast<float>(p[0] * left + p[1] * right);
}

void convert_scalar(const row_job& job) {
  auto& c = *job.color;
  for (int i = 0; i < job.width; ++i) {
    auto y = sample(job.rows[0], *job.luma, i);
    auto u = sample(job.rows[1], *job.chroma, i);
    auto v = sample(job.rows[2], *job.chroma, i);
    for (size_t k = 0; k < 3; ++k) {
      auto x = y * c.of_y[k] + u * c.of_u[k] + v * c.of_v[k] + c.offset[k];
      job.channels[k][i] = std::clamp(x, c.low[k], c.high[k]);
    }
  }
}

void finish_scalar() {
  // nop
}

void to_bf16_scalar(const float* in, int n, uint16_t* out) {
  for (int i = 0; i < n; ++i) {
    uint32_t bits;
    std::memcpy(&bits, in + i, sizeof bits);
    out[i] = static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
  }
}

#if defined(__x86_64__)

// -- AVX2: eight outputs at a time, neighbours gathered -----------------------

#define VPAAS_AVX2 __attribute__((target("avx2,fma")))

VPAAS_AVX2 void blend_avx2(const uint8_t* a, const uint8_t* b, int weight,
                           int n, int16_t* out) {
  auto w = _mm256_set1_epi16(static_cast<int16_t>(weight));
  for (int i = 0; i < n; i += 16) {
    auto load = [i](const uint8_t* p) VPAAS_AVX2 {
      auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
      return _mm256_slli_epi16(_mm256_cvtepu8_epi16(bytes), 6);
    };
    auto x = load(a);
    auto d = _mm256_sub_epi16(load(b), x);
    auto sum = _mm256_add_epi16(x, _mm256_mulhrs_epi16(d, w));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), sum);
  }
}

// Each 32-bit load takes a sample and its right neighbour.
VPAAS_AVX2 __m256 samples_avx2(const int16_t* row, const taps& t, int i) {
  auto load = [i](const auto& x) VPAAS_AVX2 {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x.data() + i));
  };
  auto pairs = _mm256_i32gather_epi32(reinterpret_cast<const int*>(row),
                                      load(t.index), 2);
  return _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, load(t.weights)));
}

// The transform in registers: the compiler cannot keep it there by itself,
// since channels might overlap it.
struct transform_avx2 {
  __m256 of_y, of_u, of_v, offset, low, high;

  VPAAS_AVX2 transform_avx2(const color_transform& c, size_t k)
    : of_y(_mm256_set1_ps(c.of_y[k])), of_u(_mm256_set1_ps(c.of_u[k])),
      of_v(_mm256_set1_ps(c.of_v[k])), offset(_mm256_set1_ps(c.offset[k])),
      low(_mm256_set1_ps(c.low[k])), high(_mm256_set1_ps(c.high[k])) {
    // nop
  }

  VPAAS_AVX2 void operator()(__m256 y, __m256 u, __m256 v, float* out) const {
    auto x = _mm256_fmadd_ps(v, of_v, offset);
    x = _mm256_fmadd_ps(u, of_u, x);
    x = _mm256_fmadd_ps(y, of_y, x);
    _mm256_storeu_ps(out, _mm256_min_ps(_mm256_max_ps(x, low), high));
  }
};

VPAAS_AVX2 void convert_avx2(const row_job& job) {
  const transform_avx2 first{*job.color, 0};
  const transform_avx2 second{*job.color, 1};
  const transform_avx2 third{*job.color, 2};
  auto rows = job.rows;
  auto out = job.channels;
  for (int i = 0; i < job.width; i += 8) {
    auto y = samples_avx2(rows[0], *job.luma, i);
    auto u = samples_avx2(rows[1], *job.chroma, i);
    auto v = samples_avx2(rows[2], *job.chroma, i);
    first(y, u, v, out[0] + i);
    second(y, u, v, out[1] + i);
    third(y, u, v, out[2] + i);
  }
}

VPAAS_AVX2 void to_bf16_avx2(const float* in, int n, uint16_t* out) {
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    auto bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + i));
    auto odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16),
                                _mm256_set1_epi32(1));
    auto round = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff));
    auto high = _mm256_srli_epi32(_mm256_add_epi32(bits, round), 16);
    auto packed = _mm_packus_epi32(_mm256_castsi256_si128(high),
                                   _mm256_extracti128_si256(high, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), packed);
  }
  to_bf16_scalar(in + i, n - i, out + i);
}

// -- AVX-512: sixteen outputs at a time, neighbours permuted in registers -----

#define VPAAS_AVX512                                                           \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx2,fma")))

VPAAS_AVX512 void blend_avx512(const uint8_t* a, const uint8_t* b, int weight,
                               int n, int16_t* out) {
  auto w = _mm512_set1_epi16(static_cast<int16_t>(weight));
  for (int i = 0; i < n; i += 32) {
    auto load = [i](const uint8_t* p) VPAAS_AVX512 {
      auto bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + i));
      return _mm512_slli_epi16(_mm512_cvtepu8_epi16(bytes), 6);
    };
    auto x = load(a);
    auto d = _mm512_sub_epi16(load(b), x);
    _mm512_storeu_si512(out + i,
                        _mm512_add_epi16(x, _mm512_mulhrs_epi16(d, w)));
  }
}

// The sixteen pairs of a group lie within 64 samples: two registers.
VPAAS_AVX512 __m512 samples_avx512(const int16_t* from, __m512i places,
                                   __m512i weights) {
  auto pairs = _mm512_permutex2var_epi16(_mm512_loadu_si512(from), places,
                                         _mm512_loadu_si512(from + 32));
  return _mm512_cvtepi32_ps(_mm512_madd_epi16(pairs, weights));
}

struct transform_avx512 {
  __m512 of_y, of_u, of_v, offset, low, high;

  VPAAS_AVX512 transform_avx512(const color_transform& c, size_t k)
    : of_y(_mm512_set1_ps(c.of_y[k])), of_u(_mm512_set1_ps(c.of_u[k])),
      of_v(_mm512_set1_ps(c.of_v[k])), offset(_mm512_set1_ps(c.offset[k])),
      low(_mm512_set1_ps(c.low[k])), high(_mm512_set1_ps(c.high[k])) {
    // nop
  }

  VPAAS_AVX512 __m512 operator()(__m512 y, __m512 u, __m512 v) const {
    auto x = _mm512_fmadd_ps(v, of_v, offset);
    x = _mm512_fmadd_ps(u, of_u, x);
    x = _mm512_fmadd_ps(y, of_y, x);
    return _mm512_min_ps(_mm512_max_ps(x, low), high);
  }
};

template <bool PastCaches>
VPAAS_AVX512 void put(float* out, __m512 x) {
  if (PastCaches)
    _mm512_stream_ps(out, x);
  else
    _mm512_storeu_ps(out, x);
}

template <bool PastCaches>
VPAAS_AVX512 void convert_groups(const row_job& job) {
  const transform_avx512 first{*job.color, 0};
  const transform_avx512 second{*job.color, 1};
  const transform_avx512 third{*job.color, 2};
  auto rows = job.rows;
  auto out = job.channels;
  auto* luma_base = job.luma->base.data();
  auto* luma_places = job.luma->places.data();
  auto* luma_weights = job.luma->weights.data();
  auto* chroma_base = job.chroma->base.data();
  auto* chroma_places = job.chroma->places.data();
  auto* chroma_weights = job.chroma->weights.data();
  for (int i = 0; i < job.width; i += lanes) {
    auto places = _mm512_loadu_si512(chroma_places + ptrdiff_t{2} * i);
    auto weights = _mm512_loadu_si512(chroma_weights + i);
    auto base = chroma_base[i / lanes];
    auto u = samples_avx512(rows[1] + base, places, weights);
    auto v = samples_avx512(rows[2] + base, places, weights);
    auto y = samples_avx512(rows[0] + luma_base[i / lanes],
                            _mm512_loadu_si512(luma_places + ptrdiff_t{2} * i),
                            _mm512_loadu_si512(luma_weights + i));
    put<PastCaches>(out[0] + i, first(y, u, v));
    put<PastCaches>(out[1] + i, second(y, u, v));
    put<PastCaches>(out[2] + i, third(y, u, v));
  }
}

void finish_avx512() {
  _mm_sfence();
}

VPAAS_AVX512 void convert_avx512(const row_job& job) {
  if (job.luma->spread || job.chroma->spread)
    return convert_avx2(job);
  auto aligned = [](const float* x) {
    return reinterpret_cast<uintptr_t>(x) % 64 == 0;
  };
  auto& out = job.channels;
  if (job.past_caches && aligned(out[0]) && aligned(out[1]) && aligned(out[2]))
    convert_groups<true>(job);
  else
    convert_groups<false>(job);
}

#endif

} // namespace

instruction_set best_instructions() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    return instruction_set::avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return instruction_set::avx2;
#endif
  return instruction_set::scalar;
}

const pixel_kernels& kernels(instruction_set use) {
  static constexpr pixel_kernels scalar{blend_scalar, convert_scalar,
                                        finish_scalar, to_bf16_scalar};
#if defined(__x86_64__)
  static constexpr pixel_kernels avx2{blend_avx2, convert_avx2, finish_scalar,
                                      to_bf16_avx2};
  static constexpr pixel_kernels avx512{blend_avx512, convert_avx512,
                                        finish_avx512, to_bf16_avx2};
  switch (std::min(use, best_instructions())) {
    case instruction_set::avx512:
      return avx512;
    case instruction_set::avx2:
      return avx2;
    default:
      break;
  }
#else
  static_cast<void>(use);
#endif
  return scalar;
}

} // namespace vpaas
