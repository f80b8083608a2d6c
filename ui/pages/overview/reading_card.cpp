// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/reading_card.h"

#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>
#include <cmath>

#include "ui/pages/parts.h"
#include "ui/session/desks/check_desk.h"
#include "ui/widgets/focus.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr std::size_t kShown = 4;  // hypotheses

QString answerText(ReadingQuestion question, const Hypothesis& h) {
    const QString answers[] = {orderWords(h.interaction), numbersWords(h.reading.numerical),
                               idShiftWords(h.reading.idShift), tableOrderWords(h.tableOrder)};
    return answers[static_cast<std::size_t>(question)];
}

QString questionText(ReadingQuestion question) {
    const QString names[] = {ReadingCard::tr("Interaction order"), ReadingCard::tr("Numbers"),
                             ReadingCard::tr("Start of the ids"), ReadingCard::tr("Order of the tables")};
    return names[static_cast<std::size_t>(question)];
}

// "Δ 0.0819 ± 0.0031, 26 SE", the paired difference to the best reading; or why there is none.
QString marginText(const ReadingAnswer& answer) {
    if (!answer.best.impossible.empty()) return inWords(cannotBeRead(answer.best));
    const double errors = answer.standardErrors();
    QString margin =
        QStringLiteral("Δ %1 ± %2").arg(answer.best.behind, 0, 'f', 5).arg(answer.best.behindStandardError, 0, 'f', 5);
    QString count = std::isfinite(errors) ? ReadingCard::tr("%1 SE").arg(toldErrors(errors), 0, 'f', 1) : QString();
    for (QString* part : {&margin, &count})
        part->replace(QLatin1Char(' '), QChar(QChar::Nbsp));  // no line ends within a figure
    return count.isEmpty() ? margin : margin + QStringLiteral(", ") + count;
}

constexpr ReadingQuestion kQuestions[] = {ReadingQuestion::InteractionOrder, ReadingQuestion::Numbers,
                                          ReadingQuestion::IdShift, ReadingQuestion::Tables};

// What `h` answers otherwise than `best`.
QString otherwise(const Hypothesis& h, const Hypothesis& best) {
    QStringList parts;
    for (const ReadingQuestion question : kQuestions)
        if (const QString answer = answerText(question, h); answer != answerText(question, best)) parts << answer;
    return ReadingCard::tr("The same but %1").arg(parts.join(QStringLiteral(" · ")));
}

// "Numbers already logged"; an order does not say of what.
QString decidedText(ReadingQuestion question, const QString& answer) {
    if (question == ReadingQuestion::InteractionOrder)
        return QStringLiteral("%1: %2").arg(questionText(question), answer);
    return answer.left(1).toUpper() + answer.mid(1);
}

QString paired(const Hypothesis& h) {
    return h.behind == 0 && h.behindStandardError == 0
               ? ReadingCard::tr("best")
               : QStringLiteral("%1 ± %2").arg(h.behind, 0, 'f', 5).arg(h.behindStandardError, 0, 'f', 5);
}

// Null: it is not among them.
const Hypothesis* asOpened(const std::vector<Hypothesis>& all) {
    const auto own = std::find_if(all.begin(), all.end(), [](const Hypothesis& h) { return h.asOpened; });
    return own == all.end() ? nullptr : &*own;
}

QLabel* cell(const QString& text, QWidget* parent, bool number) {
    QLabel* label = plainLabel(parent, text);
    label->setFont(number ? Theme::instance().monospace(font_size::caption)
                          : Theme::instance().font(font_size::caption));
    label->setAlignment(number ? Qt::AlignRight | Qt::AlignTop : Qt::AlignLeft | Qt::AlignTop);
    label->setWordWrap(!number);
    if (!number) label->setMinimumWidth(1);
    return label;
}

}  // namespace

ReadingCard::ReadingCard(Session& session, QWidget* parent)
    : InfoCard(tr("Reading check"), parent), m_session(session) {
    setObjectName(QStringLiteral("readingCard"));
    m_progress = new QProgressBar(this);
    m_progress->setProperty("groove", true);  // how far it is to go
    m_progress->setTextVisible(false);
    m_progress->hide();
    layout()->addWidget(m_progress);
    m_buttons = buttonRow(this);
    m_check = addButton(m_buttons, tr("Check the reading"), QStringLiteral("checkReading"), {},
                        [this] { m_session.checks().requestDoctor(); });
    m_apply = addButton(m_buttons, tr("Apply this reading"), QStringLiteral("applyReading"), {}, [this] {
        if (!report()) return;
        m_session.afterAsking([this, report = report()] {
            if (const Hypothesis* winner = report->winner()) return m_session.applyReading(*winner);
            ModelSettings settings = m_session.settings();
            settings.chooseOrder(report->evidence.verdict);
            m_session.setSettings(settings);
        });
    });
    m_apply->setProperty("primary", true);
    m_back = addButton(m_buttons, tr("Back to the files' reading"), QStringLiteral("resetReading"), {},
                       [this] { m_session.afterAsking([this] { m_session.resetReading(); }); });
    m_cancel = addButton(m_buttons, tr("Cancel"), QStringLiteral("cancelReading"), {},
                         [this] { m_session.cancel(JobKind::Doctor); });
    layout()->addWidget(m_buttons);

    connect(&session.checks(), &CheckDesk::doctorReady, this, &ReadingCard::fill);
    for (const auto change :
         {&Session::engineReplaced, &Session::modelClosed, &Session::datasetClosed, &Session::settingsChanged})
        connect(&session, change, this, &ReadingCard::fill);
    connect(&session, &Session::modelOpened, this, &ReadingCard::fill);
    connect(&session, &Session::datasetOpened, this, &ReadingCard::fill);
    connect(&session, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind != JobKind::Doctor) return;
        m_progress->setRange(0, 0);
        showButtons();
    });
    connect(&session, &Session::jobProgressed, this, [this](JobKind kind, qint64 done, qint64 total) {
        if (kind != JobKind::Doctor) return;
        m_progress->setRange(0, static_cast<int>(total));
        m_progress->setValue(static_cast<int>(done));
    });
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind == JobKind::Doctor) showButtons();
    });
    fill();
}

DoctorReportPtr ReadingCard::report() const { return m_session.checks().results().doctor; }

void ReadingCard::fill() {
    for (QPushButton* button : findChildren<QPushButton*>())
        if (!m_buttons->isAncestorOf(button)) moveFocusOut(button, m_check);
    clear();
    const auto applied = m_session.settings().applied;
    if (applied && m_session.model())
        addMarked(m_session.readsAsFilesMean() ? Mark::Pass : Mark::Warn,
                  (m_session.readsAsFilesMean()
                       ? tr("In force, and as the files mean it or by default: %1. Every result records it.")
                       : tr("In force instead of the files' own reading: %1. Every result records it."))
                      .arg(applied->sentence()));
    const DatasetInfoPtr dataset = m_session.dataset();
    if (const DoctorReportPtr found = report()) {
        fillVerdict(*found);
        fillQuestions(*found);
        fillRanking(*found);
    } else if (dataset && dataset->hasLabels) {
        addMarked(Mark::Open,
                  tr("Not checked. Interaction order, transform of the numbers, start of the ids and order of the "
                     "tables are tried on the first %1.")
                      .arg(countedText(std::min<qint64>(dataset->rows, DoctorOptions().rows), "labelled row")));
    } else {
        addMarked(Mark::Open, tr("Not checked. Without labelled rows only the weights can say in which order the "
                                 "interaction was trained; open a dataset to try all readings."));
    }
    showButtons();
}

void ReadingCard::fillVerdict(const DoctorReport& report) {
    const std::string layout = m_session.model() ? m_session.model()->spec.layout : std::string();
    // First what is wrong, then what is right.
    const std::vector<std::string> findings = report.findings(layout);
    for (const std::string& finding : findings) addMarked(Mark::Warn, inWords(finding));
    if (report.ranking.hypotheses.empty()) {
        const OrderEvidence& e = report.evidence;
        if (!e.verdict) addMarked(Mark::Open, tr("Undecided from the weights."));
        else if (!report.disagrees())
            addMarked(Mark::Pass, tr("The weights agree with %1.").arg(orderWords(*e.verdict)));
        addSentence(inWords(e.reason));
        return;
    }
    const std::string& reason = report.ranking.reason;
    const Hypothesis* winner = report.winner();
    if (winner && winner->asOpened) {
        const std::size_t tried = report.ranking.possibleReadings();
        addMarked(Mark::Pass, tried == 1 ? tr("The reading as opened is the only one that can be tried.")
                                         : tr("The reading as opened is the best of %1 tried: it beats every other "
                                              "one by %2 standard errors or more.")
                                               .arg(countedText(tried, "reading"))
                                               .arg(kStandardErrorsToWin));
        addSentence(QString::fromUtf8(kNotTold.data(), static_cast<qsizetype>(kNotTold.size())));
    } else if (winner) addSentence(tr("The winner: %1.").arg(readingWords(*winner)));
    else if (std::find(findings.begin(), findings.end(), reason) == findings.end())
        addMarked(Mark::Open, inWords(reason));
}

// One verdict per question: the order may be plain while two ways to take the numbers tie.
void ReadingCard::fillQuestions(const DoctorReport& report) {
    std::vector<QuestionVerdict> verdicts = questionVerdicts(report.ranking);
    std::stable_partition(verdicts.begin(), verdicts.end(),
                          [](const QuestionVerdict& v) { return v.disagrees(); });  // warnings first
    for (const QuestionVerdict& v : verdicts) {
        const ReadingAnswer& best = v.answers.front();
        const ReadingAnswer* own = v.asOpened();
        const QString question = questionText(v.question), answer = answerText(v.question, best.best);
        if (v.disagrees()) {
            addMarked(Mark::Warn, tr("%1: %2, as read now, is beaten by %3 (%4).")
                                      .arg(question, answerText(v.question, own->best), answer, marginText(*own)));
        } else if (v.decided) {
            const ReadingAnswer& next = v.answers[1];
            const QString decided = decidedText(v.question, answer);
            addMarked(Mark::Pass,
                      next.best.impossible.empty()
                          ? tr("%1. Next: %2, %3.").arg(decided, answerText(v.question, next.best), marginText(next))
                          : tr("%1. Nothing else can be read: with %2, %3.")
                                .arg(decided, answerText(v.question, next.best), inWords(next.best.impossible)));
        } else {
            QStringList equal;
            for (const ReadingAnswer& a : v.answers)
                if (!a.beaten()) equal << answerText(v.question, a.best);
            addMarked(Mark::Open, v.predicts && equal.size() > 1
                                      ? tr("%1: %2 are not told apart (%3).")
                                            .arg(question, equal.join(tr(" and ")), marginText(v.answers[1]))
                                      : tr("%1: undecided.").arg(question));
        }
        if (v.disagrees() || (v.decided && !own)) addUseButton(v, best);
    }
    if (!report.ranking.hypotheses.empty()) {
        addSentence(
            tr("Readings of the numbers start from what stands in the file: where that is ln(x + 3) already, “through "
               "ln(x + 3)” is a second logarithm."));
        addSentence(
            tr("Δ: log loss over the best reading's, row by row, with an intercept fitted to each, ± its standard "
               "error (paired). 5 SE decide."));
    }
}

void ReadingCard::addUseButton(const QuestionVerdict& verdict, const ReadingAnswer& answer) {
    const char* names[] = {"useOrder", "useNumbers", "useIds", "useTables"};
    const auto& all = report()->ranking.hypotheses;
    const Hypothesis* own = asOpened(all);
    const Hypothesis use = own ? withAnswer(*own, verdict.question, answer.best) : answer.best;
    addButtonLine(tr("Use %1").arg(answerText(verdict.question, answer.best)),
                  QLatin1String(names[static_cast<std::size_t>(verdict.question)]),
                  tr("Reads with this answer; everything else stays as it is read now"),
                  [this, use] { m_session.applyReading(use); });
}

void ReadingCard::fillRanking(const DoctorReport& report) {
    const auto& all = report.ranking.hypotheses;
    if (all.empty()) return;
    auto* table = new QWidget(this);
    auto* grid = new QGridLayout(table);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(space::m);
    grid->setVerticalSpacing(space::xs);
    grid->setColumnStretch(0, 1);
    int row = 0;
    const auto add = [&](const QString& reading, const QString& loss, const QString& difference) {
        // The reading over its figures: words need the card's whole width.
        if (!reading.isEmpty()) grid->addWidget(cell(reading, table, false), row++, 0, 1, 3);
        if (loss.isEmpty()) return;
        grid->addWidget(cell(loss, table, true), row, 1);
        grid->addWidget(cell(difference, table, true), row++, 2);
    };
    add({}, tr("log loss"), tr("Δ to best ± SE (paired)"));
    const auto line = [&](const Hypothesis& h) {
        // One reading in full, the others by what they change.
        const bool full = h.asOpened || &h == &all.front();
        const QString own = h.asOpened ? tr("%1 (as read now)").arg(readingWords(h))
                            : full     ? readingWords(h)
                                       : otherwise(h, all.front());
        if (h.impossible.empty()) add(own, QString::number(h.fittedLogLoss, 'f', 5), paired(h));
        else add(tr("%1: %2").arg(own, inWords(cannotBeRead(h))), {}, {});
    };
    const std::size_t shown = std::min(kShown, all.size());
    for (std::size_t i = 0; i < shown; ++i) line(all[i]);
    if (const Hypothesis* own = asOpened(all); own && own >= all.data() + shown) line(*own);
    addWidget(table);
    const std::size_t tried = report.ranking.possibleReadings(), others = all.size() - tried;
    const QString tested = countedText(tried, "reading");
    QString told = tr("%1 on the first %2, least Δ first; each log loss is with the intercept fitted to its reading.")
                       .arg(shown < tried ? tr("The best %1 of %2").arg(shown).arg(tested) : tested,
                            countedText(report.rows, "row"));
    if (others > 0) told += tr(" %1 cannot be tried.").arg(countedText(others, "other reading"));
    addSentence(told);
}

void ReadingCard::showButtons() {
    const bool running = m_session.isRunning(JobKind::Doctor);
    const bool applied = m_session.settings().applied.has_value() && m_session.model() && !m_session.readsAsFilesMean();
    m_progress->setVisible(running);
    m_check->setText(report() ? tr("Check again") : tr("Check the reading"));
    setVisibleKeepingFocus({{m_check, !running},
                            {m_apply, !running && !applied && report() && report()->disagrees()},
                            {m_back, !running && applied},
                            {m_cancel, running}},
                           running ? m_cancel : m_check);
}

}  // namespace dlrm::ui
