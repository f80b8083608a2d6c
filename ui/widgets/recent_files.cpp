// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/recent_files.h"

#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QSettings>

#include <algorithm>
#include <utility>

#include "ui/widgets/storage.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr std::pair<const char*, QString RecentEntry::*> kTexts[] = {
    {"model", &RecentEntry::model},           {"dataset", &RecentEntry::dataset}, {"split", &RecentEntry::split},
    {"dictionary", &RecentEntry::dictionary}, {"page", &RecentEntry::page},       {"record", &RecentEntry::record}};

}  // namespace

bool RecentEntry::exists() const {
    // Layout A is named by a prefix of file names, so its directory has to do.
    return QFileInfo::exists(model) || QFileInfo(model).absoluteDir().exists();
}

QString shortPath(const QString& path, const QStringList& others) {
    const auto split = [](const QString& of) { return of.split(QLatin1Char('/'), Qt::SkipEmptyParts); };
    const auto end = [&](const QString& of, qsizetype parts) {
        return split(of).mid(std::max<qsizetype>(0, split(of).size() - parts));
    };
    const qsizetype all = split(path).size();
    for (qsizetype parts = std::min<qsizetype>(2, all); parts <= all; ++parts) {
        const QStringList shown = end(path, parts);
        if (std::none_of(others.begin(), others.end(),
                         [&](const QString& other) { return other != path && end(other, parts) == shown; }))
            return shown.join(QLatin1Char('/'));
    }
    return path;
}

QString checkpointName(const QString& path) {
    QStringList others;
    for (const RecentEntry& entry : RecentFiles::instance().entries()) others << entry.model;
    return shortPath(path, others);
}

QString dataName(const QString& path, const QStringList& others) {
    const auto placeOf = [](const QString& of) {
        const QFileInfo info(QDir::cleanPath(of));
        return info.suffix() == QLatin1String("yaml") ? info.absolutePath() : info.absoluteFilePath();
    };
    const auto nameOf = [](const QString& place) { return place.section(QLatin1Char('/'), -1); };
    const QString place = placeOf(path);
    QStringList alike;
    for (const QString& other : others)
        if (!other.isEmpty() && placeOf(other) != place && nameOf(placeOf(other)) == nameOf(place))
            alike << placeOf(other);
    return alike.isEmpty() ? nameOf(place) : shortPath(place, alike);
}

QString RecentEntry::dateAndSize() const {
    QStringList parts;
    if (opened.isValid()) parts << QLocale(QLocale::English).toString(opened, QStringLiteral("d MMM yyyy"));
    if (bytes > 0) parts << formatBytes(bytes);
    return parts.join(QStringLiteral(" · "));
}

QString RecentEntry::details() const {
    QStringList lines{model};
    if (!dataset.isEmpty()) lines << (split.isEmpty() ? dataset : QStringLiteral("%1 · %2").arg(dataset, split));
    if (!dictionary.isEmpty()) lines << dictionary;
    return lines.join(QLatin1Char('\n'));
}

QString RecentEntry::label(const QList<RecentEntry>& among) const {
    QStringList others, otherData;
    for (const RecentEntry& entry : among) {
        others << entry.model;
        otherData << entry.dataset;
    }
    const QString words = shortPath(model, others);
    return dataset.isEmpty() ? words : words + QStringLiteral(" · ") + dataName(dataset, otherData);
}

RecentFiles& RecentFiles::instance() {
    static RecentFiles* files = new RecentFiles;
    return *files;
}

QList<RecentEntry> RecentFiles::entries() const {
    QSettings state(stateFile(), QSettings::IniFormat);
    QList<RecentEntry> out;
    const int count = std::min(state.beginReadArray(QStringLiteral("recent")), kMost);
    for (int i = 0; i < count; ++i) {
        state.setArrayIndex(i);
        RecentEntry entry;
        for (const auto& [key, text] : kTexts) entry.*text = state.value(QLatin1String(key)).toString();
        entry.opened = QDate::fromString(state.value(QStringLiteral("opened")).toString(), Qt::ISODate);
        entry.bytes = state.value(QStringLiteral("bytes")).toLongLong();
        entry.table = state.value(QStringLiteral("table"), -1).toInt();
        if (!entry.model.isEmpty()) out.append(entry);
    }
    return out;
}

void RecentFiles::save(const QList<RecentEntry>& entries) {
    if (!m_recording) return;
    {
        QSettings state(stateFile(), QSettings::IniFormat);
        state.remove(QStringLiteral("recent"));
        state.beginWriteArray(QStringLiteral("recent"), static_cast<int>(entries.size()));
        for (int i = 0; i < entries.size(); ++i) {
            state.setArrayIndex(i);
            for (const auto& [key, text] : kTexts) state.setValue(QLatin1String(key), entries[i].*text);
            state.setValue(QStringLiteral("opened"), entries[i].opened.toString(Qt::ISODate));
            state.setValue(QStringLiteral("bytes"), entries[i].bytes);
            state.setValue(QStringLiteral("table"), entries[i].table);
        }
        state.endArray();
    }
    Q_EMIT changed();
}

void RecentFiles::addModel(const QString& model, qint64 bytes) {
    QList<RecentEntry> all = entries();
    RecentEntry entry{model, {}, {}, {}};
    for (const RecentEntry& known : all)
        if (known.model == model) entry = known;
    entry.opened = QDate::currentDate();
    if (bytes > 0) entry.bytes = bytes;
    all.removeIf([&model](const RecentEntry& known) { return known.model == model; });
    all.prepend(entry);
    while (all.size() > kMost) all.removeLast();
    save(all);
}

void RecentFiles::change(const QString& model, const std::function<void(RecentEntry&)>& how) {
    QList<RecentEntry> all = entries();
    for (RecentEntry& entry : all)
        if (entry.model == model) how(entry);
    save(all);
}

void RecentFiles::setDataset(const QString& model, const QString& dataset, const QString& split,
                             const QString& dictionary) {
    change(model, [&](RecentEntry& entry) {
        entry.dataset = dataset;
        entry.split = split;
        entry.dictionary = dictionary;
    });
}

void RecentFiles::setPlace(const QString& model, const QString& page, int table) {
    change(model, [&](RecentEntry& entry) {
        entry.page = page;
        entry.table = table;
    });
}

void RecentFiles::setRecord(const QString& model, const QString& record) {
    change(model, [&](RecentEntry& entry) { entry.record = record; });
}

void RecentFiles::clear() { save({}); }

}  // namespace dlrm::ui
