// SPDX-License-Identifier: Apache-2.0
// What each format file gives to THE TABLE OF FORMATS. Private to core/checkpoint.
#pragma once

#include "core/checkpoint/checkpoint_format.h"

namespace dlrm {

RecogniseFormat recognisesLayoutA, recognisesLayoutB, recognisesLayoutC, recognisesLayoutD, recognisesLayoutE,
    recognisesLayoutF, recognisesBareBundle, recognisesHdf5, recognisesNpz, recognisesNpy;
OpenFormat openLayoutA, openLayoutB, openLayoutC, openLayoutD, openLayoutE, openLayoutF, openBareBundle, openHdf5,
    openNpz, openNpy;

}  // namespace dlrm
