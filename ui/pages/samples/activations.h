// SPDX-License-Identifier: GPL-3.0-or-later
// The activations of one row, layer by layer, as heat strips with the number of active units
// and the value of the strongest colour.
#pragma once

#include <QHash>
#include <QImage>
#include <QStringList>
#include <QWidget>

#include <vector>

#include "core/engine/results.h"

namespace dlrm::ui {

class SampleActivations : public QWidget {
    Q_OBJECT
public:
    explicit SampleActivations(QWidget* parent = nullptr);

    // Bottom layers first, then top layers; the last top layer (the logit) is left out. With a reference, the strips
    // show the difference.
    void setActivations(const Intermediates& row, const QStringList& bottomNames, const QStringList& crossNames,
                        const QStringList& topNames, const Intermediates* reference);
    void clear();
    // While held, each layer's colours keep the largest value they stand for: rows can be compared.
    void holdScale(bool hold);
    // What the strongest colour of strip `index` stands for.
    double limit(int index) const;
    // "312 of 512 active, 3 not finite" of strip `index`; for tests and accessibility.
    QString caption(int index) const;
    // "up to 2.63", "±1.52": what its colours go to. REQUIRES: a strip.
    QString scale(int index) const;
    // What the legend says of its colours: that units share pixels, or what the colours go to; for tests.
    QString legendEnd() const;
    int stripCount() const { return static_cast<int>(m_strips.size()); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Strip {
        QString name, caption;
        std::vector<float> values;  // one a unit
        float limit = 0;            // largest magnitude, or the one held
        qint64 notFinite = 0;       // of the values
        bool difference = false, isSigned = false;
    };
    // heldLimit: 0: that of the values. hasUnits: which are active or off; else values of any sign.
    void addStrip(const QString& name, const std::vector<float>& values, const std::vector<float>* reference,
                  float heldLimit, bool hasUnits);
    QRect stripRect(int index) const;
    int lines() const;  // of a column of strips
    int heightOf(int lines) const;
    QRect captionRect(int index) const;
    void paintLegend(QPainter& painter) const;
    void paintNotFinite(QPainter& painter, const Strip& strip, const QRect& rect) const;
    QImage stripImage(const Strip& strip, int width) const;
    int lineHeight() const;

    std::vector<Strip> m_strips;
    bool m_held = false;
};

}  // namespace dlrm::ui
