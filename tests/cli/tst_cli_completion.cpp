// SPDX-License-Identifier: Apache-2.0
// Completion scripts and the manual page have every verb and every option of the help, and bash's completes.
#include <QFile>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"

namespace tst_cli_completion {

using namespace dlrm::test;

namespace {

// The names of a help's options, "--rows" and "-k".
QStringList optionsOf(const QByteArray& help) {
    static const QRegularExpression line(QStringLiteral("^  (-\\S+)( VALUE)?(  |$)"),
                                         QRegularExpression::MultilineOption);
    QStringList out;
    for (auto lines = line.globalMatch(QString::fromUtf8(help)); lines.hasNext();)
        out += lines.next().captured(1).split(QLatin1Char(','));
    return out;
}

QStringList verbs() {
    static const QRegularExpression line(QStringLiteral("^  ([a-z]+)  "), QRegularExpression::MultilineOption);
    QStringList out;
    const QString help = QString::fromUtf8(cli({"--help"}).out);
    for (auto lines = line.globalMatch(help); lines.hasNext();) out << lines.next().captured(1);
    return out;
}

}  // namespace

class TestCliCompletion : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_script;

    // What bash offers for the last word of a line.
    QStringList offered(const QStringList& words) {
        QString quoted;
        for (const QString& word : words) quoted += QStringLiteral(" '%1'").arg(word);
        QProcess bash;
        bash.start(QStringLiteral("bash"),
                   {"--norc", "-c",
                    QStringLiteral(
                        "source '%1'; COMP_WORDS=(%2); COMP_CWORD=%3; _dlrm_cli; printf '%s\\n' \"${COMPREPLY[@]}\"")
                        .arg(m_script, quoted)
                        .arg(words.size() - 1)});
        const CliAnswer answer = finish(bash);
        if (!answer.err.isEmpty()) qWarning("%s", answer.err.constData());
        return QString::fromUtf8(answer.out).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    }

private Q_SLOTS:
    void initTestCase() {
        m_script = m_folder.filePath(QStringLiteral("dlrm-cli"));
        QFile file(m_script);
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto script = cli({"completion", "bash"});
        QCOMPARE(script.code, 0);
        QCOMPARE(file.write(script.out), script.out.size());
        QVERIFY(verbs().contains(QStringLiteral("completion")) && verbs().size() >= 15);
    }

    void everyVerbAndOptionOccurs_data() {
        QTest::addColumn<QString>("form");
        for (const char* form : {"bash", "zsh", "fish", "man"}) QTest::newRow(form) << QString::fromLatin1(form);
    }
    void everyVerbAndOptionOccurs() {
        QFETCH(QString, form);
        const auto answer = cli({"completion", form});
        QCOMPARE(answer.code, 0);
        const QString text = QString::fromUtf8(answer.out).replace(QStringLiteral("\\-"), QStringLiteral("-"));
        // A verb's part ends where the next one's begins.
        const auto begin = [&](const QString& verb) {
            if (form == QLatin1String("man")) return QStringLiteral("\n.SS %1\n").arg(verb);
            return form == QLatin1String("fish")
                       ? QStringLiteral("\ncomplete -c dlrm-cli -n '__fish_seen_subcommand_from %1'").arg(verb)
                       : QStringLiteral("\n        %1)\n").arg(verb);
        };
        int options = 0;
        const QStringList all = verbs() + QStringList{QStringLiteral("help")};
        for (int v = 0; v + 1 < all.size(); ++v) {
            const qsizetype from = text.indexOf(begin(all[v])), to = form == QLatin1String("man") && v + 2 == all.size()
                                                                         ? text.indexOf("\n.SS help VERB\n")
                                                                         : text.indexOf(begin(all[v + 1]));
            QVERIFY2(from > 0, qPrintable(all[v]));
            const QString part = text.mid(from, to > from ? to - from : -1);
            for (const QString& option : optionsOf(cli({all[v], "--help"}).out)) {
                const QString name = option.mid(option.startsWith(QLatin1String("--")) ? 2 : 1);
                const QString written =
                    form != QLatin1String("fish")
                        ? option
                        : (option.startsWith(QLatin1String("--")) ? QStringLiteral(" -l ") : QStringLiteral(" -s ")) +
                              name;
                const QRegularExpression whole(QRegularExpression::escape(written) + QStringLiteral("(?![a-z-])"));
                QVERIFY2(part.contains(whole), qPrintable(all[v] + QLatin1Char(' ') + option));
                ++options;
            }
        }
        QVERIFY(options > 150);
    }

    void valuesAreOfferedToo() {
        QVERIFY(cli({"completion", "zsh"}).out.contains(":value:(number rows size norm untrained rank nan)"));
        QVERIFY(cli({"completion", "fish"}).out.contains("-l sort -x -a 'number rows size norm untrained rank nan'"));
    }

    void theManualPageSaysWhatTheHelpSays() {
        const QByteArray page = cli({"completion", "man"}).out;
        QVERIFY(page.startsWith(".TH DLRM\\-CLI 1 "));
        QVERIFY(page.contains("\n.SH NAME\ndlrm\\-cli \\- "));
        QVERIFY(page.contains("\\fB\\-\\-sort VALUE\\fR\nOrder of the lines: "));
        QVERIFY(page.contains("(default: number)"));
        QVERIFY(page.contains("dlrm\\-cli predict resources/demo/checkpoint"));
        // The same everywhere: no folder of this machine.
        QVERIFY(!page.contains("dlrm-explorer/statistics"));
    }

    void bashCompletes() {
        if (QStandardPaths::findExecutable(QStringLiteral("bash")).isEmpty()) QSKIP("bash is not installed");
        QProcess check;
        check.start(QStringLiteral("bash"), {"-n", m_script});
        const CliAnswer parsed = finish(check);
        QVERIFY2(parsed.code == 0 && parsed.err.isEmpty(), parsed.err);

        QCOMPARE(offered({"dlrm-cli", "eval"}), QStringList{"evaluate"});
        QCOMPARE(offered({"dlrm-cli", "d"}), (QStringList{"doctor", "demo"}));
        QCOMPARE(offered({"dlrm-cli", "tables", "model", "--so"}), QStringList{"--sort"});
        QCOMPARE(offered({"dlrm-cli", "tables", "--sort", "r"}), (QStringList{"rows", "rank"}));
        QCOMPARE(offered({"dlrm-cli", "tables", "--table", ""}), QStringList());  // files
        QCOMPARE(offered({"dlrm-cli", "bench", "pre"}), QStringList{"predict"});
        QCOMPARE(offered({"dlrm-cli", "help", "lay"}), QStringList{"layers"});
        QCOMPARE(offered({"dlrm-cli", "evaluate", "--sample", "5", "--see"}), QStringList{"--seed"});
    }

    void otherShellsAreRefused() {
        const auto answer = cli({"completion", "zhs"});
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-CLI-001") && answer.err.contains("bash, zsh, fish, man") &&
                     answer.err.contains("Did you mean zsh?"),
                 answer.err);
    }
};

DLRM_TEST(TestCliCompletion);

}  // namespace tst_cli_completion

#include "tst_cli_completion.moc"
