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

/// Rows: output row `o` is a weighted sum of whole input rows of `width` floats.
HK_INLINE void hk_filter_row(const float *x, float *y, long o, long h, long width,
                             const float *taps, int ntaps, int up, int down, int padLow) {
  long k, sample;
  int written = 0;
  hk_phase(o, up, down, padLow, &k, &sample);
  for (; k < ntaps; k += up, sample++) {
    if (sample < 0 || sample >= h) continue;
    const float weight = taps[ntaps - 1 - k];
    const float *row = x + sample * width;
    const int hasNext = k + up < ntaps && sample + 1 < h;
    if (!written && hasNext) {
      // Two taps at once: all there are when an image is enlarged by [1, 3, 3, 1].
      const float next = taps[ntaps - 1 - k - up];
      HK_VECTORIZE for (long j = 0; j < width; j++) y[j] = weight * row[j] + next * row[width + j];
      k += up, sample++;
    } else if (written) {
      HK_VECTORIZE for (long j = 0; j < width; j++) y[j] += weight * row[j];
    } else {
      HK_VECTORIZE for (long j = 0; j < width; j++) y[j] = weight * row[j];
    }
    written = 1;
  }
  if (!written) memset(y, 0, (size_t)width * sizeof(float));
}

/// Columns of sixteen lanes: the lanes are the vector.
HK_INLINE void hk_filter_lanes(const float *x, float *y, long w, long outW, const float *taps,
                               int ntaps, int up, int down, int padLow) {
  for (long phase = 0; phase < up && phase < outW; phase++) {
    long k0, sample0;
    hk_phase(phase, up, down, padLow, &k0, &sample0);
    for (long o = phase, sample = sample0; o < outW; o += up, sample += down) {
      hk_lanes sum = {0};
      const float *position = x + sample * 16;
      const int isInside = sample >= 0 && sample + (ntaps - 1 - k0) / up < w;
      if (isInside) {
        for (long k = k0; k < ntaps; k += up, position += 16)
          sum += taps[ntaps - 1 - k] * HK_LANES(position);
      } else {
        for (long k = k0, at = sample; k < ntaps; k += up, at++, position += 16)
          if (at >= 0 && at < w) sum += taps[ntaps - 1 - k] * HK_LANES(position);
      }
      HK_LANES(y + o * 16) = sum;
    }
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

/// Constant factors make the strides of the usual cases known to the compiler.
HK_INLINE void hk_filter_plain_row(const float *x, float *y, long w, long outW, const float *taps,
                                   int ntaps, int up, int down, int padLow) {
  if (up == 2 && down == 1)
    hk_filter_columns(x, y, w, outW, taps, ntaps, 2, 1, padLow);
  else if (up == 1 && down == 2)
    hk_filter_columns(x, y, w, outW, taps, ntaps, 1, 2, padLow);
  else if (up == 1 && down == 1)
    hk_filter_columns(x, y, w, outW, taps, ntaps, 1, 1, padLow);
  else
    hk_filter_columns(x, y, w, outW, taps, ntaps, up, down, padLow);
}

long hk_fir_scratch(long h, long w, long outH, long outW, int lanes) {
  (void)h, (void)outH, (void)outW;
  return w * lanes;
}

HK_MULTIVERSION
void hk_fir(const float *x, float *y, long planes, long h, long w, long outH, long outW,
            const float *taps, int ntaps, int up, int down, int padLow, int lanes,
            float *scratch) {
  for (long plane = 0; plane < planes; plane++, x += h * w * lanes) {
    for (long row = 0; row < outH; row++, y += outW * lanes) {
      hk_filter_row(x, scratch, row, h, w * lanes, taps, ntaps, up, down, padLow);
      if (lanes == 16)
        hk_filter_lanes(scratch, y, w, outW, taps, ntaps, up, down, padLow);
      else
        hk_filter_plain_row(scratch, y, w, outW, taps, ntaps, up, down, padLow);
    }
  }
}
