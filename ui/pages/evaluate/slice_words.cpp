// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/slice_words.h"

#include <QCoreApplication>
#include <QStringList>

#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr int kSliceDecimals = 4;

QString inSlice(const char* text) { return QCoreApplication::translate("Slices", text); }

}  // namespace

QString sliceFigureText(const std::optional<double>& value) {
    return value ? formatFixed(*value, kSliceDecimals) : QStringLiteral("–");
}

QString sliceIntervalText(const std::optional<double>& low, const std::optional<double>& high) {
    return low && high ? QStringLiteral("%1 – %2").arg(sliceFigureText(low), sliceFigureText(high)) : QString();
}

QString sliceTip(const SliceResult& slice, const SliceFigure& figure) {
    QStringList out{QString::fromStdString(slice.slice),
                    inSlice("%1 (%2), %3 clicked")
                        .arg(countedText(slice.rows, "row"), formatPercent(slice.share), formatCount(slice.positives)),
                    QStringLiteral("%1 %2").arg(QString::fromStdString(figure.title), sliceFigureText(figure.value))};
    if (figure.low && figure.high)
        out.last() += inSlice(", 95 % interval %1").arg(sliceIntervalText(figure.low, figure.high));
    if (!figure.note.empty()) out << QString::fromStdString(figure.note);
    if (figure.difference) {
        out << inSlice("%1 from all other rows").arg(sliceFigureText(figure.difference));
        if (figure.differenceLow && figure.differenceHigh)
            out.last() +=
                inSlice(", 95 % interval %1").arg(sliceIntervalText(figure.differenceLow, figure.differenceHigh));
    }
    if (!slice.judged) out << inSlice("not judged: %1").arg(QString::fromStdString(slice.notJudged));
    return out.join(QLatin1Char('\n'));
}

}  // namespace dlrm::ui
