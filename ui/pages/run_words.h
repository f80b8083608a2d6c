// SPDX-License-Identifier: GPL-3.0-or-later
// What pages say of a pass over rows that has ended: how long it took, what computed it, in which order.
#pragma once

#include <QString>

#include "ui/session/session.h"

namespace dlrm::ui {

// Seconds: what took less is run again sooner than a question is answered.
inline constexpr double kWorthAsking = 10;

// "48 ms", "12.3 s".
QString tookText(double seconds);
// "CPU, bf16, 8 threads, AVX-512", as the command line tells it: the device says how it holds the tables.
QString computedBy(const BackendInfo& backend);
// "NVIDIA order (bottom first), confirmed": the order of a result and what is known of it.
QString orderAndStanding(const Session& session, InteractionOrder order);
// "dataset · test · 20,000 rows · preprocessing: NVIDIA Spark"; empty without a dataset.
QString datasetLine(const Session& session);

}  // namespace dlrm::ui
