// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/plain_words.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <cstdlib>

#include "core/dataset/preprocessing_profile.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("Words", text); }

// Whole identifiers only: custom_cuda, not dot_custom_cuda or a path's c_custom_cuda.
void replaceWord(QString& text, std::string_view identifier, const QString& words) {
    text.replace(
        QRegularExpression(
            QStringLiteral("(?<![\\w/.-])%1(?![\\w/])").arg(QRegularExpression::escape(QString::fromUtf8(identifier)))),
        words);
}

}  // namespace

QString datasetName(const QString& path, const QString& beside) {
    QStringList others{beside};
    for (const RecentEntry& entry : RecentFiles::instance().entries()) others << entry.dataset;
    return dataName(path, others);
}

QString orderWords(InteractionOrder order) {
    switch (order) {
        case InteractionOrder::CustomCuda:
            return tr("NVIDIA order (bottom first)");
        case InteractionOrder::Tensorflow:
            return tr("TensorFlow order (dots first)");
        case InteractionOrder::Cross:
            return tr("cross layers (one order)");
    }
    return {};
}

QString orderSourceWords(OrderSource source) {
    switch (source) {
        case OrderSource::Default:
            return tr("assumed");
        case OrderSource::User:
            return tr("chosen by you");
        case OrderSource::Detected:
            return tr("found by the reading check");
        case OrderSource::Format:
            return tr("fixed by the layout");
    }
    return {};
}

QString numbersWords(NumericalReading reading) {
    switch (reading) {
        case NumericalReading::AlreadyLogged:
            return tr("numbers already logged");
        case NumericalReading::LnPlus3:
            return tr("numbers through ln(x + 3)");
        case NumericalReading::LnPlus2:
            return tr("numbers through ln(x + 2)");
        case NumericalReading::LnPlus1:
            return tr("numbers through ln(x + 1)");
        case NumericalReading::Raw:
            return tr("numbers raw");
    }
    return {};
}

QString idShiftWords(std::int64_t shift) {
    if (shift == 0) return tr("ids as stored");
    return (shift > 0 ? tr("ids plus %1") : tr("ids minus %1")).arg(std::abs(shift));
}

QString tableOrderWords(TableOrder order) {
    return order == TableOrder::AsIs ? tr("tables in file order") : tr("largest tables first");
}

bool holdsArrays(const ModelSpec& spec) {
    return std::find(spec.missing.begin(), spec.missing.end(), "embedding tables by feature") != spec.missing.end();
}

QString readingWords(const Hypothesis& h) {
    return QStringList{orderWords(h.interaction), numbersWords(h.reading.numerical), idShiftWords(h.reading.idShift),
                       tableOrderWords(h.tableOrder)}
        .join(QStringLiteral(" · "));
}

QString inWords(QString sentence) {
    for (const NumericalReading reading : {NumericalReading::AlreadyLogged, NumericalReading::LnPlus3,
                                           NumericalReading::LnPlus2, NumericalReading::LnPlus1}) {
        replaceWord(sentence, "numbers " + std::string(name(reading)), numbersWords(reading));
        if (reading == NumericalReading::AlreadyLogged) replaceWord(sentence, name(reading), numbersWords(reading));
    }
    for (const TableOrder order : {TableOrder::AsIs, TableOrder::ByCardinality}) {
        replaceWord(sentence, "tables " + std::string(name(order)), tableOrderWords(order));
        replaceWord(sentence, name(order), tableOrderWords(order));
    }
    replaceWord(sentence, "interaction custom_cuda", orderWords(InteractionOrder::CustomCuda));
    replaceWord(sentence, "interaction tensorflow", orderWords(InteractionOrder::Tensorflow));
    if (sentence.contains(QLatin1String("custom_cuda")))
        replaceWord(sentence, name(InteractionOrder::Tensorflow), orderWords(InteractionOrder::Tensorflow));
    replaceWord(sentence, name(InteractionOrder::CustomCuda), orderWords(InteractionOrder::CustomCuda));
    for (const PreprocessingProfile& profile : preprocessingProfiles())
        replaceWord(sentence, profile.name, QString::fromUtf8(profile.title));
    static const QRegularExpression shift(QStringLiteral("\\bids ([+−-])(\\d+)"));
    for (QRegularExpressionMatch m = shift.match(sentence); m.hasMatch(); m = shift.match(sentence)) {
        const std::int64_t n = m.captured(2).toLongLong();
        sentence.replace(m.capturedStart(), m.capturedLength(),
                         idShiftWords(m.captured(1) == QLatin1String("+") ? n : -n));
    }
    static const QRegularExpression count(QStringLiteral("\\b(row|id|has) (\\d{4,})\\b"));
    for (QRegularExpressionMatch m = count.match(sentence); m.hasMatch(); m = count.match(sentence))
        sentence.replace(m.capturedStart(2), m.capturedLength(2), formatCount(m.captured(2).toLongLong()));
    return sentence;
}

QString inWords(std::string_view sentence) { return inWords(QString::fromUtf8(sentence)); }

}  // namespace dlrm::ui
