// SPDX-License-Identifier: GPL-3.0-or-later
// What pages ask, at once and without a job, of results that they hold: figures that core makes from plain data alone.
// Nothing here reads a file, keeps a state or takes longer than the painting of what it answers.
#pragma once

#include "core/analysis/layers/activity.h"           // layerActivity, activityChange
#include "core/analysis/layers/interaction_pairs.h"  // strongestPairs, pairDots
#include "core/analysis/neighbors/neighbors.h"       // compareRows
#include "core/metrics/operating_points.h"           // OperatingPoints
#include "core/metrics/probability.h"                // sigmoid
