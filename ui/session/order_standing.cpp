// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/order_standing.h"

#include <QCoreApplication>

#include <algorithm>

#include "ui/session/plain_words.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("OrderStanding", text); }

}  // namespace

OrderStanding orderStanding(const ModelSpec& spec, const DoctorReport* report) {
    using State = OrderStanding::State;
    if (spec.orderSource == OrderSource::Format) return {State::Fixed, tr("fixed by the layout"), {}};
    if (report && !report->ranking.hypotheses.empty()) {
        const auto verdicts = questionVerdicts(report->ranking);
        const auto order = std::find_if(verdicts.begin(), verdicts.end(), [](const QuestionVerdict& v) {
            return v.question == ReadingQuestion::InteractionOrder;
        });
        if (order != verdicts.end() && order->decided) {
            const InteractionOrder best = order->answers.front().best.interaction;
            const QString rows = countedText(report->rows, "row");
            if (best == spec.interactionOrder) return {State::Confirmed, tr("confirmed on %1").arg(rows), {}};
            return {State::Contradicted, tr("contradicted on %1").arg(rows), orderWords(best)};
        }
    } else if (report && report->evidence.verdict) {
        if (*report->evidence.verdict == spec.interactionOrder)
            return {State::Confirmed, tr("confirmed by the weights"), {}};
        return {State::Contradicted, tr("contradicted by the weights"), orderWords(*report->evidence.verdict)};
    }
    switch (spec.orderSource) {
        case OrderSource::User:
            return {State::Chosen, tr("chosen by you"), {}};
        case OrderSource::Detected:
            return {State::Detected, tr("found by the reading check"), {}};
        default:
            return {State::Assumed, tr("assumed"), {}};
    }
}

}  // namespace dlrm::ui
