// SPDX-License-Identifier: Apache-2.0
// gpu/kernels/interaction.cu as plain C++.
#include "gpu/kernels/interaction.cu"
