// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF OPTIONS of opening: what each row takes, what it does to a request, what is said of a value that is
// none.
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <string>

#include "core/engine/open_options.h"
#include "tests/support/open_option_values.h"
#include "tests/support/test_program.h"

namespace tst_open_options {

using namespace dlrm;
using namespace dlrm::test;

namespace {

using Change = std::function<void(OpenRequest&)>;

// What the good value of each row makes of a request.
const std::map<std::string, Change>& changes() {
    static const std::map<std::string, Change> out{
        {"data", [](OpenRequest& r) { r.data.path = "somewhere"; }},
        {"split", [](OpenRequest& r) { r.data.split = "train"; }},
        {"dictionary", [](OpenRequest& r) { r.data.dictionary = "words"; }},
        {"missing-dictionary", [](OpenRequest& r) { r.data.missingDictionary = MissingDictionary::Hash; }},
        {"lenient", [](OpenRequest& r) { r.data.textNumbers = TextNumbers::Lenient; }},
        {"profile", [](OpenRequest& r) { r.data.profile = "torchrec"; }},
        {"numerical", [](OpenRequest& r) { r.data.numerical = NumericalReading::LnPlus2; }},
        {"id-shift", [](OpenRequest& r) { r.data.idShift = -7; }},
        {"follow-links", [](OpenRequest& r) { r.followLinks = true; }},
        {"table-order",
         [](OpenRequest& r) {
             r.model.tableOrder = {2, 0, 1};
         }},
        {"cardinalities",
         [](OpenRequest& r) {
             r.model.cardinalities = {1000, 7, 300};
         }},
        {"numericals", [](OpenRequest& r) { r.model.numericals = 13; }},
        {"interaction", [](OpenRequest& r) { r.model.interactionOrder = InteractionOrder::Tensorflow; }},
        {"interaction-tables", [](OpenRequest& r) { r.model.interactionTables = TableOrder::ByCardinality; }},
        {"combiner", [](OpenRequest& r) { r.model.combiner = Combiner::Mean; }},
        {"no-cache", [](OpenRequest& r) { r.model.statisticsOnDisk = false; }},
        {"backend", [](OpenRequest& r) { r.model.backend.name = "cpu"; }},
        {"precision", [](OpenRequest& r) { r.model.backend.precision = Precision::Bf16; }},
        {"threads", [](OpenRequest& r) { r.model.backend.threads = 3; }},
        {"gpu-memory", [](OpenRequest& r) { r.model.backend.gpuMemoryBytes = 3LL << 29; }},
        {"table-precision", [](OpenRequest& r) { r.model.backend.tableStorage = TableStorage::Int8; }},
    };
    return out;
}

// The error of a value; nothing where it is taken. Whatever is refused leaves the request as it was.
std::optional<Error> refusal(const char* name, const std::string& value) {
    OpenRequest request;
    request.checkpoint = "as before";
    const OpenRequest before = request;
    auto applied = applyOption(request, name, value);
    if (applied) return std::nullopt;
    if (!(request == before)) qFatal("%s changed the request", name);
    return applied.error();
}

}  // namespace

class TestOpenOptions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyRowIsTestedHere() {
        const auto options = openOptions();
        QCOMPARE(options.size(), kOptionValues.size());
        QCOMPARE(options.size(), changes().size());
        for (std::size_t i = 0; i < options.size(); ++i) {
            QCOMPARE(options[i].name, std::string(kOptionValues[i].name));
            QCOMPARE(openOption(options[i].name), &options[i]);
            QVERIFY2(!options[i].about.empty() && !options[i].about.ends_with('.'), options[i].name.c_str());
            QCOMPARE(options[i].argument.empty(), std::string(kOptionValues[i].good).empty());
        }
        QCOMPARE(openOption("nonsense"), nullptr);
    }

    void aGoodValueChangesItsFieldAndNoOther_data() {
        QTest::addColumn<int>("row");
        for (std::size_t i = 0; i < kOptionValues.size(); ++i)
            QTest::newRow(kOptionValues[i].name) << static_cast<int>(i);
    }
    void aGoodValueChangesItsFieldAndNoOther() {
        QFETCH(int, row);
        const OptionValues& values = kOptionValues[static_cast<std::size_t>(row)];
        OpenRequest request, wanted;
        const auto applied = applyOption(request, values.name, values.good);
        QVERIFY2(applied, applied ? "" : applied.error().text().c_str());
        QVERIFY(!(request == wanted));
        changes().at(values.name)(wanted);
        QVERIFY(request == wanted);
    }

    void whatARequestSaysIsTakenAsTheSame_data() { aGoodValueChangesItsFieldAndNoOther_data(); }
    void whatARequestSaysIsTakenAsTheSame() {
        QFETCH(int, row);
        const OptionValues& values = kOptionValues[static_cast<std::size_t>(row)];
        const OpenOption& option = *openOption(values.name);
        const bool ofThisRun = option.group == OptionGroup::Computing || option.name == "data" ||
                               option.name == "follow-links" || option.name == "no-cache";
        QCOMPARE(option.said == nullptr, ofThisRun);
        if (ofThisRun) return;
        OpenRequest request, again;
        QVERIFY(!option.said(request));
        QVERIFY(applyOption(request, values.name, values.good).has_value());
        const auto said = option.said(request);
        QVERIFY(said && applyOption(again, values.name, *said));
        QVERIFY(request == again);
    }

    // Another dataset is read as it means itself.
    void anotherDatasetIsReadAnew() {
        OpenRequest request, wanted;
        for (const char* name : {"split", "dictionary", "numerical", "id-shift", "profile"})
            for (const OptionValues& values : kOptionValues)
                if (std::string(values.name) == name) QVERIFY(applyOption(request, name, values.good).has_value());
        QVERIFY(applyOption(request, "data", "elsewhere").has_value());
        wanted.data.path = "elsewhere";
        QVERIFY(request == wanted);
    }

    void aBadValueIsNamedWithItsOptionAndWhatWasExpected_data() { aGoodValueChangesItsFieldAndNoOther_data(); }
    void aBadValueIsNamedWithItsOptionAndWhatWasExpected() {
        QFETCH(int, row);
        const OptionValues& values = kOptionValues[static_cast<std::size_t>(row)];
        for (const char* bad : {values.bad, *values.good == '\0' ? nullptr : ""}) {
            if (!bad) continue;
            const auto error = refusal(values.name, bad);
            QVERIFY(error);
            QCOMPARE(error->field, "--" + std::string(values.name));
            QVERIFY2(!error->expected.empty() && !error->found.empty() && !error->remedy.empty(),
                     error->text().c_str());
            if (*bad) QCOMPARE(error->found, std::string(bad));
        }
    }

    void codesTellWhatIsWrong() {
        const auto code = [](const char* name, const char* value) {
            const auto error = refusal(name, value);
            return error ? error->code : std::string();
        };
        QCOMPARE(code("threads", "many"), std::string("E-OPTION-002"));
        QCOMPARE(code("split", ""), std::string("E-OPTION-002"));
        QCOMPARE(code("nonsense", "1"), std::string("E-OPTION-003"));
        QCOMPARE(code("--threads", "1"), std::string("E-OPTION-003"));
        QCOMPARE(code("backend", "tpu"), std::string("E-BACKEND-002"));
        QCOMPARE(code("gpu-memory", "much"), std::string("E-BACKEND-003"));
        QCOMPARE(code("threads", "4096"), std::string());
        QCOMPARE(code("id-shift", "+3"), std::string());
        QCOMPARE(code("id-shift", "+-3"), std::string("E-OPTION-002"));
        QCOMPARE(code("table-order", " 2, 0 ,1 "), std::string());
        QCOMPARE(code("table-order", "2 0 1"), std::string("E-OPTION-002"));
        QCOMPARE(refusal("threads", "5000")->expected, std::string("a whole number from 0 to 4096"));
    }

    // Numbers of any length and bytes of any kind are refused like other values, and repeated only in part.
    void whatNobodyWouldTypeIsRefusedToo() {
        const std::string digits(100'000, '9'), commas(100'000, ','), zeros(1000, '\0');
        for (const OpenOption& option : openOptions()) {
            if (option.expected == kAnyText && option.name != "backend" && option.name != "gpu-memory") continue;
            for (const std::string& value :
                 {digits, commas, zeros, std::string("9223372036854775808"), std::string("-"), std::string("nan")}) {
                const auto error = refusal(option.name.c_str(), value);
                QVERIFY2(error, option.name.c_str());
                if (error->code == "E-OPTION-002") QVERIFY2(error->found.size() <= 100, option.name.c_str());
            }
        }
        QVERIFY(refusal(digits.c_str(), "1")->found.size() < 200);
    }

    void cardinalitiesMayStandInAFile() {
        const QTemporaryDir directory;
        const std::string list = directory.filePath(QStringLiteral("rows.txt")).toStdString();
        std::ofstream(list) << "1000\n7\n300\n";
        OpenRequest request;
        QVERIFY(applyOption(request, "cardinalities", list));
        QCOMPARE(request.model.cardinalities, (std::vector<std::int64_t>{1000, 7, 300}));
        std::ofstream(list) << "1000\nseven\n";
        const auto error = refusal("cardinalities", list);
        QVERIFY(error);
        QCOMPARE(error->code, std::string("E-CARD-001"));
        QCOMPARE(error->field, std::string("--cardinalities"));
        QCOMPARE(error->file, list);
        const auto gone = refusal("cardinalities", list + ".txt");
        QVERIFY(gone && gone->code == "E-FILE-001" && gone->file == list + ".txt");
    }
};

DLRM_TEST(TestOpenOptions);

}  // namespace tst_open_options

#include "tst_open_options.moc"
