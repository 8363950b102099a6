#pragma once
#include <stdint.h>

/// A stream of the counter-based generator Philox4x32 with ten rounds: the key, and the words of the
/// counter after the first, which is the number of a block of four random words.
typedef struct {
  uint32_t key0, key1, counter1, counter2, counter3;
} hk_random_stream;
