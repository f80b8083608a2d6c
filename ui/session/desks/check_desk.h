// SPDX-License-Identifier: GPL-3.0-or-later
// What the Overview page asks for: whether model and data are read with the right assumptions, and whether the files
// hold what they should.
#pragma once

#include <memory>
#include <vector>

#include "core/checkpoint/verify/verify.h"
#include "core/engine/results.h"
#include "ui/session/desks/desk.h"

namespace dlrm::ui {

using DoctorReportPtr = std::shared_ptr<const DoctorReport>;
using FileStatesPtr = std::shared_ptr<const std::vector<FileState>>;
using ValueCheckPtr = std::shared_ptr<const ValueCheck>;
using VerificationPtr = std::shared_ptr<const Verification>;

class CheckDesk : public Desk {
    Q_OBJECT
public:
    CheckDesk(Session& session, Session::State& state);

    // Of model and dataset as they are open now; null: not checked.
    struct Results {
        DoctorReportPtr doctor;
        FileStatesPtr files;
        ValueCheckPtr values;
        VerificationPtr verification;
        bool filesChanged = false;  // since they were opened: what was said of other bytes vouches for nothing
    };
    const Results& results() const { return m_results; }
    // What verifying found wrong with the files, as one sentence for whatever is computed from them; empty: nothing.
    QString damage() const;

    // The reading; from the weights alone without labelled rows. Answered by doctorReady.
    void requestDoctor();
    // What the job delivers.
    void takeReport(const DoctorReportPtr& report);
    // Every file as it is now; answered by filesReady.
    void requestFiles();
    // NaN and infinity in every tensor; answered by valuesChecked.
    void checkValues();
    // Where hashes of the open checkpoint are, or may be, recorded; answered by recordPlacesReady.
    void requestRecordPlaces();
    // The files' own checksums alone; answered by checksumsCompared.
    void compareChecksums();
    // The files' own checksums and hashes of every byte, compared with a record or recorded as the options say;
    // answered by verified.
    void verifyFiles(const VerifyOptions& options = {});

    void forget() override { m_results = {}; }
    void forgetReading() override { m_results.doctor = nullptr; }

Q_SIGNALS:
    void doctorReady(dlrm::ui::DoctorReportPtr report);
    void filesReady(dlrm::ui::FileStatesPtr files);
    void valuesChecked(dlrm::ui::ValueCheckPtr values);
    void recordPlacesReady(dlrm::RecordPlaces places);
    void checksumsCompared(qint64 compared, bool damaged);
    void verified(dlrm::ui::VerificationPtr verification);

private:
    // Files, values and bytes: the reading stays.
    void forgetFiles(bool changed);

    Results m_results;
};

}  // namespace dlrm::ui
