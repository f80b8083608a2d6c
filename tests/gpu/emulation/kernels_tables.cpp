// SPDX-License-Identifier: Apache-2.0
// gpu/kernels/tables.cu as plain C++.
#include "gpu/kernels/tables.cu"
