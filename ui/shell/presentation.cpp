// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/presentation.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "ui/session/window_error.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kWidest = 1500;                     // of the text: longer lines are hard to read
constexpr int kMarginShare = 24, kGapShare = 36;  // parts of the window's width, height
constexpr int kBarWidth = 260, kBarHeight = 26;
constexpr int kFigureShare = 9;  // the number is at most this part of the height

QLabel* presentedLabel(QWidget* parent, const char* name, int points, bool bold = false) {
    auto* label = new QLabel(parent);
    label->setObjectName(QLatin1String(name));
    label->setTextFormat(Qt::PlainText);
    label->setFont(Theme::instance().font(points, bold));
    label->setWordWrap(true);
    return label;
}

// To the right for a click, to the left against one; the longest fills its side.
class ReasonBar : public QWidget {
public:
    ReasonBar(double share, QWidget* parent) : QWidget(parent), m_share(share) {
        setFixedSize(kBarWidth, kBarHeight);
        setAccessibleName(share > 0 ? Presentation::tr("for a click") : Presentation::tr("against a click"));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const ThemeColors& colors = Theme::instance().colors();
        QPainter painter(this);
        const double middle = width() / 2.0, length = m_share * middle;
        painter.fillRect(QRectF(std::min(middle, middle + length), 0, std::fabs(length), height()),
                         m_share > 0 ? colors.clicked : colors.notClicked);
        painter.fillRect(QRectF(middle - 1, 0, 2, height()), colors.line);
    }

private:
    double m_share;
};

}  // namespace

QString chanceText(double probability) {
    const int decimals = probability >= 0.01 || probability <= 0 ? 1 : probability >= 0.001 ? 2 : 3;
    return QStringLiteral("%1 %").arg(100 * probability, 0, 'f', decimals);
}

int Presentation::count(const ScenarioDesk& desk) {
    return static_cast<int>(
        std::count_if(desk.scenarios().begin(), desk.scenarios().end(),
                      [&desk](const Scenario& scenario) { return desk.rowsOf(scenario).has_value(); }));
}

Presentation::Presentation(Session& session, int index, QWidget* parent)
    : QWidget(parent, Qt::Window), m_session(session) {
    setObjectName(QStringLiteral("presentation"));
    setWindowTitle(tr("Present"));
    setAutoFillBackground(true);
    const ScenarioDesk& desk = session.scenarios();
    for (int i = 0; i < static_cast<int>(desk.scenarios().size()); ++i)
        if (desk.rowsOf(desk.scenarios()[static_cast<std::size_t>(i)])) m_fitting << i;
    m_at = std::lower_bound(m_fitting.begin(), m_fitting.end(), index) - m_fitting.begin();
    if (m_at == m_fitting.size()) m_at = 0;

    auto* content = new QWidget;
    m_title = presentedLabel(content, "presentedTitle", font_size::presentedTitle, true);
    m_note = presentedLabel(content, "presentedNote", font_size::presented);
    m_figure = presentedLabel(content, "presentedFigure", font_size::presentedFigure, true);
    m_before = presentedLabel(content, "presentedBefore", font_size::presented);
    m_changesTitle = presentedLabel(content, "presentedChangesTitle", font_size::presented, true);
    m_reasonsTitle = presentedLabel(content, "presentedReasonsTitle", font_size::presented, true);
    m_place = presentedLabel(content, "presentedPlace", font_size::presented);
    m_changesTitle->setText(tr("What was changed"));
    m_reasonsTitle->setText(tr("Why"));
    m_changes = new QVBoxLayout;
    m_reasons = new QVBoxLayout;
    auto* column = new QVBoxLayout(content);
    column->setObjectName(QStringLiteral("presentedColumn"));
    column->addWidget(m_title);
    column->addWidget(m_note);
    column->addStretch(1);
    column->addWidget(m_figure);
    column->addWidget(m_before);
    column->addStretch(1);
    column->addWidget(m_changesTitle);
    column->addLayout(m_changes);
    column->addStretch(1);
    column->addWidget(m_reasonsTitle);
    column->addLayout(m_reasons);
    column->addStretch(2);
    column->addWidget(m_place);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(content);
    scroll->setFocusPolicy(Qt::NoFocus);  // the arrows lead from scenario to scenario
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSizeConstraint(QLayout::SetNoConstraint);  // as large as the screen
    all->addWidget(scroll);

    connect(&session.scenarios(), &ScenarioDesk::predicted, this,
            [this](const ScenarioResultPtr& result, quint64 token) {
                if (token == m_token) tell(*result);
            });
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::PredictScenario && m_waiting) say(sentences(error));
    });
    // What is open, or what is kept, is other than what is shown.
    connect(&session.scenarios(), &ScenarioDesk::changed, this, &QWidget::close);
    connect(&Theme::instance(), &Theme::changed, this, &Presentation::restyle);
    restyle();
    head();
    ask();
}

void Presentation::restyle() {
    const ThemeColors& colors = Theme::instance().colors();
    const auto color = [](QLabel* label, const QColor& c) {
        label->setStyleSheet(QStringLiteral("QLabel { color: %1; }").arg(c.name()));
    };
    color(m_figure, colors.accent);
    for (QLabel* label : {m_note, m_before, m_place}) color(label, colors.muted);
}

void Presentation::ask() {
    m_waiting = true;
    m_session.scenarios().predict(m_session.scenarios().scenarios()[static_cast<std::size_t>(index())], ++m_token);
}

void Presentation::head() {
    const Scenario& scenario = m_session.scenarios().scenarios()[static_cast<std::size_t>(index())];
    m_title->setText(QString::fromStdString(scenario.name));
    m_note->setText(QString::fromStdString(scenario.note));
    m_note->setVisible(!scenario.note.empty());
    m_place->setText(tr("%1 of %2").arg(m_at + 1).arg(m_fitting.size()));
}

void Presentation::step(int by) {
    const qsizetype to = std::clamp<qsizetype>(m_at + by, 0, m_fitting.size() - 1);
    if (to == m_at) return;
    m_at = to;
    ask();
}

// In place of what stood there.
void Presentation::fill(QVBoxLayout* column, const QList<QWidget*>& widgets) {
    while (QLayoutItem* item = column->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    for (QWidget* widget : widgets) column->addWidget(widget);
}

void Presentation::tell(const ScenarioResult& result) {
    m_waiting = false;
    head();
    m_figure->setText(chanceText(result.probability));
    m_figure->setAccessibleName(tr("chance of a click %1").arg(m_figure->text()));
    const bool edited = !result.edits.empty();
    m_before->setText(
        edited ? tr("is the chance of a click. Before the change it was %1.").arg(chanceText(result.probabilityBefore))
               : tr("is the chance of a click."));
    QWidget* content = m_title->parentWidget();
    QList<QWidget*> changes, reasons;
    for (const ScenarioEdit& edit : result.edits) {
        QLabel* label = presentedLabel(content, "presentedChange", font_size::presented);
        label->setText(QString::fromStdString(edit.sentence));
        changes << label;
    }
    const double most = result.reasons.empty() ? 1 : std::fabs(result.reasons.front().adds);
    for (const Reason& reason : result.reasons) {
        auto* line = new QWidget(content);
        auto* row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(space::xl);
        row->addWidget(new ReasonBar(reason.adds / most, line));
        QLabel* label = presentedLabel(line, "presentedReason", font_size::presented);
        label->setText(QString::fromStdString(reason.sentence));
        row->addWidget(label, 1);
        reasons << line;
    }
    m_changesTitle->setVisible(edited);
    m_reasonsTitle->setVisible(!reasons.isEmpty());
    fill(m_changes, changes);
    fill(m_reasons, reasons);
    fit();
}

void Presentation::say(const QString& sentence) {
    m_waiting = false;
    head();
    m_figure->setText(QStringLiteral("–"));
    m_before->setText(sentence);
    m_changesTitle->hide();
    m_reasonsTitle->hide();
    fill(m_changes, {});
    fill(m_reasons, {});
    fit();
}

void Presentation::fit() {
    QWidget* content = m_title->parentWidget();
    content->setMinimumHeight(content->layout()->totalHeightForWidth(width()));
}

void Presentation::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    QWidget* content = m_title->parentWidget();
    const int side = std::max(width() / kMarginShare, (width() - kWidest) / 2), gap = height() / kGapShare;
    content->layout()->setContentsMargins(side, gap, side, gap);
    QFont font = Theme::instance().font(font_size::presentedFigure, true);
    // In points as all others: a pixel is as large on the screen whatever its size is.
    const int fits = static_cast<int>(height() / kFigureShare * 72.0 / logicalDpiY());
    font.setPointSize(std::clamp(fits, font_size::presentedTitle, font_size::presentedFigure));
    m_figure->setFont(font);
    fit();
}

void Presentation::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Right:
        case Qt::Key_Down:
        case Qt::Key_Space:
        case Qt::Key_PageDown:
            return step(1);
        case Qt::Key_Left:
        case Qt::Key_Up:
        case Qt::Key_PageUp:
        case Qt::Key_Backspace:
            return step(-1);
        case Qt::Key_Home:
            return step(static_cast<int>(-m_fitting.size()));
        case Qt::Key_End:
            return step(static_cast<int>(m_fitting.size()));
        case Qt::Key_Escape:
        case Qt::Key_F5:
            close();
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace dlrm::ui
