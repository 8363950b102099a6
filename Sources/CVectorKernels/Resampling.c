#include "Resampling.h"

#include <string.h>

#include "Dispatch.h"

// Output o of one axis is the sum over k of taps[ntaps - 1 - k] z[o * down + k - padLow], where
// z[i * up] = x[i] and z is 0 elsewhere. Only k with (o * down + k - padLow) % up == 0 count:
// the polyphase form, which never multiplies an inserted zero.

/// The first contributing k of an output, and the sample that it multiplies (may be outside).
HK_INLINE void hk_phase(long o, int up, int down, int padLow, long *k, long *sample) {
  long start = o * down - padLow;
  long remainder = start % up;
  if (remainder < 0) remainder += up;
  *k = remainder ? up - remainder : 0;
  *sample = (start + *k) / up;
}

/// Rows: each output row is a weighted sum of whole input rows of `width` floats.
HK_INLINE void hk_filter_rows(const float *x, float *y, long h, long outH, long width,
                              const float *taps, int ntaps, int up, int down, int padLow) {
  for (long o = 0; o < outH; o++, y += width) {
    long k, sample;
    int written = 0;
    hk_phase(o, up, down, padLow, &k, &sample);
    for (; k < ntaps; k += up, sample++) {
      if (sample < 0 || sample >= h) continue;
      const float weight = taps[ntaps - 1 - k];
      const float *row = x + sample * width;
      if (written) {
        HK_VECTORIZE for (long j = 0; j < width; j++) y[j] += weight * row[j];
      } else {
        HK_VECTORIZE for (long j = 0; j < width; j++) y[j] = weight * row[j];
      }
      written = 1;
    }
    if (!written) memset(y, 0, (size_t)width * sizeof(float));
  }
}

/// Columns of sixteen lanes: the lanes are the vector.
HK_INLINE void hk_filter_lanes(const float *x, float *y, long w, long outW, const float *taps,
                               int ntaps, int up, int down, int padLow) {
  for (long o = 0; o < outW; o++, y += 16) {
    hk_lanes sum = {0};
    long k, sample;
    hk_phase(o, up, down, padLow, &k, &sample);
    for (; k < ntaps; k += up, sample++)
      if (sample >= 0 && sample < w) sum += taps[ntaps - 1 - k] * HK_LANES(x + sample * 16);
    HK_LANES(y) = sum;
  }
}

/// Columns of a plain row: one loop over the outputs per phase and tap, so that it vectorizes.
HK_INLINE void hk_filter_columns(const float *x, float *y, long w, long outW, const float *taps,
                                 int ntaps, int up, int down, int padLow) {
  memset(y, 0, (size_t)outW * sizeof(float));
  // Outputs o, o + up, o + 2 up, ... share their taps; their samples are `down` apart.
  for (long phase = 0; phase < up && phase < outW; phase++) {
    const long count = (outW - phase + up - 1) / up;
    long k, sample;
    hk_phase(phase, up, down, padLow, &k, &sample);
    for (; k < ntaps; k += up, sample++) {
      const float weight = taps[ntaps - 1 - k];
      long first = sample >= 0 ? 0 : (-sample + down - 1) / down;
      long end = sample >= w ? 0 : (w - sample + down - 1) / down;
      if (end > count) end = count;
      HK_VECTORIZE for (long j = first; j < end; j++)
        y[phase + j * up] += weight * x[sample + j * down];
    }
  }
}

long hk_fir_scratch(long h, long w, long outH, long outW, int lanes) {
  (void)h;
  (void)outW;
  return outH * w * lanes;
}

HK_MULTIVERSION
void hk_fir(const float *x, float *y, long planes, long h, long w, long outH, long outW,
            const float *taps, int ntaps, int up, int down, int padLow, int lanes,
            float *scratch) {
  for (long plane = 0; plane < planes; plane++, x += h * w * lanes, y += outH * outW * lanes) {
    hk_filter_rows(x, scratch, h, outH, w * lanes, taps, ntaps, up, down, padLow);
    for (long row = 0; row < outH; row++) {
      const float *source = scratch + row * w * lanes;
      float *destination = y + row * outW * lanes;
      if (lanes == 16)
        hk_filter_lanes(source, destination, w, outW, taps, ntaps, up, down, padLow);
      else
        hk_filter_columns(source, destination, w, outW, taps, ntaps, up, down, padLow);
    }
  }
}
