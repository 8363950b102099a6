#pragma once
#include "TileProgram.h"
#include "ImageColumns.h"
