#pragma once
#include "TileProgram.h"
