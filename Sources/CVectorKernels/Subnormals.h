#pragma once

#include <xmmintrin.h>

// Arithmetic on subnormal numbers takes many times as long as on others. Until the mode is set back,
// those of this thread count as 0, as operands and as results.
HK_INLINE unsigned hk_flush_subnormals(void) {
  const unsigned mode = _mm_getcsr();
  _mm_setcsr(mode | 0x8040);
  return mode;
}

HK_INLINE void hk_set_float_mode(unsigned mode) { _mm_setcsr(mode); }
