// SPDX-License-Identifier: Apache-2.0
// feature_spec.yaml: what real files mean, every refusal with its code, and hostile YAML.
#include <QDirIterator>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include "core/dataset/feature_spec.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_feature_spec {

using namespace dlrm;
using test::codeOf;
using test::smallSpec;

namespace {

Result<FeatureSpec> parse(const QByteArray& text) {
    return parseFeatureSpec(text.toStdString(), "dir/feature_spec.yaml");
}

// The small spec with one piece of text replaced (first occurrence).
QByteArray changed(const char* from, const QByteArray& to) {
    QByteArray text = smallSpec();
    const auto at = text.indexOf(from);
    if (at < 0) qFatal("no such text: %s", from);
    return text.replace(at, qsizetype(qstrlen(from)), to);
}

}  // namespace

class TestFeatureSpec : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void channelsGiveTheOrder();
    void textIsNeverGuessedIntoAnotherType();
    void dtypesAreUnderstoodInEverySpelling();
    void refusalsHaveTheirCodes_data();
    void refusalsHaveTheirCodes();
    void acceptedVariants_data();
    void acceptedVariants();
    void bombsAreRefusedQuickly_data();
    void bombsAreRefusedQuickly();
    void everyTruncationIsAnErrorOrTheSame();
    void everyByteChangedIsAnErrorOrASpec();
    void realSpecsAreRead();
};

void TestFeatureSpec::channelsGiveTheOrder() {
    const auto spec = parse(smallSpec());
    QVERIFY2(spec, spec ? "" : spec.error().text().c_str());
    QCOMPARE(spec->directory, std::string("dir"));
    QCOMPARE(spec->categorical.size(), std::size_t(3));
    QCOMPARE(spec->categorical[1].name, std::string("c1.bin"));
    QCOMPARE(spec->categorical[1].cardinality, std::optional<std::int64_t>(300));
    QCOMPARE(spec->numerical[1].name, std::string("n1"));
    QCOMPARE(spec->label.name, std::string("y"));
    QCOMPARE(spec->splits.size(), std::size_t(2));
    QCOMPARE(spec->findSplit("train")->chunks[4].files[0], std::string("train/c2.bin"));
    QCOMPARE(spec->findSplit("test")->chunks[0].features, (std::vector<std::string>{"n0", "n1"}));
    QVERIFY(!spec->findSplit("validation"));
    // The other order of the mapping's keys changes nothing; the order in channel_spec does.
    const auto swapped = parse(changed("  - c0.bin\n  - c1.bin\n", "  - c1.bin\n  - c0.bin\n"));
    QVERIFY(swapped);
    QCOMPARE(swapped->categorical[0].name, std::string("c1.bin"));
    QCOMPARE(swapped->categorical[0].cardinality, std::optional<std::int64_t>(300));
}

void TestFeatureSpec::textIsNeverGuessedIntoAnotherType() {
    for (const char* name : {"no", "on", "1:30", "0o17", "1_000", "5e7", "1.50", "0x10", "+1", "2024-01-01", "true"}) {
        QByteArray text = smallSpec();
        text.replace("n1", name);
        const auto spec = parse(text);
        QVERIFY2(spec, spec ? name : spec.error().text().c_str());
        QCOMPARE(spec->numerical[1].name, std::string(name));
    }
}

void TestFeatureSpec::dtypesAreUnderstoodInEverySpelling() {
    for (const char* t : {"float16", "f2", "<f2", "half", "torch.float16", "torch.half", "e"})
        QCOMPARE(parseSpecDtype(t), std::optional(SpecDtype::Float16));
    for (const char* t : {"bool", "?", "|b1", "torch.bool"})
        QCOMPARE(parseSpecDtype(t), std::optional(SpecDtype::Bool));
    for (const char* t : {"int8", "i1", "|i1", "torch.int8"})
        QCOMPARE(parseSpecDtype(t), std::optional(SpecDtype::Int8));
    for (const char* t : {"int16", "<i2", "torch.int16"}) QCOMPARE(parseSpecDtype(t), std::optional(SpecDtype::Int16));
    for (const char* t : {"int32", "<i4", "torch.int32"}) QCOMPARE(parseSpecDtype(t), std::optional(SpecDtype::Int32));
    for (const char* t : {"", "float32", ">f2", ">i4", "uint8", "int64", "torch.", "object"})
        QVERIFY(!parseSpecDtype(t));
    QCOMPARE(itemSize(SpecDtype::Int32) + itemSize(SpecDtype::Float16) + itemSize(SpecDtype::Bool), 7);
}

void TestFeatureSpec::refusalsHaveTheirCodes_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("code");
    const auto row = [](const char* name, const QByteArray& text, const char* code) {
        QTest::newRow(name) << text << QByteArray(code);
    };
    row("larger than 1 MiB", QByteArray(1048577, ' '), "E-SPEC-001");
    row("NUL byte", QByteArray("a: b\0", 5), "E-SPEC-002");
    row("not UTF-8", "a: \xff\n", "E-SPEC-002");
    row("overlong UTF-8", "a: \xc0\xaf\n", "E-SPEC-002");
    row("surrogate", "a: \xed\xa0\x80\n", "E-SPEC-002");
    row("cut-off UTF-8", "a: \xe2\x82", "E-SPEC-002");
    row("UTF-16",
        QByteArray("\xff\xfe"
                   "a\0",
                   4),
        "E-SPEC-002");
    row("tab as indentation", changed("  label:", "\tlabel:"), "E-SPEC-003");
    row("empty", "", "E-SPEC-004");
    row("only a comment", "# nothing\n", "E-SPEC-004");
    row("open bracket", "a: [1, 2\n", "E-SPEC-004");
    row("unknown alias", changed("features: *id001", "features: *other"), "E-SPEC-004");
    row("33 levels", QByteArray(33, '[') + QByteArray(33, ']'), "E-SPEC-005");
    row("100,001 nodes", "- 1\n" + QByteArray("- a\n").repeated(100000), "E-SPEC-006");
    row("1,025 aliases", "- &a x\n" + QByteArray("- *a\n").repeated(1025), "E-SPEC-007");
    row("tag", changed("cardinality: 5", "cardinality: !!int 5"), "E-SPEC-008");
    row("python tag", changed("metadata: {}", "metadata: !!python/object/apply:os.system ['true']"), "E-SPEC-008");
    row("local tag", changed("metadata: {}", "metadata: !x {}"), "E-SPEC-008");
    row("merge key", changed("metadata: {}", "metadata: {<<: {a: b}}"), "E-SPEC-009");
    row("two documents", smallSpec() + "---\na: b\n", "E-SPEC-010");
    row("duplicate key", changed("metadata: {}", "metadata: {}\nmetadata: {}"), "E-SPEC-011");
    row("duplicate feature", changed("  c1.bin:", "  c0.bin:"), "E-SPEC-011");
    row("recursive alias", "a: &x [*x]\n", "E-SPEC-012");
    row("list as key", "? [a, b]\n: c\n", "E-SPEC-013");
    row("null as key", "~: c\n", "E-SPEC-013");
    row("a key is missing", changed("metadata: {}\n", ""), "E-SPEC-020");
    row("an unknown key", smallSpec() + "extra: 1\n", "E-SPEC-020");
    row("an unknown channel", changed("  label:\n", "  other:\n  - n0\n  label:\n"), "E-SPEC-020");
    row("a chunk without files", changed("    files:\n    - test/label.bin\n", ""), "E-SPEC-020");
    row("a list at the top", "- a\n", "E-SPEC-021");
    row("a scalar for a channel", changed("  label:\n  - y\n", "  label: y\n"), "E-SPEC-021");
    row("a map in a channel", changed("  label:\n  - y\n", "  label:\n  - y: z\n"), "E-SPEC-021");
    row("a scalar for a feature", changed("  n0:\n    dtype: float16\n", "  n0: float16\n"), "E-SPEC-021");
    row("a list for a dtype", changed("dtype: int8", "dtype: [int8]"), "E-SPEC-021");
    row("a scalar for a split",
        changed("  test:\n  - features: *id001\n    files:\n    - test/numerical.bin\n    type: split_binary\n",
                "  test: x\n  others:\n"),
        "E-SPEC-026");
    row("two labels", changed("  - y\n", "  - y\n  - n0\n"), "E-SPEC-022");
    row("no label", changed("  label:\n  - y\n", "  label: []\n"), "E-SPEC-022");
    row("a feature named twice", changed("  - c2.bin\n", "  - c1.bin\n"), "E-SPEC-023");
    row("a feature that is not described", changed("  y:\n    dtype: bool\n", ""), "E-SPEC-023");
    row("a feature in no channel", changed("  y:\n", "  z:\n    dtype: bool\n  y:\n"), "E-SPEC-023");
    row("an unknown feature in a chunk", changed("    - c0.bin\n", "    - c9.bin\n"), "E-SPEC-023");
    for (const char* bad :
         {"0", "-1", "2147483648", "99999999999999999999", "5.0", "1_000", "0x10", "five", "[5]", "\"\""})
        row(qPrintable(QStringLiteral("cardinality %1").arg(QLatin1String(bad))),
            changed("cardinality: 5", QByteArray("cardinality: ") + bad), "E-SPEC-024");
    row("no cardinality", changed("    cardinality: 5\n", ""), "E-SPEC-024");
    row("multi-hot", changed("    cardinality: 5\n", "    cardinality: 5\n    hotness: 3\n"), "E-SPEC-025");
    row("train only", smallSpec().replace("  test:", "  validation:"), "E-SPEC-026");
    row("mixed types", changed("    - test/label.bin\n    type: split_binary", "    - test/label.bin\n    type: csv"),
        "E-SPEC-027");
    for (const char* bad : {"/etc/passwd", "../x", "a/../../x", "a/..", "..", "\"a\\0b\""})
        row(qPrintable(QStringLiteral("file %1").arg(QLatin1String(bad))), changed("test/c0.bin", bad), "E-SPEC-028");
    row("long file name", changed("test/c0.bin", QByteArray(5000, 'a')), "E-SPEC-028");
    row("a feature in two chunks",
        changed("    - test/c0.bin\n",
                "    - test/c0.bin\n    type: split_binary\n  - features:\n    - c0.bin\n    files:\n    - x\n"),
        "E-SPEC-029");
    row("a feature in no chunk",
        changed("  - features:\n    - c2.bin\n    files:\n    - test/c2.bin\n    type: split_binary\n", ""),
        "E-SPEC-029");
    row("two files", changed("    - test/c0.bin\n", "    - test/c0.bin\n    - test/more.bin\n"), "E-SPEC-030");
    row("numericals in another order", changed("features: *id001", "features: [n1, n0]"), "E-SPEC-030");
    row("label beside a category",
        changed("    - y\n    files:\n    - test/label.bin\n    type: split_binary\n  - features:\n    - c0.bin\n",
                "    - y\n    - c0.bin\n"),
        "E-SPEC-030");
    row("float32 numericals", changed("  n1:\n    dtype: float16", "  n1:\n    dtype: float32"), "E-SPEC-031");
    row("int64 ids", changed("dtype: int32", "dtype: int64"), "E-SPEC-031");
    row("unsigned ids", changed("dtype: int8", "dtype: uint8"), "E-SPEC-031");
    row("no dtype", changed("    dtype: int8\n", ""), "E-SPEC-031");
    row("float label", changed("dtype: bool", "dtype: float32"), "E-SPEC-031");
}

void TestFeatureSpec::refusalsHaveTheirCodes() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, code);
    const auto spec = parse(text);
    QVERIFY(!spec);
    const Error& error = spec.error();
    QVERIFY2(error.code == code.toStdString(), error.text().c_str());
    QCOMPARE(error.file, std::string("dir/feature_spec.yaml"));
    QVERIFY(!error.expected.empty() && !error.found.empty() && !error.remedy.empty());
}

void TestFeatureSpec::acceptedVariants_data() {
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char* name, const QByteArray& text) { QTest::newRow(name) << text; };
    row("quotes", changed("    - test/c0.bin", "    - \"test/c0.bin\""));
    row("comments", changed("metadata: {}", "# a comment\nmetadata: {}  # another"));
    row("a document start", "---\n" + smallSpec());
    row("a byte order mark", "\xef\xbb\xbf" + smallSpec());
    row("CRLF", smallSpec().replace("\n", "\r\n"));
    row("automatic cardinality", changed("cardinality: 5", "cardinality: auto"));
    row("int8 label", changed("dtype: bool", "dtype: int8"));
    row("wider ids", changed("dtype: int8", "dtype: int32"));
    row("hotness 1 and alpha", changed("    cardinality: 5\n", "    alpha: 1.2\n    cardinality: 5\n    hotness: 1\n"));
    row("flow style", changed("  label:\n  - y\n", "  label: [y]\n"));
    row("dashes indented", changed("  label:\n  - y\n", "  label:\n    - y\n"));
    row("a blank line with a tab inside text", changed("metadata: {}", "metadata: {a: 'b\tc'}"));
}

void TestFeatureSpec::acceptedVariants() {
    QFETCH(QByteArray, text);
    const auto spec = parse(text);
    QVERIFY2(spec, spec ? "" : spec.error().text().c_str());
    QCOMPARE(spec->splits.size(), std::size_t(2));
    QCOMPARE(spec->findSplit("test")->chunks[2].files[0], std::string("test/c0.bin"));
}

void TestFeatureSpec::bombsAreRefusedQuickly_data() {
    QTest::addColumn<QByteArray>("text");
    QByteArray laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const QByteArray alias = "*a" + QByteArray::number(i - 1);
        laughs += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + (alias + ", ").repeated(8) +
                  alias + "]\n";
    }
    QTest::newRow("billion laughs") << laughs;
    QTest::newRow("open sequences") << QByteArray(1000000, '[');
    QTest::newRow("open maps") << QByteArray(1000000, '{');
    QTest::newRow("nested dashes") << QByteArray("- ").repeated(300000);
    QTest::newRow("question marks") << QByteArray("? ").repeated(300000);
    QTest::newRow("long scalar") << QByteArray(1000000, 'x');
    QTest::newRow("many anchors") << QByteArray("- &a x\n").repeated(140000);
    QTest::newRow("long line of keys") << QByteArray("a: ").repeated(300000);
    QTest::newRow("many duplicate keys") << QByteArray("a: 1\n").repeated(200000);
    QTest::newRow("open quote") << "\"" + QByteArray(1000000, 'a');
    QTest::newRow("directives") << QByteArray("%YAML 1.1\n").repeated(100000);
}

void TestFeatureSpec::bombsAreRefusedQuickly() {
    QFETCH(QByteArray, text);
    // Generous: a quadratic parser would need minutes.
    constexpr qint64 kHangMilliseconds = 30000;
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!parse(text));
    QVERIFY(timer.elapsed() < kHangMilliseconds);
}

void TestFeatureSpec::everyTruncationIsAnErrorOrTheSame() {
    const QByteArray whole = smallSpec();
    for (int n = 0; n < whole.size(); ++n) {
        const auto spec = parse(whole.left(n));
        if (spec && spec->splits.empty())
            QVERIFY(whole.left(n).trimmed().replace(":", "").endsWith("source_spec"));  // refused by openDataset()
        else if (spec) QCOMPARE(n, whole.size() - 1);  // only the last line feed is missing
        else QVERIFY(!spec.error().code.empty());
    }
}

void TestFeatureSpec::everyByteChangedIsAnErrorOrASpec() {
    const QByteArray whole = smallSpec();
    for (int n = 0; n < whole.size(); ++n)
        for (const char c : {'\0', '\n', ':', '*', '[', '"', '\x80'}) {
            QByteArray text = whole;
            text[n] = c;
            const auto spec = parse(text);
            if (!spec) QVERIFY(QByteArray::fromStdString(spec.error().code).startsWith("E-SPEC-"));
            else QVERIFY(spec->categorical.size() == 3 && spec->numerical.size() == 2);
        }
}

void TestFeatureSpec::realSpecsAreRead() {
    const QString folder = QStringLiteral(DLRM_SOURCE_DIR "/../shared/realdata/nvidia-feature-specs");
    DLRM_NEEDS_OUTSIDE(folder);
    int read = 0;
    QDirIterator it(folder, {QStringLiteral("*.yaml")}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const auto spec = readFeatureSpec(it.next().toStdString());
        QVERIFY2(spec, spec ? "" : spec.error().text().c_str());
        QVERIFY(spec->splits.size() == 2 && !spec->categorical.empty());
        if (it.fileName() == QLatin1String("criteo_f15.yaml")) {
            std::int64_t sum = 0;
            for (const auto& feature : spec->categorical) sum += *feature.cardinality;
            QCOMPARE(sum, 32709138);
            QCOMPARE(spec->categorical[10].name, std::string("cat_10.bin"));
        }
        ++read;
    }
    QVERIFY(read >= 20);
}

DLRM_TEST(TestFeatureSpec);

}  // namespace tst_feature_spec

#include "tst_feature_spec.moc"
