#pragma once

// One body, three instruction sets; the dynamic linker picks by CPU when the program starts.
#define HK_MULTIVERSION \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

#define HK_INLINE static inline __attribute__((always_inline))

// Operand and result may be the same array at the same index, which is no dependence between
// iterations, but run-time overlap checks would send it to the scalar loop.
#define HK_VECTORIZE _Pragma("clang loop vectorize(assume_safety) interleave(enable)")

/// Sixteen floats at any float's address: one AVX-512 register, two of AVX, four of SSE.
typedef float hk_lanes __attribute__((vector_size(64), aligned(4), may_alias));

// Macros, not functions: wide vectors as arguments or results would depend on the instruction set.
#define HK_LANES(POINTER) (*(hk_lanes *)(POINTER))
