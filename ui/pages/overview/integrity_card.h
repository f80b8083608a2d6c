// SPDX-License-Identifier: GPL-3.0-or-later
// Overview's card of integrity: what was checked when the files were opened, and on demand their state now, their
// values and their hashes. Nothing is written before the user has said where.
#pragma once

#include <string>

#include "ui/pages/info_card.h"
#include "ui/session/desks/check_desk.h"

class QProgressBar;
class QPushButton;
class QTimer;

namespace dlrm::ui {

class IntegrityCard : public InfoCard {
    Q_OBJECT
public:
    explicit IntegrityCard(Session& session, QWidget* parent = nullptr);

Q_SIGNALS:
    // Which tables hold the rows that were never trained.
    void tablesRequested();
    // The card asks where hashes shall be kept: it is to be in view.
    void asked();

private:
    const CheckDesk::Results& found() const { return m_session.checks().results(); }
    void showAnew();  // without a question
    void fill();
    void fillFiles(const ModelInfo& model);
    void fillKnownValues();
    void fillScanned(const ValueCheck& values, bool whole);
    void fillVerification();
    void addAgreed(qint64 checksums);
    void buildQuestion();
    void takePlaces(const RecordPlaces& places);
    void takeChecksums(qint64 compared, bool damaged);
    // The file that was chosen for the open model's hashes, in this session or before; empty: none.
    QString remembered() const;
    void keepRecord(const Verification& verified);
    void ask();
    void fillQuestion();
    void record(const std::string& file);
    void chooseRecord();
    void compareWithAnother();
    void showButtons();

    Session& m_session;
    RecordPlaces m_places;              // while it is asked where hashes shall be recorded
    std::string m_chosen, m_chosenFor;  // the file that the user chose, and the default place of that model's record
    QString m_gone;                     // a chosen file that is there no more, while it is asked for another
    bool m_asks = false;
    qint64 m_agreed = 0;  // checksums of the files themselves that were compared for want of a record
    QProgressBar* m_progress = nullptr;
    QPushButton* m_list = nullptr;
    QPushButton* m_check = nullptr;
    QPushButton* m_verify = nullptr;
    QPushButton* m_cancel = nullptr;
    QWidget* m_question = nullptr;
    QPushButton* m_recordBeside = nullptr;
    QPushButton* m_recordInCache = nullptr;
    QPushButton* m_started = nullptr;  // the one that was pressed last
    QTimer* m_later = nullptr;         // statistics of many tables arrive at once
};

}  // namespace dlrm::ui
