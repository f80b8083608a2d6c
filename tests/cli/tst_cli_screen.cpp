// SPDX-License-Identifier: Apache-2.0
// Text laid out for a screen of any width, in colour or not, in UTF-8 or ASCII.
#include <QTest>

#include "app/cli/text.h"
#include "tests/support/test_program.h"

namespace tst_cli_screen {

using namespace dlrm::cli;

namespace {

constexpr Screen kNarrow{40, false, false}, kColour{40, true, false}, kAscii{40, false, true};

std::size_t widest(const std::string& text) {
    std::size_t out = 0, from = 0;
    while (from < text.size()) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        out = std::max(out, shownWidth(std::string_view(text).substr(from, end - from)));
        from = end + 1;
    }
    return out;
}

}  // namespace

class TestCliScreen : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void longLinesBreakAtSpaces() {
        QCOMPARE(layOut("  a sentence that is longer than forty characters is broken\nshort\n", kNarrow),
                 std::string("  a sentence that is longer than forty\n    characters is broken\nshort\n"));
        QCOMPARE(layOut("", kNarrow), std::string());
        QCOMPARE(layOut("\n\nx", kNarrow), std::string("\n\nx"));
    }
    void namesStayWhole() {
        const std::string path(100, 'p');
        QCOMPARE(layOut("file " + path + " and more\n", kNarrow), "file\n  " + path + "\n  and more\n");
        QCOMPARE(layOut("  " + path + "\nx\n", kNarrow), "  " + path + "\nx\n");
        TextTable table{"<file", "<problem", "<expected", "<found"};
        const std::string file = "variables/variables.data-00000-of-00001", hash = "xxh3:0123456789abcdef";
        table.addRow({file, "other bytes", hash, "nothing at all of what was expected"});
        for (const std::size_t width : {40U, 60U, 80U, 120U}) {
            const std::string text = table.text("  ", width), shown = layOut(text, {width, false, false});
            for (const std::string& whole : {file, hash}) {
                QVERIFY2(text.find(whole) != std::string::npos, text.c_str());
                QVERIFY2(shown.find(whole) != std::string::npos, shown.c_str());
            }
        }
        QCOMPARE(std::string(cut("±" + path, 3)), std::string("±pp"));
    }
    void controlBytesAreNotPassedOn() { QCOMPARE(layOut("a\x1b[31mb\tc\r\n", kColour), std::string("a?[31mb?c?\n")); }
    void bytesThatAreNoTextAreNotPassedOn() {
        // C1 controls, as bytes and as characters (0x9b begins what a terminal obeys), cut and overlong sequences.
        QCOMPARE(layOut("a\x9b"
                        "31m\xc2\x9b"
                        "b\xff\n",
                        kColour),
                 std::string("a?31m?b?\n"));
        QCOMPARE(layOut("\xe2\x82|\xc0\xaf|\xed\xa0\x80|\xf4\x90\x80\x80|\xc3\n", kColour),
                 std::string("??|??|???|????|?\n"));
        QCOMPARE(layOut("\xc2\xa0\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n", kColour),
                 std::string("\xc2\xa0\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n"));
        QCOMPARE(layOut("\x9b\xc2\x85\n", kAscii), std::string("??\n"));
    }
    void problemsAreRedWhereThereIsColour() {
        QCOMPARE(layOut("2 " + problem("NaN") + "\n", kColour), std::string("2 \x1b[31mNaN\x1b[0m\n"));
        QCOMPARE(layOut("2 " + problem("NaN") + "\n", kNarrow), std::string("2 NaN\n"));
    }
    void asciiWhereThereIsNoUtf8() {
        QCOMPARE(layOut("3 × 4 ± 1 · Δ … é\n", kAscii), std::string("3 x 4 +/- 1 . d ... ?\n"));
    }
    void tablesFitAnyWidth_data() {
        QTest::addColumn<int>("width");
        for (const int width : {40, 60, 80, 120, 200}) QTest::newRow(qPrintable(QString::number(width))) << width;
    }
    void tablesFitAnyWidth() {
        QFETCH(int, width);
        TextTable table{">#", "<name", ">rows", ">mean", ">deviation", ">smallest", ">largest", "<what is known of it"};
        for (int i = 0; i < 3; ++i)
            table.addRow({std::to_string(i), "cat_" + std::to_string(i), "8,242,135", "0.123456", "0.123456",
                          "-12.345678", "12.345678",
                          "a text that goes on for quite some time and has to be broken where the screen is narrow, " +
                              std::to_string(i)});
        const std::string text = table.text("  ", static_cast<std::size_t>(width));
        QVERIFY2(widest(text) <= static_cast<std::size_t>(width), text.c_str());
        for (const char* word : {"8,242,135", "-12.345678", "quite", "cat_2"})
            QVERIFY2(text.find(word) != std::string::npos, text.c_str());
    }
    void countsAndPlurals() {
        QCOMPARE(countText(0), std::string("·"));
        QCOMPARE(countText(1234), std::string("1,234"));
        QCOMPARE(plural(1, "file"), std::string("1 file"));
        QCOMPARE(plural(2000, "row"), std::string("2,000 rows"));
    }
};

DLRM_TEST(TestCliScreen);

}  // namespace tst_cli_screen

#include "tst_cli_screen.moc"
