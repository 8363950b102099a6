#include "ClusterLoop.h"

#include <math.h>
#include <stddef.h>

typedef struct {
  long row, rows, column, columns;
} tile_box;

static void initialise_reductions(const hk_cluster *cluster) {
  for (int i = 0; i < cluster->accessCount; i++) {
    hk_access *access = &cluster->accesses[i];
    if (access->kind < HK_REDUCE_SUM) continue;
    float start = access->kind == HK_REDUCE_SUM ? 0.0f : -INFINITY;
    for (long j = 0; j < access->count; j++) access->base[j] = start;
  }
}

/// Asks for the memory of the next tile, which follows this one in dense tensors. Tiles of many
/// tensors are too short for the processor to notice the streams itself.
static void prefetch_next(const float *tile, long length) {
  const char *next = (const char *)(tile + length);
  for (long byte = 0; byte < length * (long)sizeof(float); byte += 64)
    __builtin_prefetch(next + byte, 0, 2);
}

/// Runs the instructions on one tile. Each is followed by its share of the requests for the next
/// tile: all at once would wait for each other and leave nothing to overlap.
static void execute(const hk_cluster *cluster, long length) {
  const int count = cluster->instructionCount, accesses = cluster->accessCount;
  int requested = 0;
  for (int step = 0; step < count; step++) {
    hk_execute(cluster->instructions + step, 1, cluster->registers, length);
    for (; requested < accesses * (step + 1) / count; requested++)
      if (cluster->accesses[requested].kind == HK_DENSE)
        prefetch_next(cluster->registers[cluster->accesses[requested].reg], length);
  }
}

static void run_tile(const hk_cluster *cluster, const long *offsets, long *expanded,
                     tile_box box) {
  for (int i = 0; i < cluster->accessCount; i++) {
    hk_access *access = &cluster->accesses[i];
    long offset = offsets[i] + box.row * access->rowStride + box.column * access->columnStride;
    if (access->kind == HK_DENSE) {
      cluster->registers[access->reg] = access->base + offset;
    } else if (access->kind == HK_EXPAND) {
      // Neighbouring tiles often repeat the same numbers; `expanded` remembers what is in place.
      long *last = expanded + 3 * i;
      if (last[0] == offset && last[1] == box.rows && last[2] == box.columns) continue;
      hk_expand(cluster->registers[access->reg], access->base + offset, box.rows, box.columns,
                access->rowStride, access->columnStride);
      last[0] = offset, last[1] = box.rows, last[2] = box.columns;
    }
  }
  execute(cluster, box.rows * box.columns);
  for (int i = 0; i < cluster->accessCount; i++) {
    const hk_access *access = &cluster->accesses[i];
    if (access->kind < HK_REDUCE_SUM) continue;
    float *result = access->base + offsets[i] + box.row * access->rowStride +
                    box.column * access->columnStride;
    (access->kind == HK_REDUCE_SUM ? hk_reduce_sum : hk_reduce_max)(
        result, cluster->registers[access->reg], box.rows, box.columns, access->rowStride,
        access->columnStride);
  }
}

static void run_plane(const hk_cluster *cluster, const long *offsets, long *expanded) {
  if (cluster->columns >= cluster->tile) {
    for (long row = 0; row < cluster->rows; row++) {
      for (long column = 0; column < cluster->columns; column += cluster->tile) {
        long rest = cluster->columns - column;
        tile_box box = {row, 1, column, rest < cluster->tile ? rest : cluster->tile};
        run_tile(cluster, offsets, expanded, box);
      }
    }
    return;
  }
  long height = cluster->tile / cluster->columns;
  for (long row = 0; row < cluster->rows; row += height) {
    long rest = cluster->rows - row;
    tile_box box = {row, rest < height ? rest : height, 0, cluster->columns};
    run_tile(cluster, offsets, expanded, box);
  }
}

void hk_run_cluster(const hk_cluster *cluster) {
  initialise_reductions(cluster);
  if (cluster->rows == 0 || cluster->columns == 0) return;
  long offsets[cluster->accessCount + 1], expanded[3 * cluster->accessCount + 1];
  long index[HK_OUTER_AXES] = {0};
  for (int i = 0; i < cluster->accessCount; i++) offsets[i] = 0, expanded[3 * i] = -1;
  for (int axis = 0; axis < cluster->outerAxes; axis++)
    if (cluster->outerExtents[axis] == 0) return;
  for (;;) {
    run_plane(cluster, offsets, expanded);
    int axis = cluster->outerAxes - 1;
    for (; axis >= 0; axis--) {
      index[axis]++;
      for (int i = 0; i < cluster->accessCount; i++)
        offsets[i] += cluster->accesses[i].outerStrides[axis];
      if (index[axis] < cluster->outerExtents[axis]) break;
      for (int i = 0; i < cluster->accessCount; i++)
        offsets[i] -= cluster->accesses[i].outerStrides[axis] * cluster->outerExtents[axis];
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
