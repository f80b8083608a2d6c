// SPDX-License-Identifier: Apache-2.0
// gpu/kernels/ranking.cu as plain C++.
#include "gpu/kernels/ranking.cu"
