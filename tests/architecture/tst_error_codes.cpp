// SPDX-License-Identifier: Apache-2.0
// Error codes over all sources: their form, one place for each, a remedy with each, a test for each. Exceptions are
// listed with their reason.
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QMap>
#include <QRegularExpression>
#include <QTest>

#include "tests/support/test_program.h"

namespace tst_error_codes {

namespace {

struct Use {
    QString file;  // relative to the source directory
    int line;
    QString code;
    bool constructed;   // not merely compared with
    QString statement;  // from `Error("E-…` to its semicolon; empty where the code stands in another expression
};

// The text without // comments; string literals stay as they are.
QString withoutComments(const QString& text) {
    QString out;
    out.reserve(text.size());
    bool inString = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (inString && c == u'\\') {
            out += c;
            if (++i < text.size()) out += text[i];
            continue;
        }
        if (c == u'"' && !(i > 0 && text[i - 1] == u'\'')) inString = !inString;
        if (c == u'\n') inString = false;
        if (!inString && c == u'/' && i + 1 < text.size() && text[i + 1] == u'/') {
            while (i < text.size() && text[i] != u'\n') ++i;
            out += u'\n';
            continue;
        }
        out += c;
    }
    return out;
}

qsizetype endOfStatement(const QString& text, qsizetype from) {
    bool inString = false;
    for (qsizetype i = from; i < text.size(); ++i) {
        if (inString && text[i] == u'\\') ++i;
        else if (text[i] == u'"') inString = !inString;
        else if (!inString && text[i] == u';') return i;
    }
    return text.size();
}

QStringList filesOf(const QString& folder) {
    QStringList files;
    QDirIterator it(QStringLiteral(DLRM_SOURCE_DIR "/") + folder, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) files << it.next();
    files.sort();
    return files;
}

QString readText(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

// Tables by which errors of others are given the window's remedies and choices: they make none.
const QStringList kLookedUp{QStringLiteral("ui/session/choices.cpp"), QStringLiteral("ui/session/window_error.cpp"),
                            QStringLiteral("ui/shell/main_window_choices.cpp")};

QList<Use> usesIn(const QStringList& folders) {
    static const QRegularExpression literal(QStringLiteral("\"(E-[A-Z][^\" :]*)\""));
    QList<Use> uses;
    for (const QString& folder : folders)
        for (const QString& path : filesOf(folder)) {
            if (!path.endsWith(QLatin1String(".cpp")) && !path.endsWith(QLatin1String(".h"))) continue;
            const QString text = withoutComments(readText(path));
            for (auto it = literal.globalMatch(text); it.hasNext();) {
                const auto match = it.next();
                const qsizetype at = match.capturedStart();
                const QString before = text.mid(qMax(qsizetype(0), at - 16), qMin(qsizetype(16), at)).trimmed();
                if (before.endsWith(QLatin1String("starts_with("))) continue;  // compared with a family of codes
                Use use;
                use.file = QDir(QStringLiteral(DLRM_SOURCE_DIR)).relativeFilePath(path);
                use.line = static_cast<int>(text.left(at).count(u'\n')) + 1;
                use.code = match.captured(1);
                use.constructed = !before.endsWith(QLatin1String("==")) && !before.endsWith(QLatin1String("!=")) &&
                                  !kLookedUp.contains(use.file);
                if (before.endsWith(QLatin1String("Error(")))
                    use.statement = text.mid(at, endOfStatement(text, at) - at);
                uses << use;
            }
        }
    return uses;
}

const QList<Use>& programUses() {
    static const QList<Use> uses =
        usesIn({QStringLiteral("core"), QStringLiteral("app"), QStringLiteral("ui"), QStringLiteral("gpu")});
    return uses;
}

QString where(const Use& use) { return QStringLiteral("%1:%2 %3").arg(use.file).arg(use.line).arg(use.code); }

using Reasons = QMap<QString, QString>;

// The same failure, found where only that place can see it.
const Reasons& severalSources() {
    static const QString layouts = QStringLiteral("layout A and layouts B and C have file names of their own");
    static const Reasons reasons{
        {QStringLiteral("E-CKPT-010"), layouts},
        {QStringLiteral("E-CKPT-011"), layouts},
        {QStringLiteral("E-CKPT-012"), layouts},
        {QStringLiteral("E-CKPT-020"), QStringLiteral("a table whose order is known, or any of layout A's tables")},
        {QStringLiteral("E-CKPT-022"),
         QStringLiteral("an order that is no permutation, or one where file names say the order")},
        {QStringLiteral("E-CKPT-031"), layouts},
        {QStringLiteral("E-CLI-001"),
         QStringLiteral("wrong use, seen at once, or a table's name, seen once the model is open")},
        {QStringLiteral("E-CLI-004"), QStringLiteral("each verb knows its own limit")},
        {QStringLiteral("E-ENGINE-003"),
         QStringLiteral("rows of a list that is typed, or of a range that the engine is given")},
        {QStringLiteral("E-ENGINE-004"),
         QStringLiteral("a dataset's row names its file, a row given by hand has none")},
        {QStringLiteral("E-NPY-011"), QStringLiteral("a type that is no string, or a string that is no type")},
        {QStringLiteral("E-NPY-021"), QStringLiteral("one dimension overflows, or their product")},
        {QStringLiteral("E-TSV-006"), QStringLiteral("a pasted line, or a line of a file")},
        {QStringLiteral("E-UI-011"), QStringLiteral("text that is typed, or pasted")},
    };
    return reasons;
}

const Reasons& withoutTest() {
    static const QString memory = QStringLiteral("out of memory");
    static const Reasons reasons{
        {QStringLiteral("E-CKPT-033"), memory},
        {QStringLiteral("E-CLI-005"), QStringLiteral("needs a machine without a directory for temporary files")},
        {QStringLiteral("E-CLI-090"), QStringLiteral("an exception nobody expected")},
        {QStringLiteral("E-CONVERT-004"), memory},
        {QStringLiteral("E-CUDA-114"), QStringLiteral("an exception nobody expected")},
        {QStringLiteral("E-DATA-006"), memory},
        {QStringLiteral("E-DATA-015"), memory},
        {QStringLiteral("E-DICT-011"), memory},
        {QStringLiteral("E-DICT-012"), QStringLiteral("takes a file of more than 23 GB")},
        {QStringLiteral("E-RENDER-001"), QStringLiteral("needs a directory that takes no pictures")},
        {QStringLiteral("E-RENDER-002"), QStringLiteral("needs a machine that takes a minute for a page")},
        {QStringLiteral("E-SESSION-001"), QStringLiteral("needs an installation without its demo")},
        {QStringLiteral("E-SPEC-014"), memory},
        {QStringLiteral("E-SPEC-032"), memory},
    };
    return reasons;
}

const Reasons& withoutRemedy() {
    static const Reasons reasons{
        {QStringLiteral("E-CANCELLED"), QStringLiteral("the user asked for it")},
        {QStringLiteral("E-UI-011"), QStringLiteral("the message is the parser's, which says what it wants")},
    };
    return reasons;
}

// A part of a source that becomes a remedy, with its place.
struct Remedy {
    QString file;
    int line;
    QString expression;
};

// Where the outermost `mark` stands in `text` from `from` on, outside of literals and brackets; -1: nowhere.
qsizetype outermost(const QString& text, QChar mark, qsizetype from = 0) {
    int depth = 0;
    bool inString = false;
    for (qsizetype i = from; i < text.size(); ++i) {
        const QChar c = text[i];
        if (inString && c == u'\\') ++i;
        else if (c == u'"') inString = !inString;
        else if (inString) continue;
        else if (depth == 0 && c == mark && text.mid(i - 1, 2) != QLatin1String("::") &&
                 text.mid(i, 2) != QLatin1String("::"))
            return i;
        else if (c == u'(' || c == u'{' || c == u'[') ++depth;
        else if (c == u')' || c == u'}' || c == u']') --depth;
        if (depth < 0) return -1;
    }
    return -1;
}

// From behind an opening bracket to the one that closes it.
QString untilClosed(const QString& text, qsizetype from) {
    for (const QChar bracket : {u')', u'}'}) {
        QString closed = text.mid(from);
        if (const qsizetype end = outermost(closed, bracket); end >= 0) return closed.left(end);
    }
    return {};
}

// The last of the arguments between brackets.
QString lastOf(QString arguments) {
    for (qsizetype comma = outermost(arguments, u','); comma >= 0; comma = outermost(arguments, u','))
        arguments = arguments.mid(comma + 1);
    return arguments;
}

// Functions, also local ones, whose last parameter is called `remedy`.
QStringList takersIn(const QString& text) {
    static const QRegularExpression taker(
        QStringLiteral("\\b(\\w+)\\s*(?:= \\[[^\\]]*\\]\\s*)?\\([^;{}]*?(?:std::string&?|char\\*)\\s+remedy\\)"));
    QStringList names;
    for (auto it = taker.globalMatch(text); it.hasNext();) names << it.next().captured(1);
    names.removeDuplicates();
    return names;
}

// What becomes a remedy in a source: what is given to withRemedy() or to a function that takes a remedy last, is
// assigned to one, is a constant that is used as one, is returned by a function that makes one, or stands in the
// window's table.
QList<Remedy> remediesIn(const QString& path, const QString& text, const QStringList& takers,
                         const QStringList& constants) {
    static const QRegularExpression assigned(QStringLiteral("(?<!QString )\\bremedy = "));
    static const QRegularExpression maker(
        QStringLiteral("std::string (?:remedyFor|helpOf|suggestion)\\([^;{}]*\\) \\{"));
    static const QRegularExpression returned(QStringLiteral("\\breturn "));
    static const QRegularExpression row(QStringLiteral("\\{\"E-[A-Z0-9-]+\","));
    const QString file = QDir(QStringLiteral(DLRM_SOURCE_DIR)).relativeFilePath(path);
    QList<Remedy> found;
    const auto add = [&](qsizetype at, const QString& expression) {
        found << Remedy{file, static_cast<int>(text.left(at).count(u'\n')) + 1, expression.simplified()};
    };
    const auto addStatement = [&](qsizetype at) { add(at, text.mid(at, endOfStatement(text, at) - at)); };
    for (const QString& name : QStringList{QStringLiteral("withRemedy")} + takersIn(text) + takers) {
        const QRegularExpression call(QStringLiteral("\\b%1\\(").arg(name));
        for (auto it = call.globalMatch(text); it.hasNext();) {
            const auto match = it.next();
            add(match.capturedStart(), lastOf(untilClosed(text, match.capturedEnd())));
        }
    }
    for (auto it = assigned.globalMatch(text); it.hasNext();) addStatement(it.next().capturedEnd());
    for (const QString& name : constants) {
        const QRegularExpression definition(QStringLiteral("\\b%1 =\\s").arg(name));
        for (auto it = definition.globalMatch(text); it.hasNext();) addStatement(it.next().capturedEnd());
    }
    for (auto it = maker.globalMatch(text); it.hasNext();) {
        const qsizetype begin = it.next().capturedEnd();
        const QString body = untilClosed(text, begin);
        for (auto inner = returned.globalMatch(body); inner.hasNext();)
            addStatement(begin + inner.next().capturedEnd());
    }
    if (file == kLookedUp.first())
        for (auto it = row.globalMatch(text); it.hasNext();) {
            const auto match = it.next();
            add(match.capturedStart(), untilClosed(text, match.capturedEnd()));
        }
    return found;
}

// What is wrong with the voice of an expression that becomes a remedy: it says sentences, with a capital and a full
// stop. Both sides of a condition are looked at; of a text that is put together, its beginning and its end. Names and
// calls are looked at where they are made.
QStringList wrongVoice(QString e, bool begins = true, bool ends = true) {
    e = e.trimmed();
    if (const qsizetype question = outermost(e, u'?'); question >= 0) {
        const QString rest = e.mid(question + 1);
        const qsizetype inner = outermost(rest, u'?'), colon = outermost(rest, u':');
        if (colon >= 0 && (inner < 0 || colon < inner))
            return wrongVoice(rest.left(colon), begins, ends) + wrongVoice(rest.mid(colon + 1), begins, ends);
    }
    if (const qsizetype plus = outermost(e, u'+'); plus >= 0) {
        qsizetype last = plus;
        for (qsizetype next = plus; next >= 0; next = outermost(e, u'+', next + 1)) last = next;
        return wrongVoice(e.left(plus), begins, false) + wrongVoice(e.mid(last + 1), false, ends);
    }
    static const QRegularExpression wrapped(QStringLiteral("^(?:std::string|fmt::format|std::move)\\("));
    if (const auto match = wrapped.match(e); match.hasMatch()) {
        const QString inside = untilClosed(e, match.capturedEnd());
        const qsizetype comma = outermost(inside, u',');
        return wrongVoice(comma >= 0 ? inside.left(comma) : inside, begins, ends);
    }
    static const QRegularExpression literals(QStringLiteral("^\"((?:[^\"\\\\]|\\\\.|\"\\s*\")*)\"$"));
    const auto match = literals.match(e);
    if (!match.hasMatch()) return {};
    const QString words = match.captured(1);
    if (begins && !words.isEmpty() && words[0].isLower()) return {words + QStringLiteral(" has no capital")};
    if (ends && !words.isEmpty() && !QStringLiteral(".?!").contains(words.back()))
        return {words + QStringLiteral(" has no full stop")};
    return {};
}

}  // namespace

class ErrorCodesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyCodeHasTheAgreedForm() {
        static const QRegularExpression form(QStringLiteral("^(E-[A-Z]+[0-9]?-[0-9]{3}|E-CANCELLED)$"));
        QVERIFY(programUses().size() > 100);
        QStringList offenders;
        for (const Use& use : programUses())
            if (!form.match(use.code).hasMatch()) offenders << where(use);
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(u'\n')));
    }

    void everyCodeIsConstructedInOneSource() {
        QMap<QString, QStringList> sources;
        for (const Use& use : programUses())
            if (use.constructed && !sources[use.code].contains(use.file)) sources[use.code] << use.file;
        QStringList offenders;
        for (auto it = sources.cbegin(); it != sources.cend(); ++it) {
            const bool listed = severalSources().contains(it.key());
            if (it.value().size() > 1 && !listed)
                offenders << it.key() + QStringLiteral(" in ") + it.value().join(QLatin1String(", "));
            if (it.value().size() == 1 && listed)
                offenders << it.key() + QStringLiteral(" is listed although one source constructs it");
        }
        for (const QString& code : severalSources().keys())
            if (!sources.contains(code))
                offenders << code + QStringLiteral(" is listed although nothing constructs it");
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(u'\n')));
    }

    void everyErrorSaysWhatToDo() {
        QStringList offenders;
        int statements = 0;
        for (const Use& use : programUses()) {
            if (use.statement.isEmpty()) continue;
            ++statements;
            if (!use.statement.contains(QLatin1String("withRemedy")) && !withoutRemedy().contains(use.code))
                offenders << where(use);
        }
        QVERIFY(statements > 100);
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(u'\n')));
    }

    // Programs show remedies as they are, so each speaks in sentences.
    void everyRemedyHasACapitalAndAFullStop() {
        QVERIFY(!wrongVoice(QStringLiteral("\"give it once.\"")).isEmpty() &&
                !wrongVoice(QStringLiteral("\"Give it once\"")).isEmpty());
        QVERIFY(!wrongVoice(QStringLiteral("a ? \"Give it.\" : fmt::format(\"Give {}\", b(c, d))")).isEmpty());
        QVERIFY(!wrongVoice(QStringLiteral("\"open \" + what + \" first.\"")).isEmpty() &&
                wrongVoice(QStringLiteral("\"Give \" \"it.\"")).isEmpty());
        static const QRegularExpression named(QStringLiteral("\\bwithRemedy\\(\\s*(k\\w+)\\)"));
        QList<std::pair<QString, QString>> texts;
        QStringList takers, constants, offenders;
        for (const char* folder : {"core", "app", "ui", "gpu"})
            for (const QString& path : filesOf(QLatin1String(folder))) {
                if (!path.endsWith(QLatin1String(".cpp")) && !path.endsWith(QLatin1String(".h"))) continue;
                texts << std::pair(path, withoutComments(readText(path)));
                if (path.endsWith(QLatin1String(".h"))) takers << takersIn(texts.back().second);
                for (auto it = named.globalMatch(texts.back().second); it.hasNext();)
                    constants << it.next().captured(1);
            }
        constants.removeDuplicates();
        qsizetype remedies = 0;
        for (const auto& [path, text] : texts)
            for (const Remedy& remedy : remediesIn(path, text, takers, constants)) {
                ++remedies;
                for (const QString& wrong : wrongVoice(remedy.expression))
                    offenders << QStringLiteral("%1:%2 %3").arg(remedy.file).arg(remedy.line).arg(wrong);
            }
        QVERIFY(remedies > 100);
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(u'\n')));
    }

    void everyCodeIsProvokedByATest() {
        QString tests;
        for (const QString& path : filesOf(QStringLiteral("tests")))
            if (!path.endsWith(QLatin1String("tst_error_codes.cpp")) &&
                (path.endsWith(QLatin1String(".cpp")) || path.endsWith(QLatin1String(".h"))))
                tests += withoutComments(readText(path));
        QStringList offenders;
        QStringList seen;
        for (const Use& use : programUses()) {
            if (!use.constructed || seen.contains(use.code)) continue;
            seen << use.code;
            const bool tested = tests.contains(use.code), listed = withoutTest().contains(use.code);
            if (!tested && !listed) offenders << where(use) + QStringLiteral(" has no test");
            if (tested && listed) offenders << use.code + QStringLiteral(" is listed although a test names it");
        }
        for (const QString& code : withoutTest().keys())
            if (!seen.contains(code)) offenders << code + QStringLiteral(" is listed although nothing constructs it");
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(u'\n')));
    }
};

DLRM_TEST(ErrorCodesTest);

}  // namespace tst_error_codes

#include "tst_error_codes.moc"
