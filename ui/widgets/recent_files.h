// SPDX-License-Identifier: GPL-3.0-or-later
// The last checkpoints, each with the dataset that was used with it.
#pragma once

#include <QDate>
#include <QList>
#include <QObject>
#include <QString>

#include <functional>

namespace dlrm::ui {

struct RecentEntry {
    QString model, dataset, split, dictionary;
    QDate opened = {};  // for the last time; invalid: not known
    qint64 bytes = 0;   // of its values; 0: not known
    QString page = {};  // where it was left: a page of the table of pages, and the table selected there
    int table = -1;
    QString record = {};  // file that a person chose for the hashes of its files; empty: none
    bool exists() const;  // the checkpoint is still there
    // For a menu: the end of the path, and the dataset's name. `among`: entries it is to be told apart from.
    QString label(const QList<RecentEntry>& among = {}) const;
    QString dateAndSize() const;  // "29 Nov 2026 · 2.7 MiB"; what is known of it
    QString details() const;      // for a tool tip: path, dataset, split and dictionary, a line each
};

// The last two parts of the path, or as many as tell it apart from the other paths.
QString shortPath(const QString& path, const QStringList& others);
// The same for a checkpoint, told apart from the recent ones: in titles.
QString checkpointName(const QString& path);
// Of a dataset: its own name, of its directory where the file is a feature_spec.yaml, which says more; with folders
// above where one of `others`, paths of datasets, has the same name.
QString dataName(const QString& path, const QStringList& others);

class RecentFiles : public QObject {
    Q_OBJECT
public:
    static constexpr int kMost = 10;
    static RecentFiles& instance();

    QList<RecentEntry> entries() const;                     // newest first
    void addModel(const QString& model, qint64 bytes = 0);  // opened today; keeps the dataset it was last used with
    void setDataset(const QString& model, const QString& dataset, const QString& split, const QString& dictionary);
    // Where a known model is left.
    void setPlace(const QString& model, const QString& page, int table);
    void setRecord(const QString& model, const QString& record);  // of a known model
    void clear();
    // Off while pictures are rendered: nothing is written.
    void setRecording(bool on) { m_recording = on; }

Q_SIGNALS:
    void changed();

private:
    RecentFiles() = default;
    void save(const QList<RecentEntry>& entries);
    void change(const QString& model, const std::function<void(RecentEntry&)>& how);  // a known one
    bool m_recording = true;
};

}  // namespace dlrm::ui
