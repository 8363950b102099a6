#pragma once

/// Floats of scratch that `hk_fir` needs for input planes of `h` x `w` and `lanes` lanes.
long hk_fir_scratch(long h, long w, long outH, long outW, int lanes);

/// Zero insertion, padding, separable filtering and decimation of image planes.
///
/// `x` is [planes, h, w, lanes], `y` is [planes, outH, outW, lanes]. Along each axis, `up - 1`
/// zeros follow every sample, `padLow` zeros come first (a negative number crops), the result is
/// convolved with `taps` (in the true sense: correlated with the reversed taps) and every
/// `down`-th sample is kept. What lies beyond the samples is zero.
void hk_fir(const float *x, float *y, long planes, long h, long w, long outH, long outW,
            const float *taps, int ntaps, int up, int down, int padLow, int lanes,
            float *scratch);
