// SPDX-License-Identifier: Apache-2.0
// The doctor's ranking question by question: one may be decided while another one ties.
#pragma once

#include <cstdint>
#include <vector>

#include "core/analysis/reading/hypotheses.h"

namespace dlrm {

enum class ReadingQuestion : std::uint8_t { InteractionOrder, Numbers, IdShift, Tables };

// One answer to a question, with the best of all readings that give it.
struct ReadingAnswer {
    Hypothesis best;  // `behind` and `behindStandardError` are the answer's: paired, against the best reading of all.
                      // `impossible` where every one is
    bool asOpened = false;  // as it is read now
    // `behind` in paired standard errors: 0 for the best, infinite for an impossible one.
    double standardErrors() const;
    bool beaten() const { return standardErrors() >= kStandardErrorsToWin; }
};

struct QuestionVerdict {
    ReadingQuestion question{};
    std::vector<ReadingAnswer> answers;  // best first, impossible ones last; two or more
    bool predicts = false;  // the best reading of all beats the mean click rate: without that no answer says anything
    bool decided = false;   // it does, and the first answer beats every other one

    const ReadingAnswer* asOpened() const;  // null: the reading of now is not among those that were tried
    // The answer of now is beaten by one that predicts.
    bool disagrees() const;
};

// The questions with more than one answer, in the order of the enum; none where no reading is possible.
std::vector<QuestionVerdict> questionVerdicts(const Ranking& ranking);

// `reading` with `question` answered as `answer` does.
Hypothesis withAnswer(Hypothesis reading, ReadingQuestion question, const Hypothesis& answer);

}  // namespace dlrm
