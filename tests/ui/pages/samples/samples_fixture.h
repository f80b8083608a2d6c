// SPDX-License-Identifier: Apache-2.0
// The Samples page with the bundled demo, and the engine asked directly, for tests that click through it.
#pragma once

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSlider>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "tests/support/npy_values.h"
#include "tests/ui/pages/page_fixture.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/models/row_view.h"
#include "ui/pages/samples/activations.h"
#include "ui/pages/samples/field_form.h"
#include "ui/pages/samples/page.h"
#include "ui/pages/samples/paste_box.h"
#include "ui/session/desks/sample_desk.h"
#include "ui/widgets/empty_state.h"

namespace dlrm::ui {

inline constexpr int kWait = 20000;
// Figures are shown with four decimals.
inline constexpr double kShownTolerance = 0.5e-4 + 1e-9;
inline constexpr int kNumericals = 13;

inline QString rawLine(int line) {
    QFile file(test::demoPath("raw_rows.tsv"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QByteArray text;
    for (int i = 0; i <= line; ++i) text = file.readLine();
    return QString::fromUtf8(text).remove(QLatin1Char('\n'));
}

class SamplesFixture : public QObject {
protected:
    Session* m_session = nullptr;
    SamplesPage* m_page = nullptr;
    std::shared_ptr<Engine> m_engine;

    template <class T>
    T* find(const char* name) const {
        return m_page->findChild<T*>(QString::fromLatin1(name));
    }
    QString labelText(const char* name) const { return find<QLabel>(name)->text(); }
    double shownProbability() const { return labelText("probability").toDouble(); }
    SampleFieldForm* form() const { return find<SampleFieldForm>("fieldForm"); }
    SamplePasteBox* box() const { return find<SamplePasteBox>("pasteBox"); }
    RowView* rows() const { return find<RowView>("sampleRows"); }

    double engineProbability(const InputRow& input) const {
        const auto explanation = m_engine->explain(input);
        return explanation ? explanation->probability : -1;
    }
    void type(int field, const char* text) {
        QLineEdit* edit = form()->editor(field);
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, QString::fromLatin1(text));
    }
    void applyReading(const Hypothesis& h) {
        QSignalSpy opened(m_session, &Session::datasetOpened);
        m_session->applyReading(h);
        QVERIFY(opened.wait(kWait));
        const auto* source = m_page->findChild<SampleRows*>();
        QTRY_VERIFY_WITH_TIMEOUT(source->source(0) && m_page->isSettled(), kWait);
    }
    void openWithoutDictionary() {
        QVERIFY(test::openDataset(*m_session, QString()));
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
    }
    void drop(const QMimeData& data) {
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_page, &enter);
        QDropEvent event(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_page, &event);
    }
    // What the model is fed when the shown row is read back from its editors.
    InputRow shownInput() const {
        EditableRow row;
        row.input.numerical.resize(kNumericals);
        row.input.ids.resize(26);
        row.raw.numerical.resize(kNumericals);
        row.raw.categorical.resize(26);
        row.unknown.resize(26);
        for (int i = 0; i < form()->fieldCount(); ++i) {
            const QString token = form()->editor(i)->text();
            const auto changed = i < kNumericals ? m_session->samples().withNumerical(row, i, token)
                                                 : m_session->samples().withCategorical(row, i - kNumericals, token);
            if (changed) row = *changed;
        }
        return row.input;
    }

    void openEngine() {
        Theme::instance().apply(ThemeMode::Dark);
        auto backend = chooseBackend({"cpu", Precision::Fp32, 0});
        QVERIFY(backend);
        EngineOptions options;
        options.backend = *backend;
        auto engine = Engine::open(test::demoPath("checkpoint").toStdString(), options);
        QVERIFY2(engine, engine ? "" : engine.error().text().c_str());
        m_engine = *engine;
    }

    void openPage() {
        test::failOnAnyWarning();
        m_session = new Session;
        QVERIFY(test::openModel(*m_session));
        QVERIFY(test::openDataset(*m_session));
        m_page = new SamplesPage(*m_session);
        m_page->resize(1200, 860);
        m_page->show();
        m_page->activateWindow();  // editors keep what is typed only while they have the focus; without a window
                                   // manager nobody else gives it
        QVERIFY(QTest::qWaitForWindowActive(m_page));
        QTRY_VERIFY_WITH_TIMEOUT(m_page->isSettled(), kWait);
    }

    void closePage() {
        delete m_page;
        delete m_session;
    }
};

}  // namespace dlrm::ui
