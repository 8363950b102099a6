#include "Optimizer.h"

#include <math.h>

#include "Dispatch.h"
#include "ElementaryFunctions.h"
#include "Subnormals.h"

HK_MULTIVERSION
void hk_adam_ema(const hk_adam *settings, float *parameters, const float *gradients,
                 float *firstMoments, float *secondMoments, float *ema, long count) {
  const float scale = (float)settings->gradientScale, decay = (float)settings->weightDecay;
  const float weight1 = (float)(1 - settings->beta1), beta2 = (float)settings->beta2;
  const float weight2 = (float)(1 - settings->beta2), epsilon = (float)settings->epsilon;
  const float step = (float)(settings->learningRate / settings->biasCorrection1);
  const float correction = (float)sqrt(settings->biasCorrection2);
  const float weightOfNew = (float)(1 - settings->emaDecay);
  // Squares of small gradients underflow; a network with weights near 0 has a great many.
  const unsigned mode = hk_flush_subnormals();
  // The average is updated in the same pass over the parameters: tile by tile, so that the second
  // loop finds them in L1.
  for (long start = 0; start < count; start += 1024) {
    const long end = start + 1024 < count ? start + 1024 : count;
    HK_VECTORIZE for (long j = start; j < end; j++) {
      const float gradient = gradients[j] * scale + decay * parameters[j];
      const float m = firstMoments[j] + (gradient - firstMoments[j]) * weight1;
      const float v = secondMoments[j] * beta2 + weight2 * gradient * gradient;
      firstMoments[j] = m;
      secondMoments[j] = v;
      parameters[j] -= step * m / (__builtin_elementwise_sqrt(v) / correction + epsilon);
    }
    if (!ema) continue;
    HK_VECTORIZE for (long j = start; j < end; j++)
      ema[j] += weightOfNew * (parameters[j] - ema[j]);
  }
  hk_set_float_mode(mode);
}

HK_MULTIVERSION
void hk_nesterov_ema(const hk_nesterov *settings, float *parameters, const float *start,
                     const float *gradients, float *momenta, float *ema, long count) {
  const float rate = (float)settings->learningRate, momentum = (float)settings->momentum;
  const float scale = (float)settings->gradientScale;
  const float weightOfNew = (float)(1 - settings->emaDecay);
  HK_VECTORIZE for (long j = 0; j < count; j++) {
    const float gradient = gradients[j] * scale;
    const float m = momentum * momenta[j] + gradient;
    const float moved = start[j] - rate * (gradient + momentum * m);
    momenta[j] = m;
    parameters[j] = moved;
    ema[j] += weightOfNew * (moved - ema[j]);
  }
}

HK_MULTIVERSION
double hk_sum_squares(const float *x, long count) {
  typedef double hk_doubles __attribute__((vector_size(64)));
  hk_doubles sum0 = {0}, sum1 = {0};
  long j = 0;
  for (; j + 16 <= count; j += 16) {
    hk_doubles a, b;
    for (int lane = 0; lane < 8; lane++) {
      a[lane] = x[j + lane];
      b[lane] = x[j + 8 + lane];
    }
    sum0 += a * a;
    sum1 += b * b;
  }
  sum0 += sum1;
  double total = ((sum0[0] + sum0[4]) + (sum0[1] + sum0[5])) +
                 ((sum0[2] + sum0[6]) + (sum0[3] + sum0[7]));
  for (; j < count; j++) total += (double)x[j] * (double)x[j];
  return total;
}

HK_MULTIVERSION
int hk_all_finite(const float *x, long count) {
  for (long start = 0; start < count; start += 4096) {
    const long end = start + 4096 < count ? start + 4096 : count;
    uint32_t bad = 0;
    for (long j = start; j < end; j++) bad |= (hk_bits(x[j]) & 0x7F800000) == 0x7F800000;
    if (bad) return 0;
  }
  return 1;
}
