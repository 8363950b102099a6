#pragma once
#include "TileProgram.h"

/// The most loop axes outside a tile.
#define HK_OUTER_AXES 6

/// What happens to a tensor at each tile of a cluster's loop.
typedef enum hk_access_kind : uint16_t {
  HK_DENSE,       // the register is the tensor's own memory, read or written
  HK_EXPAND,      // the register is filled from strided memory before the instructions
  HK_REDUCE_SUM,  // the register is added into strided memory after the instructions
  HK_REDUCE_MAX,
} hk_access_kind;

/// One tensor of a cluster. Strides are in floats.
typedef struct {
  float *base;
  long outerStrides[HK_OUTER_AXES];
  long rowStride, columnStride;
  long count;  // elements of a reduction's result
  uint16_t reg;
  hk_access_kind kind;
} hk_access;

/// A loop over `outer axes x rows x columns`, cut into tiles of at most `tile` elements.
typedef struct {
  int outerAxes;
  long outerExtents[HK_OUTER_AXES];
  long rows, columns, tile;
  const hk_instruction *instructions;
  int instructionCount;
  hk_access *accesses;
  int accessCount;
  float **registers;
} hk_cluster;

/// Runs the loop once; results of reductions are initialised first.
void hk_run_cluster(const hk_cluster *cluster);
