// SPDX-License-Identifier: Apache-2.0
// gpu/kernels/activations.cu as plain C++.
#include "gpu/kernels/activations.cu"
