// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/integrity_card.h"

#include <QFileInfo>
#include <QHeaderView>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QTreeWidget>

#include <algorithm>
#include <utility>

#include "ui/pages/parts.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/table_analysis.h"
#include "ui/widgets/file_dialog.h"
#include "ui/widgets/focus.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kListHeight = 200;
constexpr qsizetype kNamed = 3;  // tensors or findings in a sentence
constexpr int kProgressSteps = 1000;
constexpr int kTogetherMs = 100;
// Shares of untrained rows: rare values that never came up in training, and a model most of which holds nothing.
constexpr double kFewUntrained = 0.1, kMostUntrained = 0.5;

constexpr JobKind kMine[] = {JobKind::Files, JobKind::Values, JobKind::Verify};

bool isMine(JobKind kind) { return std::find(std::begin(kMine), std::end(kMine), kind) != std::end(kMine); }

QString listed(QStringList names) {
    const qsizetype rest = names.size() - kNamed;
    if (rest > 0) names = names.mid(0, kNamed);
    const QString text = names.join(QStringLiteral(", "));
    return rest > 0 ? IntegrityCard::tr("%1 and %2 more").arg(text).arg(rest) : text;
}

}  // namespace

IntegrityCard::IntegrityCard(Session& session, QWidget* parent)
    : InfoCard(tr("Integrity"), parent), m_session(session) {
    setObjectName(QStringLiteral("integrityCard"));
    m_progress = new QProgressBar(this);
    m_progress->setProperty("groove", true);  // how far it is to go
    m_progress->setTextVisible(false);
    m_progress->setRange(0, kProgressSteps);
    m_progress->hide();
    QWidget* buttons = buttonRow(this);
    m_list = addButton(buttons, tr("List files"), QStringLiteral("listFiles"), tr("Every file as it is now"),
                       [this] { m_session.checks().requestFiles(); });
    m_check = addButton(buttons, tr("Check values"), QStringLiteral("checkValues"),
                        tr("Reads every table and layer and counts NaN, infinity and untrained rows"),
                        [this] { m_session.checks().checkValues(); });
    m_verify = addButton(buttons, tr("Verify"), QStringLiteral("verifyFiles"),
                         tr("Compares the checksums in the files and hashes every byte: with what was recorded, or to "
                            "record it; asks where before it writes"),
                         [this] { m_session.checks().requestRecordPlaces(); });
    for (QPushButton* button : {m_list, m_check, m_verify})
        connect(button, &QPushButton::pressed, this, [this, button] { m_started = button; });  // the focus comes back
    m_cancel = addButton(buttons, tr("Cancel"), QStringLiteral("cancelIntegrity"), {}, [this] {
        for (const JobKind kind : kMine) m_session.cancel(kind);
    });
    // Under the title and above the results, which grow and would push them away from under the pointer.
    auto* column = static_cast<QBoxLayout*>(layout());
    column->insertWidget(1, buttons);
    column->insertWidget(2, m_progress);
    buildQuestion();

    connect(&session.checks(), &CheckDesk::recordPlacesReady, this, &IntegrityCard::takePlaces);
    connect(&session.checks(), &CheckDesk::checksumsCompared, this, &IntegrityCard::takeChecksums);
    connect(&session.checks(), &CheckDesk::filesReady, this, &IntegrityCard::fill);
    connect(&session.checks(), &CheckDesk::valuesChecked, this, &IntegrityCard::fill);
    connect(&session.checks(), &CheckDesk::verified, this, [this](const VerificationPtr& verified) {
        keepRecord(*verified);
        fill();
    });
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (isMine(kind) && found().filesChanged) m_agreed = 0;  // of other bytes
        if (isMine(kind)) showAnew();
        if (kind != JobKind::Verify) return;
        const bool gone = error.code == "E-VERIFY-005" || error.code == "E-VERIFY-002";  // or of something else now
        if (gone && !remembered().isEmpty() && error.file == remembered().toStdString()) {
            m_gone = remembered();
            m_chosen.clear();
            return ask();
        }
        // A place that only seemed to take a file is offered no more: another one is chosen.
        const bool taken = error.code == "E-VERIFY-002";  // by a file of something else
        if (!taken && error.code != "E-VERIFY-006" && error.code != "E-FILE-010") return;
        const bool chosen = !std::exchange(m_chosen, {}).empty();
        if (error.code == "E-VERIFY-006" || (taken && error.file == m_places.beside)) m_places.besideWritable = false;
        else if (!chosen) m_places.cache.clear();
        ask();
    });
    for (const auto gone : {&Session::engineReplaced, &Session::modelClosed})
        connect(&session, gone, this, [this] {
            m_places = {};
            m_agreed = 0;
            showAnew();
        });
    m_later = onceAfter(this, kTogetherMs, [this] {
        if (!found().values) fill();
    });
    // The Tables page or the cache knows them: known there is known here.
    connect(&session.tables(), &TableAnalysis::statisticsReady, this, [this] {
        if (!m_later->isActive()) m_later->start();
    });
    connect(&session, &Session::jobStarted, this, [this](JobKind kind) {
        if (!isMine(kind)) return;
        m_progress->setValue(0);
        if (std::exchange(m_asks, false)) fill();
        else showButtons();
    });
    connect(&session, &Session::jobProgressed, this, [this](JobKind kind, qint64 done, qint64 total) {
        if (isMine(kind) && total > 0)
            m_progress->setValue(
                static_cast<int>(kProgressSteps * static_cast<double>(done) / static_cast<double>(total)));
    });
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (isMine(kind)) showButtons();
    });
    fill();
}

void IntegrityCard::buildQuestion() {
    m_question = buttonRow(this);
    m_question->setObjectName(QStringLiteral("recordQuestion"));
    m_recordBeside = addButton(m_question, tr("With the model"), QStringLiteral("recordBeside"),
                               tr("Records the hashes in the model's own folder"), [this] { record(m_places.beside); });
    m_recordInCache =
        addButton(m_question, tr("In my cache"), QStringLiteral("recordInCache"),
                  tr("Records the hashes in your cache, under this model's path"), [this] { record(m_places.cache); });
    addButton(m_question, tr("Choose a file…"), QStringLiteral("recordElsewhere"),
              tr("A new file, or one that hashes of this model were recorded in"), [this] { chooseRecord(); });
    addButton(m_question, tr("Not now"), QStringLiteral("recordNot"), {}, [this] { showAnew(); });
    layout()->addWidget(m_question);
}

// Compares with the record there is; where there is none, first what the files say themselves.
void IntegrityCard::takePlaces(const RecordPlaces& places) {
    m_places = places;
    m_agreed = 0;
    using Mode = VerifyOptions::Mode;
    m_gone.clear();
    const QString known = remembered();
    if (!known.isEmpty()) m_session.checks().verifyFiles({known.toStdString(), Mode::Compare});
    else if (!m_chosen.empty() && m_chosenFor == places.beside)
        m_session.checks().verifyFiles({m_chosen, Mode::RecordOrCompare});
    else if (places.besideExists) m_session.checks().verifyFiles({places.beside, Mode::Compare});
    else if (places.cacheExists) m_session.checks().verifyFiles({places.cache, Mode::Compare});
    else m_session.checks().compareChecksums();
}

// Damage is told as such; else it is asked where to write a record.
void IntegrityCard::takeChecksums(qint64 compared, bool damaged) {
    if (damaged) return m_session.checks().verifyFiles({m_places.beside, VerifyOptions::Mode::Compare});
    m_agreed = compared;
    ask();
}

QString IntegrityCard::remembered() const {
    const ModelInfoPtr model = m_session.model();
    if (!model) return {};
    for (const RecentEntry& entry : RecentFiles::instance().entries())
        if (entry.model == QString::fromStdString(model->path)) return entry.record;
    return {};
}

// A file that was chosen and fits is compared with from now on, also after a restart; places known here need no memory.
void IntegrityCard::keepRecord(const Verification& verified) {
    const ModelInfoPtr model = m_session.model();
    if (!verified.ofAnother().empty()) m_chosen.clear();
    if (!model || m_places.beside.empty() || !verified.isGood()) return;
    const bool chosen = verified.sidecar != m_places.beside && verified.sidecar != m_places.cache;
    RecentFiles::instance().setRecord(QString::fromStdString(model->path),
                                      chosen ? QString::fromStdString(verified.sidecar) : QString());
}

void IntegrityCard::ask() {
    m_asks = true;
    fill();
    Q_EMIT asked();
}

void IntegrityCard::fillQuestion() {
    if (!m_gone.isEmpty()) {
        const bool another = QFileInfo::exists(m_gone);
        addMarked(Mark::Warn, another ? tr("The file that hashes of this model were recorded in holds none any more.")
                                      : tr("The file that hashes of this model were recorded in is gone."));
        addPath(another ? tr("Changed") : tr("Gone"), m_gone);
    }
    addAgreed(m_agreed);
    addMarked(Mark::Open,
              m_places.besideExists || m_places.cacheExists
                  ? tr("Hashes of this model stand at a place below: choose it to compare with them.")
                  : tr("No hashes of this model are recorded at the places known here. Where shall they be kept?"));
    addSentence(tr("A file that hashes of it were recorded in before is compared with: choose that file."));
    addPath(tr("With the model"), QString::fromStdString(m_places.beside));
    if (!m_places.besideWritable)
        addSentence(m_places.besideExists ? tr("Not possible there: a file of something else has this name.")
                                          : tr("Not possible there: the folder cannot be written to."));
    if (!m_places.cache.empty()) addPath(tr("In my cache"), QString::fromStdString(m_places.cache));
    m_recordBeside->setEnabled(m_places.besideWritable);
    m_recordInCache->setEnabled(!m_places.cache.empty());
}

void IntegrityCard::record(const std::string& file) {
    // Beside the model it is the default place, whose error says so.
    m_session.checks().verifyFiles(
        {file == m_places.beside ? std::string() : file, VerifyOptions::Mode::RecordOrCompare});
}

void IntegrityCard::chooseRecord() {
    const std::string model = m_places.beside;
    const QString name = QFileInfo(QString::fromStdString(model)).fileName();
    const QString path = askForNewFile(this, tr("Hashes of the model"), {}, name,
                                       tr("Recorded hashes (*.json);;All files (*)"), Existing::Used);
    if (path.isEmpty() || m_places.beside != model) return;  // another model was opened meanwhile
    m_chosen = path.toStdString();
    m_chosenFor = model;
    record(m_chosen);
}

void IntegrityCard::compareWithAnother() {
    const std::string model = m_places.beside;
    const QString path = askForFile(this, tr("Hashes of the model"), {}, tr("Recorded hashes (*.json);;All files (*)"));
    if (path.isEmpty() || m_places.beside != model) return;  // another model was opened meanwhile
    m_chosen = path.toStdString();
    m_chosenFor = model;
    m_session.checks().verifyFiles({m_chosen, VerifyOptions::Mode::Compare});
}

void IntegrityCard::showAnew() {
    m_asks = false;
    fill();
}

void IntegrityCard::fill() {
    clear();
    // While it asks it says nothing else: question and answers stand together, where the button was.
    if (m_asks) {
        fillQuestion();
    } else if (const ModelInfoPtr model = m_session.model()) {
        fillFiles(*model);
        if (!model->spec.tableOrderKnown)
            addMarked(
                Mark::Warn,
                tr("Which table is which feature is not known yet: open a dataset, or nothing can be predicted."));
        if (found().values) fillScanned(*found().values, true);
        else fillKnownValues();
        fillVerification();
    }
    showButtons();
}

void IntegrityCard::fillFiles(const ModelInfo& model) {
    if (!model.spec.missing.empty())
        addMarked(Mark::Warn, tr("Missing: %1.").arg(toNames(model.spec.missing).join(QStringLiteral(", "))));
    const int count = m_session.fileCount();
    addMarked(Mark::Pass,
              count == 1
                  ? tr("The file holds what its shapes take, checked when opened.")
                  : tr("Every file's size matches its shape: %1 files, checked when opened.").arg(formatCount(count)));
    const QStringList extra = toNames(model.ignoredFiles);
    if (!extra.isEmpty()) addMarked(Mark::Open, tr("Beside the checkpoint and no part of it: %1.").arg(listed(extra)));
    const FileStatesPtr files = found().files;
    if (!files) return;
    QStringList bad, gone;
    for (const FileState& f : *files)
        if (!f.problem.empty()) (f.gone ? gone : bad) << QFileInfo(QString::fromStdString(f.file)).fileName();
    const auto looked = static_cast<qint64>(files->size());
    if (bad.isEmpty() && gone.isEmpty())
        addMarked(Mark::Pass, looked == 1 ? tr("The file is as it was when opened.")
                                          : tr("%1 files are as they were when opened.").arg(formatCount(looked)));
    if (!gone.isEmpty()) addMarked(Mark::Warn, tr("Gone since they were opened: %1.").arg(listed(gone)));
    if (!bad.isEmpty()) addMarked(Mark::Warn, tr("Changed since they were opened: %1.").arg(listed(bad)));
    auto* list = new QTreeWidget(this);
    list->setObjectName(QStringLiteral("fileList"));
    list->setRootIsDecorated(false);
    list->setUniformRowHeights(true);
    list->setHeaderLabels({tr("file"), tr("bytes"), tr("state")});
    list->headerItem()->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    list->setFixedHeight(kListHeight);
    for (const FileState& f : *files) {
        const QString path = QString::fromStdString(f.file);
        auto* item = new QTreeWidgetItem(list, {QFileInfo(path).fileName(), formatCount(f.bytes),
                                                f.problem.empty() ? tr("fits")
                                                : f.gone          ? tr("gone")
                                                                  : tr("changed")});
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        item->setToolTip(0, path.toHtmlEscaped());
        item->setToolTip(
            2, (f.problem.empty() ? tr("present, its size fits its shape") : QString::fromStdString(f.problem))
                   .toHtmlEscaped());
    }
    for (const QString& file : extra) new QTreeWidgetItem(list, {file, QString(), tr("extra")});
    // Names last and whole: what tells one from another may stand anywhere in them.
    list->header()->setStretchLastSection(false);
    list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    list->header()->moveSection(0, 2);
    addWidget(list);
}

// Statistics that are known without a check: tables that were asked for on the Tables page, and those of the cache.
void IntegrityCard::fillKnownValues() {
    const int known = found().filesChanged ? 0 : m_session.tables().tablesKnown();
    if (known == 0) {
        addMarked(Mark::Open, tr("Values were not scanned for NaN, infinity or untrained rows."));
        return;
    }
    const ModelSpec& spec = m_session.model()->spec;
    const auto tables = static_cast<int>(spec.tables.size());
    fillScanned(m_session.tables().knownValues(), known == tables);
    const bool layers = !spec.bottomMlp.empty() || !spec.topMlp.empty() || !spec.crossLayers.empty();
    const QString ofTables = tr("%1 of %2").arg(tables - known).arg(countedText(tables, "table"));
    if (known < tables)
        addMarked(Mark::Open, layers ? tr("Values were not scanned in %1 and in the layers.").arg(ofTables)
                                     : tr("Values were not scanned in %1.").arg(ofTables));
    else if (layers) addMarked(Mark::Open, tr("Values were not scanned in the layers."));
}

// whole: of all tables.
void IntegrityCard::fillScanned(const ValueCheck& checked, bool whole) {
    QStringList bad;
    std::int64_t values = 0;
    for (const ValueCheck::Tensor& t : checked.tensors) {
        values += t.values;
        if (t.nonFinite > 0) bad << tr("%1 (%2)").arg(QString::fromStdString(t.name), formatCount(t.nonFinite));
    }
    if (bad.isEmpty())
        addMarked(Mark::Pass,
                  (found().values ? tr("All %1 values are finite.") : tr("All %1 scanned values are finite."))
                      .arg(formatCount(values)));
    else
        addMarked(
            Mark::Warn,
            tr("%1 NaN or infinity: %2.").arg(countedText(checked.nonFinite(), "value", "is", "are"), listed(bad)));
    if (checked.zeroRows > 0)
        addMarked(Mark::Warn, tr("%1 zeros only.").arg(countedText(checked.zeroRows, "table row", "holds", "hold")));
    if (checked.duplicateRows > 0)
        addMarked(Mark::Warn, checked.duplicateRows == 1 ? tr("1 table row is a copy of another row of its table.")
                                                         : tr("%1 are copies of another row of their table.")
                                                               .arg(countedText(checked.duplicateRows, "table row")));
    if (checked.unknownRows > 0)
        addMarked(Mark::Open, tr("Whether %1 ever trained is not known: the values were cast to a narrower type.")
                                  .arg(countedText(checked.unknownRows, "table row", "was", "were")));
    if (checked.rows == 0) return;
    const QString untrained = formatCount(checked.untrainedRows), rows = countedText(checked.rows, "table row");
    const bool none = whole && checked.untrainedRows == checked.rows;
    const double share = static_cast<double>(checked.untrainedRows) / static_cast<double>(checked.rows);
    const Mark severity = share <= kFewUntrained ? Mark::Pass : share < kMostUntrained ? Mark::Open : Mark::Warn;
    if (none)
        addMarked(Mark::Warn,
                  tr("No row of any table was ever trained: the tables hold the initializer's random numbers."));
    else
        addMarked(severity,
                  (checked.untrainedRows == 1 ? tr("%1 of %2 was never trained (%3).")
                                              : tr("%1 of %2 were never trained (%3)."))
                      .arg(untrained, rows, formatPercent(share, 3)),
                  tr("Values that are rare in the training data leave such rows. A tick stands for at most %1 of them, "
                     "a warning for %2 or more.")
                      .arg(formatPercent(kFewUntrained, 0), formatPercent(kMostUntrained, 0)));
    if (checked.untrainedRows == 0) return;
    addButtonLine(tr("Show in Tables"), QStringLiteral("showUntrained"),
                  tr("The list of all tables, where the share of untrained rows stands for each"),
                  [this] { Q_EMIT tablesRequested(); });
}

void IntegrityCard::addAgreed(qint64 checksums) {
    if (checksums > 0)
        addMarked(Mark::Pass, (checksums == 1 ? tr("%1 that the files hold themselves agrees.")
                                              : tr("%1 that the files hold themselves agree."))
                                  .arg(countedText(checksums, "checksum")));
}

void IntegrityCard::fillVerification() {
    if (!found().verification) {
        if (!found().filesChanged) addAgreed(m_agreed);
        addMarked(Mark::Open, tr("Bytes were not compared with recorded hashes."));
        return;
    }
    const Verification& v = *found().verification;
    const QString size = tr("%1 in %2").arg(formatBytes(v.bytes), countedText(v.files, "file")),
                  day = QString::fromStdString(v.recordedAt);
    QStringList files, damaged;
    for (const VerifyFinding& f : v.findings) {
        const QString what = QString::fromStdString(f.tensors.empty() ? f.file : f.tensors);
        if (f.problem == VerifyFinding::Problem::ChecksumDiffers && !damaged.contains(what)) damaged << what;
        const QString file = tr("%1 (%2)").arg(
            QString::fromStdString(f.file),
            QString::fromUtf8(name(f.problem).data(), static_cast<qsizetype>(name(f.problem).size())));
        if (!files.contains(file)) files << file;
    }
    if (const std::string another = v.ofAnother(); !another.empty())
        addMarked(Mark::Warn, QString::fromStdString(another));
    switch (v.outcome) {
        case Verification::Outcome::Recorded:
            addMarked(Mark::Open, tr("Hashes of %1 were recorded; there was nothing to compare with yet.").arg(size));
            break;
        case Verification::Outcome::Unchanged:
            addMarked(Mark::Pass, tr("Every byte is as recorded on %1: %2.").arg(day, size));
            break;
        case Verification::Outcome::Different:
            addMarked(Mark::Warn, tr("Different from what was recorded on %1: %2.").arg(day, listed(files)));
            if (!m_places.beside.empty())
                addButtonLine(tr("Another record…"), QStringLiteral("anotherRecord"),
                              tr("Compares with another file that hashes of this model were recorded in"),
                              [this] { compareWithAnother(); });
            break;
        case Verification::Outcome::Damaged:
            if (damaged.isEmpty())
                addMarked(Mark::Warn, tr("Damaged: files lack parts that they name: %1.").arg(listed(files)));
            else
                addMarked(Mark::Warn, tr("Damaged: values differ from their checksums in the file: %1, in %2.")
                                          .arg(listed(damaged), size));
            break;
    }
    if (v.outcome != Verification::Outcome::Damaged) addAgreed(v.checksums);
    if (!v.recordedAt.empty()) addPath(tr("Hashes"), QString::fromStdString(v.sidecar));
}

void IntegrityCard::showButtons() {
    const bool busy =
        std::any_of(std::begin(kMine), std::end(kMine), [this](JobKind kind) { return m_session.isRunning(kind); });
    m_progress->setVisible(busy);
    const bool idle = !busy && m_session.model(), offered = idle && !m_asks;
    QPushButton* const first = m_recordBeside->isEnabled() ? m_recordBeside : m_recordInCache;
    setVisibleKeepingFocus(
        {{m_question, idle && m_asks}, {m_list, offered}, {m_check, offered}, {m_verify, offered}, {m_cancel, busy}},
        busy        ? m_cancel
        : m_asks    ? first
        : m_started ? m_started
                    : m_list);
}

}  // namespace dlrm::ui
