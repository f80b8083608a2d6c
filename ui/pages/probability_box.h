// SPDX-License-Identifier: GPL-3.0-or-later
// A probability as people type it: "0.3", "0,3", "30 %". No key is swallowed; what is none gives way to the value
// before.
#pragma once

#include <QDoubleSpinBox>

#include <functional>
#include <optional>
#include <utility>

#include "ui/widgets/theme.h"
#include "ui/widgets/typed_numbers.h"

namespace dlrm::ui {

inline constexpr int kProbabilityDecimals = 4;  // as fine as the exact counts of an evaluation are

class ProbabilityBox : public QDoubleSpinBox {
public:
    explicit ProbabilityBox(QWidget* parent = nullptr) : QDoubleSpinBox(parent) {
        setRange(0, 1);
        setButtonSymbols(QAbstractSpinBox::NoButtons);
        setDecimals(kProbabilityDecimals);
        setSingleStep(0.01);
        setFont(Theme::instance().monospace());
        setKeyboardTracking(false);
    }
    QValidator::State validate(QString& text, int& /*position*/) const override {
        return probability(text) ? QValidator::Acceptable : QValidator::Intermediate;
    }
    double valueFromText(const QString& text) const override { return probability(text).value_or(value()); }
    // Called with what is no probability before the old value takes its place.
    void fixup(QString& text) const override {
        if (m_refused) m_refused(text);
    }
    void setRefused(std::function<void(const QString&)> refused) { m_refused = std::move(refused); }

private:
    static std::optional<double> probability(QString text) {
        text = text.trimmed();
        const bool percent = text.endsWith(QLatin1Char('%'));
        if (percent) text.chop(1);
        // Thousands have no place between 0 and 1: a comma is the point.
        const auto number = typedNumber(text.trimmed().replace(QLatin1Char(','), QLatin1Char('.')));
        if (!number) return std::nullopt;
        const double p = percent ? *number / 100 : *number;
        return p >= 0 && p <= 1 ? std::optional(p) : std::nullopt;
    }
    std::function<void(const QString&)> m_refused;
};

}  // namespace dlrm::ui
