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
    if (spec.orderSource == OrderSource::Format) return {State::Fixed, orderSourceWords(spec.orderSource), {}};
    const auto checked = [&spec](InteractionOrder best, const QString& by) -> OrderStanding {
        if (best == spec.interactionOrder) return {State::Confirmed, trStanding("confirmed %1").arg(by), {}};
        return {State::Contradicted, trStanding("contradicted %1").arg(by), orderWords(best)};
    };
    if (report && !report->ranking.hypotheses.empty()) {
        const auto verdicts = questionVerdicts(report->ranking);
        const auto order = std::find_if(verdicts.begin(), verdicts.end(), [](const QuestionVerdict& v) {
            return v.question == ReadingQuestion::InteractionOrder;
        });
        if (order != verdicts.end() && order->decided)
            return checked(order->answers.front().best.interaction,
                           trStanding("on %1").arg(countedText(report->rows, "row")));
    } else if (report && report->evidence.verdict) {
        return checked(*report->evidence.verdict, trStanding("by the weights"));
    }
    const State state = spec.orderSource == OrderSource::User       ? State::Chosen
                        : spec.orderSource == OrderSource::Detected ? State::Detected
                                                                    : State::Assumed;
    return {state, orderSourceWords(spec.orderSource), {}};
}

}  // namespace dlrm::ui
