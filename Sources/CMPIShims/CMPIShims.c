#include "CMPIShims.h"
