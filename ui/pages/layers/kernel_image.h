// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a kernel as a picture of a given size, at any zoom and any kernel size in a few milliseconds.
#pragma once

#include <QImage>
#include <QRectF>
#include <QSize>

#include "ui/session/desks/layer_desk.h"

namespace dlrm::ui {

// window: columns left..right and rows top..bottom of the kernel, padding rows included. Where several weights share a
// pixel the strongest one shows; weights beyond ±limit have the colours of the ends; what is not finite is marked in
// the warning colour; padding rows stay transparent.
QImage kernelImage(const KernelView& kernel, const QRectF& window, const QSize& pixels, float limit);

}  // namespace dlrm::ui
