// SPDX-License-Identifier: Apache-2.0
// gpu/kernels/shrink.cu as plain C++.
#include "gpu/kernels/shrink.cu"
