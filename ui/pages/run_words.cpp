// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/run_words.h"

#include <QCoreApplication>

#include <cmath>

#include "ui/session/desks/check_desk.h"
#include "ui/session/order_standing.h"
#include "ui/session/plain_words.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {

QString tookText(double seconds) {
    if (seconds < 1) return QCoreApplication::translate("RunWords", "%1 ms").arg(std::lround(seconds * 1000));
    const qint64 whole = std::llround(seconds);
    if (whole < 60) return QCoreApplication::translate("RunWords", "%1 s").arg(QString::number(seconds, 'f', 1));
    if (whole < 3600) return QCoreApplication::translate("RunWords", "%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return QCoreApplication::translate("RunWords", "%1 h %2 min").arg(formatCount(whole / 3600)).arg(whole % 3600 / 60);
}

QString computedBy(const BackendInfo& backend) {
    return QStringLiteral("%1, %2, %3")
        .arg(QString::fromStdString(backend.name).toUpper(), QString::fromUtf8(name(backend.precision)),
             QString::fromStdString(backend.device));
}

QString orderAndStanding(const Session& session, InteractionOrder order) {
    const ModelInfoPtr model = session.model();
    const QString words = orderWords(order);
    if (!model || model->spec.interaction != InteractionKind::Dot || model->spec.orderSource == OrderSource::Format)
        return words;
    const OrderStanding standing = orderStanding(model->spec, session.checks().results().doctor.get());
    return QStringLiteral("%1, %2").arg(words, standing.state == OrderStanding::State::Confirmed
                                                   ? QCoreApplication::translate("RunWords", "confirmed")
                                                   : standing.words);
}

QString datasetLine(const Session& session) {
    const DatasetInfoPtr dataset = session.dataset();
    if (!dataset) return {};
    QStringList parts{
        datasetName(dataset->path), dataset->split, countedText(dataset->rows, "row"),
        dataset->profile.isEmpty()
            ? QString()
            : QCoreApplication::translate("RunWords", "preprocessing: %1").arg(inWords(dataset->profile))};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

}  // namespace dlrm::ui
