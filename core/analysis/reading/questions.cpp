// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/reading/questions.h"

#include <algorithm>
#include <limits>

namespace dlrm {
namespace {

bool sameAnswer(ReadingQuestion question, const Hypothesis& a, const Hypothesis& b) {
    switch (question) {
        case ReadingQuestion::InteractionOrder:
            return a.interaction == b.interaction;
        case ReadingQuestion::Numbers:
            return a.reading.numerical == b.reading.numerical;
        case ReadingQuestion::IdShift:
            return a.reading.idShift == b.reading.idShift;
        case ReadingQuestion::Tables:
            return a.tableOrder == b.tableOrder;
    }
    return false;
}

}  // namespace

double ReadingAnswer::standardErrors() const {
    if (!best.impossible.empty()) return std::numeric_limits<double>::infinity();
    return PairedDifference{best.behind, best.behindStandardError}.standardErrors();
}

const ReadingAnswer* QuestionVerdict::asOpened() const {
    const auto found = std::find_if(answers.begin(), answers.end(), [](const ReadingAnswer& a) { return a.asOpened; });
    return found == answers.end() ? nullptr : &*found;
}

bool QuestionVerdict::disagrees() const {
    const ReadingAnswer* own = asOpened();
    return predicts && own && own->beaten();
}

std::vector<QuestionVerdict> questionVerdicts(const Ranking& ranking) {
    std::vector<QuestionVerdict> out;
    if (!ranking.possible) return out;
    const auto& all = ranking.hypotheses;  // best first: an answer's first reading is its best one
    const Hypothesis* const own = ranking.asOpened();
    for (const auto question : {ReadingQuestion::InteractionOrder, ReadingQuestion::Numbers, ReadingQuestion::IdShift,
                                ReadingQuestion::Tables}) {
        QuestionVerdict verdict{question, {}, ranking.predicts, false};
        for (const Hypothesis& h : all) {
            const auto known = [&](const ReadingAnswer& a) { return sameAnswer(question, a.best, h); };
            if (std::any_of(verdict.answers.begin(), verdict.answers.end(), known)) continue;
            verdict.answers.push_back({h, own && sameAnswer(question, *own, h)});
        }
        if (verdict.answers.size() < 2) continue;
        verdict.decided = ranking.predicts && std::all_of(verdict.answers.begin() + 1, verdict.answers.end(),
                                                          [](const ReadingAnswer& a) { return a.beaten(); });
        out.push_back(std::move(verdict));
    }
    return out;
}

Hypothesis withAnswer(Hypothesis reading, ReadingQuestion question, const Hypothesis& answer) {
    switch (question) {
        case ReadingQuestion::InteractionOrder:
            reading.interaction = answer.interaction;
            break;
        case ReadingQuestion::Numbers:
            reading.reading.numerical = answer.reading.numerical;
            break;
        case ReadingQuestion::IdShift:
            reading.reading.idShift = answer.reading.idShift;
            break;
        case ReadingQuestion::Tables:
            reading.tableOrder = answer.tableOrder;
            break;
    }
    return reading;
}

}  // namespace dlrm
