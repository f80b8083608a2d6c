// SPDX-License-Identifier: GPL-3.0-or-later
// What pages ask, at once and without a job, of results that they hold: figures that core makes from plain data alone. Nothing here reads a file, keeps a
// state or takes longer than the painting of what it answers.
#pragma once

#include "core/analysis/interaction_pairs.h"   // strongestPairs, pairDots
#include "core/analysis/layer_activity.h"      // layerActivity, activityChange
#include "core/analysis/neighbors.h"           // compareRows
#include "core/metrics/operating_points.h"     // OperatingPoints
