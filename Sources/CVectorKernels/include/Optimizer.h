#pragma once

/// The numbers of one Adam step (Kingma and Ba 2015, algorithm 1) in PyTorch's arrangement.
typedef struct {
  double learningRate, beta1, beta2, epsilon;
  /// L2 penalty added to the gradient; 0 for none.
  double weightDecay;
  /// 1 - beta^t after t steps.
  double biasCorrection1, biasCorrection2;
  /// Factor of the gradient: averaging and clipping.
  double gradientScale;
  /// Weight of the old average in the exponential moving average.
  double emaDecay;
} hk_adam;

/// Updates parameters, both moments and, if `ema` is not null, the average in one pass:
/// denominator sqrt(v) / sqrt(biasCorrection2) + epsilon. Subnormal numbers count as 0.
void hk_adam_ema(const hk_adam *settings, float *parameters, const float *gradients,
                 float *firstMoments, float *secondMoments, float *ema, long count);

/// The numbers of one step of gradient descent with Nesterov's momentum, in PyTorch's arrangement.
typedef struct {
  double learningRate, momentum;
  /// Factor of the gradient.
  double gradientScale;
  /// Weight of the old average in the exponential moving average.
  double emaDecay;
} hk_nesterov;

/// m <- momentum m + g; parameters <- start - learningRate (g + momentum m); then the average moves.
/// The parameters are written only; `start` and `gradients` are read only.
void hk_nesterov_ema(const hk_nesterov *settings, float *parameters, const float *start,
                     const float *gradients, float *momenta, float *ema, long count);

/// The sum of squares, accumulated in double precision.
double hk_sum_squares(const float *x, long count);

/// 1 if no element is infinite or NaN.
int hk_all_finite(const float *x, long count);
