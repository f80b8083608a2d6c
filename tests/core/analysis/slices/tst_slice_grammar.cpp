// SPDX-License-Identifier: Apache-2.0
// Sentences of slices: what is read, how it is written again, and where each mistake is pointed at.
#include <QTest>

#include <random>

#include "tests/core/analysis/slices/sliced_world.h"
#include "tests/support/test_program.h"

namespace tst_slice_grammar {

using namespace dlrm;
using namespace dlrm::test;

namespace {

const SlicedWorld& world() {
    static const SlicedWorld made;
    return made;
}

Error errorOf(const QString& text, bool group, const SlicedWorld& from = world()) {
    const auto made = group ? from.group(text.toStdString()) : from.slice(text.toStdString());
    return made ? Error() : made.error();
}

}  // namespace

class TestSliceGrammar : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sentencesAreWrittenInOneWay_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("written");
        const auto row = [](const char* typed, const char* written) {
            QTest::newRow(typed) << QString::fromUtf8(typed) << QString::fromUtf8(written);
        };
        row(" all ", "all");
        row("num_0>=-2", "num_0 >= -2");
        row("num_0 != 5   and cat_1 missing", "num_0 != 5 and cat_1 missing");
        row("\"page views\" in 1,2 , 3", "\"page views\" in 1, 2, 3");
        row("num_1 present", "num_1 present");
        row("\"cat_1\" id 5-5", "cat_1 id 5");
        row("cat_1 id -9 and C2 id 10-", "cat_1 id 0-9 and C2 id 10-");
        row("cat_1 decade 2", "cat_1 decade 2");
        row("cat_1 = a73ee510", "cat_1 = a73ee510");
        row("cat_1 untrained and untrained_fields > 0", "cat_1 untrained and untrained_fields > 0");
        row("unknown_fields<=1 and row 0-999", "unknown_fields <= 1 and row 0-999");
    }
    void sentencesAreWrittenInOneWay() {
        QFETCH(QString, typed);
        QFETCH(QString, written);
        const auto made = world().slice(typed.toStdString());
        QVERIFY2(made, made ? "" : made.error().text().c_str());
        QCOMPARE((*made)->sentence(0), written.toStdString());
        const auto again = world().slice((*made)->sentence(0));
        QVERIFY(again && (*again)->fingerprint() == (*made)->fingerprint());
        QCOMPARE((*again)->sentence(0), (*made)->sentence(0));
    }

    void keysAreWrittenInOneWay() {
        for (const auto& [typed, written] :
             {std::pair{" cat_1  decade ", "cat_1 decade"},
              {"C2 top 3,num_0 quantiles 4", "C2 top 3, num_0 quantiles 4"},
              {"\"page views\" missing , row blocks 10", "\"page views\" missing, row blocks 10"},
              {"unknown_fields,untrained_fields", "unknown_fields, untrained_fields"}}) {
            const auto made = world().group(typed);
            QVERIFY2(made, made ? "" : made.error().text().c_str());
            QCOMPARE((*made)->group(), std::string(written));
        }
    }

    void aNameThatIsAWordOfTheGrammarIsQuoted() {
        for (const char* name : {"and", "all", "row", "page views", "a,b", "x=1", "say \"so\"", ""}) {
            SlicedWorld other;
            other.fields.numericals[0] = name;
            const std::string sentence = fieldInSentence(name) + " > 5";
            const auto made = other.slice(sentence);
            QVERIFY2(made, made ? "" : made.error().text().c_str());
            QCOMPARE((*made)->sentence(0), sentence);
            QVERIFY(fieldInSentence(name).front() == '"');
        }
        QCOMPARE(fieldInSentence("num_0"), std::string("num_0"));
    }

    void mistakesArePointedAt_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("group");
        QTest::addColumn<QString>("code");
        QTest::addColumn<int>("column");
        QTest::addColumn<QString>("expected");
        QTest::addColumn<QString>("found");
        const auto row = [](const char* text, bool group, const char* code, int column, const char* expected,
                            const char* found) {
            QTest::newRow(text) << QString::fromUtf8(text) << group << QString::fromUtf8(code) << column
                                << QString::fromUtf8(expected) << QString::fromUtf8(found);
        };
        row("", false, "E-SLICE-001", 1, "a field", "the end");
        row("num_0", false, "E-SLICE-001", 6, "one of = != < <=", "the end");
        row("num_0 >", false, "E-SLICE-001", 8, "a value", "the end");
        row("num_0 == 5", false, "E-SLICE-001", 7, "one of = != < <=", "\"==\"");
        row("num_0 > 5 or num_0 < 2", false, "E-SLICE-001", 11, "\"and\" and another term", "\"or\"");
        row("num_0 > 5 and", false, "E-SLICE-001", 14, "a field", "the end");
        row("all and num_0 > 5", false, "E-SLICE-001", 5, "\"and\" and another", "\"and\"");
        row("num_0 in 5,", false, "E-SLICE-001", 12, "a value", "the end");
        row("cat_1 id 9-5", false, "E-SLICE-001", 10, "a range", "\"9-5\"");
        row("cat_1 id -", false, "E-SLICE-001", 10, "a range", "\"-\"");
        row("cat_1 decade 11", false, "E-SLICE-001", 14, "a number of digits", "\"11\"");
        row("row 99999999999999999999", false, "E-SLICE-001", 5, "a range", "\"99999999999999999999\"");
        row("\"page views > 5", false, "E-SLICE-001", 16, "a closing \"", "the end");
        row("unknown_fields 5", false, "E-SLICE-001", 16, "one of =", "\"5\"");
        row("unknown_fields > -1", false, "E-SLICE-001", 18, "a number of fields", "\"-1\"");
        row("ä > 5 und num_0 > 5", false, "E-SLICE-001", 7, "\"and\" and", "\"und\"");
        row("cat_1 top", true, "E-SLICE-001", 10, "a number from 1 to 4096", "the end");
        row("cat_1 top 0", true, "E-SLICE-001", 11, "a number from 1 to 4096", "\"0\"");
        row("cat_1 decade cat_0 decade", true, "E-SLICE-001", 14, "a comma and another key", "\"cat_0\"");
        row("cat_1 decade, cat_0 decade, num_0 missing", true, "E-SLICE-001", 27, "two keys at most", "\",\"");
        row("row 10", true, "E-SLICE-001", 5, "\"blocks\"", "\"10\"");
        row("cat_1", true, "E-SLICE-001", 6, "one of decade", "the end");
        row("num_0 > 5 and num0 > 5", false, "E-SLICE-002", 15, "a field such as num_0, ", "\"num0\"");
        row("pageviews > 5", false, "E-SLICE-002", 1, "a field such as page views", "\"pageviews\"");
        row("ä > 5 and num_0 > 5", false, "E-SLICE-002", 1, "a field such as", "\"ä\"");
        row("cat_2 decade", true, "E-SLICE-002", 1, "cat_0", "\"cat_2\"");
        row("num_0 > a73ee510", false, "E-SLICE-003", 9, "a whole number", "\"a73ee510\"");
        row("num_0 > 1.5", false, "E-SLICE-003", 9, "a whole number", "\"1.5\"");
        row("num_0 = -3", false, "E-SLICE-003", 9, "num_0 missing", "\"-3\"");
        row("num_0 id 5", false, "E-SLICE-003", 7, "a comparison of a number", "\"id\"");
        row("cat_1 > a73ee510", false, "E-SLICE-003", 7, "= or != of a category", "\">\"");
        row("cat_1 = 5", false, "E-SLICE-003", 9, "8 hexadecimal digits such as a73ee510, or an id: cat_1 id 5",
            "\"5\"");
        row("cat_1 in a73ee510, a73ee51x", false, "E-SLICE-003", 20, "8 hexadecimal digits", "\"a73ee51x\"");
        row("num_0 decade", true, "E-SLICE-003", 7, "\"quantiles\" or \"missing\"", "\"decade\"");
        row("cat_1 quantiles 8", true, "E-SLICE-003", 7, "\"decade\", \"top\"", "\"quantiles\"");
        row("cat_1 = ffffffff", false, "E-SLICE-004", 9, "a value that the dictionary has", "none");
        row("row blocks 100, cat_1 top 100", true, "E-SLICE-005", 0, "at most 4096", "10200");
    }
    void mistakesArePointedAt() {
        QFETCH(QString, text);
        QFETCH(bool, group);
        QFETCH(QString, code);
        QFETCH(int, column);
        QFETCH(QString, expected);
        QFETCH(QString, found);
        const Error error = errorOf(text, group);
        QVERIFY2(QString::fromStdString(error.code) == code, error.text().c_str());
        if (column > 0)
            QCOMPARE(error.field, QStringLiteral("column %1 of \"%2\"").arg(column).arg(text).toStdString());
        QVERIFY2(QString::fromStdString(error.expected).contains(expected), error.text().c_str());
        QVERIFY2(QString::fromStdString(error.found).contains(found), error.text().c_str());
        QVERIFY(!error.remedy.empty());
    }

    void whatTheDataDoNotTellIsSaid() {
        SlicedWorld other;
        other.fields.idOf = {};
        Error error = errorOf(QStringLiteral("cat_1 = a73ee510"), false, other);
        QCOMPARE(error.code, std::string("E-SLICE-004"));
        QVERIFY(error.remedy.find("cat_1 id 5") != std::string::npos);
        other.fields.firstId = 0;
        for (const char* text : {"cat_1 missing", "cat_1 present", "unknown_fields > 1"})
            QCOMPARE(errorOf(QString::fromLatin1(text), false, other).code, std::string("E-SLICE-004"));
        other.fields.feed = [](std::optional<std::int32_t> x) { return static_cast<float>(x.value_or(0)); };
        for (const char* text : {"num_0 missing", "num_0 present"})
            QCOMPARE(errorOf(QString::fromLatin1(text), false, other).code, std::string("E-SLICE-004"));
        QVERIFY(other.slice("num_0 = 0").has_value());
        other.untrained[1].method = UntrainedMethod::Unknown;
        other.untrained[1].explanation = "the values were rounded";
        error = errorOf(QStringLiteral("cat_0 untrained and cat_1 untrained"), false, other);
        QCOMPARE(error.code, std::string("E-SLICE-004"));
        QCOMPARE(error.found, other.untrained[1].explanation);
        QCOMPARE(errorOf(QStringLiteral("untrained_fields"), true, other).code, std::string("E-SLICE-004"));
    }

    // Whatever is typed: an error that points into it, or a sentence that is read again as the same.
    void nothingTypedBreaksIt() {
        std::mt19937 random(5);
        const std::vector<std::string> words{"all",    "and", "num_0",   "cat_1",   "in", "missing", "id",
                                             "decade", "row", "5",       "0-99",    "<",  "!=",      ",",
                                             "\"",     "top", "blocks",  "-",       " ",  "\xff",    "é",
                                             "=",      "2",   "present", "a73ee510"};
        int read = 0;
        for (int round = 0; round < 20'000; ++round) {
            std::string text;
            for (std::uint32_t n = random() % 7; n > 0; --n) text += words[random() % words.size()] + " ";
            for (const bool group : {false, true}) {
                const auto made = group ? world().group(text) : world().slice(text);
                if (!made) {
                    QVERIFY2(made.error().code.starts_with("E-SLICE-00"), text.c_str());
                    continue;
                }
                ++read;
                const auto again = group ? world().group((*made)->group()) : world().slice((*made)->sentence(0));
                QVERIFY2(again && (*again)->fingerprint() == (*made)->fingerprint(), text.c_str());
            }
        }
        QVERIFY(read > 50);
    }
};

DLRM_TEST(TestSliceGrammar);

}  // namespace tst_slice_grammar

#include "tst_slice_grammar.moc"
