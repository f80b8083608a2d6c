// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/order_standing.h"

#include <QCoreApplication>

#include <algorithm>

#include "ui/session/plain_words.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

QString trStanding(const char* text) { return QCoreApplication::translate("OrderStanding", text); }

}  // namespace

OrderStanding orderStanding(const ModelSpec& spec, const DoctorReport* report) {
    using State = OrderStanding::State;
    if (spec.orderSource == OrderSource::Format) return {State::Fixed, trStanding("fixed by the layout"), {}};
    if (report && !report->ranking.hypotheses.empty()) {
        const auto verdicts = questionVerdicts(report->ranking);
        const auto order = std::find_if(verdicts.begin(), verdicts.end(), [](const QuestionVerdict& v) {
            return v.question == ReadingQuestion::InteractionOrder;
        });
        if (order != verdicts.end() && order->decided) {
            const InteractionOrder best = order->answers.front().best.interaction;
            const QString rows = countedText(report->rows, "row");
            if (best == spec.interactionOrder) return {State::Confirmed, trStanding("confirmed on %1").arg(rows), {}};
            return {State::Contradicted, trStanding("contradicted on %1").arg(rows), orderWords(best)};
        }
    } else if (report && report->evidence.verdict) {
        if (*report->evidence.verdict == spec.interactionOrder)
            return {State::Confirmed, trStanding("confirmed by the weights"), {}};
        return {State::Contradicted, trStanding("contradicted by the weights"), orderWords(*report->evidence.verdict)};
    }
    switch (spec.orderSource) {
        case OrderSource::User:
            return {State::Chosen, trStanding("chosen by you"), {}};
        case OrderSource::Detected:
            return {State::Detected, trStanding("found by the reading check"), {}};
        default:
            return {State::Assumed, trStanding("assumed"), {}};
    }
}

}  // namespace dlrm::ui
