#pragma once
#include "TileProgram.h"
#include "ImageColumns.h"
#include "Resampling.h"
#include "StridedCopy.h"
#include "ClusterLoop.h"
#include "Dropout.h"
