// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/field_form.h"

#include <QEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QResizeEvent>
#include <QScrollBar>
#include <QSlider>
#include <QTimer>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/pages/parts.h"
#include "ui/pages/samples/editors.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/plain_text.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kSliderSteps = 1000;
constexpr int kColumnWidth = 256;  // narrowest comfortable editor: an id of 8 digits, a slider one can aim with
constexpr int kMostColumns = 8;
constexpr int kNameWidth = 58, kTokenWidth = 62, kMeaningWidth = 44, kSliderWidth = 48;
constexpr int kSweepWidth = 18;  // of the button that opens a sweep

constexpr int kFedDigits = 5;  // of a number that a slider stands for: a step is a thousandth of the range

// Of raw numbers the slider is logarithmic from the range's low end, as the values are; of fed ones it is linear.
int sliderPosition(double value, const NumericalRange& range) {
    const auto scaled = [&range](double x) { return range.fed ? x : std::log1p(x); };
    const double span = scaled(range.high - range.low);
    if (!(span > 0)) return 0;
    const double t = scaled(std::max(0.0, value - range.low)) / span;
    return static_cast<int>(std::lround(std::clamp(t, 0.0, 1.0) * kSliderSteps));
}

// The token that the slider stands for there.
QString sliderToken(int position, const NumericalRange& range) {
    const double t = static_cast<double>(position) / kSliderSteps, span = range.high - range.low;
    if (range.fed) return QStringLiteral("fed:") + QString::number(range.low + t * span, 'g', kFedDigits);
    return QString::number(static_cast<int>(std::lround(range.low + std::expm1(t * std::log1p(span)))));
}

QLabel* sectionTitle(QWidget* parent, const QString& name) {
    auto* label = new QLabel(parent);
    label->setObjectName(name);
    label->setProperty("muted", true);
    label->setFont(Theme::instance().font(font_size::caption, true));
    return label;
}

// A field's part of a row as it was read; empty: not there.
QString tokenOf(const std::vector<std::string>& tokens, std::size_t index) {
    return index < tokens.size() ? QString::fromUtf8(tokens[index]) : QString();
}

}  // namespace

SampleFieldForm::SampleFieldForm(QWidget* parent) : QScrollArea(parent) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    m_body = new QWidget;
    m_body->setProperty("transparent", true);
    m_grid = new QGridLayout(m_body);
    m_grid->setContentsMargins(space::m, space::s, space::m, space::m);
    m_grid->setHorizontalSpacing(space::l);
    m_grid->setVerticalSpacing(space::xs);
    m_numericalTitle = sectionTitle(m_body, QStringLiteral("numericalTitle"));
    m_categoricalTitle = sectionTitle(m_body, QStringLiteral("categoricalTitle"));
    setWidget(m_body);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        for (Field& field : m_fields) restyle(field);
    });
}

SampleFieldForm::Field& SampleFieldForm::makeField(const QString& name, bool numerical) {
    Field field;
    field.fullName = name;
    field.box = new QWidget(m_body);
    field.box->setProperty("transparent", true);
    QHBoxLayout* row = rowIn(field.box, space::s);
    field.edit = new FactEdit(field.box);
    field.edit->setFont(Theme::instance().monospace());
    field.edit->setAlignment(numerical ? Qt::AlignRight : Qt::AlignLeft);
    field.edit->setFixedWidth(kTokenWidth + (numerical ? 0 : space::xl + space::s));
    field.edit->setAccessibleName(name);
    field.edit->setAcceptDrops(false);  // lines that are dropped on it are the page's
    field.edit->setObjectName(QStringLiteral("field_") + name);
    field.edit->installEventFilter(this);
    field.name = plainLabel(field.box);
    field.name->setFixedWidth(kNameWidth);
    field.name->setText(withoutShortcut(field.name->fontMetrics().elidedText(name, Qt::ElideMiddle, kNameWidth)));
    field.name->setBuddy(field.edit);
    field.name->setToolTip(asToolTip(name));
    row->addWidget(field.name);
    row->addWidget(field.edit);
    if (numerical) {
        field.slider = new FocusSlider(field.box);
        field.slider->setRange(0, kSliderSteps);
        field.slider->setPageStep(kSliderSteps / 20);
        field.slider->setSingleStep(kSliderSteps / 100);
        field.slider->setEnabled(false);
        field.slider->setMinimumWidth(kSliderWidth);
        QSizePolicy policy = field.slider->sizePolicy();
        policy.setRetainSizeWhenHidden(true);
        field.slider->setSizePolicy(policy);
        field.slider->setAccessibleName(tr("%1, slider").arg(name));
        field.slider->installEventFilter(this);
        row->addWidget(field.slider, 1);
    }
    field.meaning = new QLabel(field.box);
    field.meaning->setProperty("muted", true);
    field.meaning->setFont(Theme::instance().monospace(font_size::caption));
    row->addWidget(field.meaning);
    if (numerical) {
        field.meaning->setFixedWidth(kMeaningWidth);
        field.meaning->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    } else {
        field.meaning->setProperty("link", true);
        field.meaning->installEventFilter(this);
        row->addStretch(1);
    }
    m_fields.push_back(field);
    return m_fields.back();
}

void SampleFieldForm::setFields(const QStringList& numericals, const QStringList& categoricals,
                                const std::vector<qint64>& tableRows) {
    QStringList names = numericals + categoricals;
    QStringList shown;
    for (const Field& field : m_fields) shown << field.fullName;
    if (shown != names || m_numericals != numericals.size()) {
        for (const Field& field : m_fields) delete field.box;
        m_fields.clear();
        m_numericals = static_cast<int>(numericals.size());
        m_fields.reserve(static_cast<std::size_t>(names.size()));
        for (const QString& name : numericals) makeField(name, true);
        for (const QString& name : categoricals) makeField(name, false);
        for (int i = 0; i < m_numericals; ++i) connectNumerical(i);
        for (int i = m_numericals; i < fieldCount(); ++i) connectCategorical(i, i - m_numericals);
        for (int i = 0; i < fieldCount(); ++i) addSweep(i);
        m_columns = 0;
        relayout();
    }
    for (std::size_t i = 0; i < tableRows.size() && m_numericals + static_cast<int>(i) < fieldCount(); ++i)
        m_fields[static_cast<std::size_t>(m_numericals) + i].tableRows = tableRows[i];
}

void SampleFieldForm::setKnown(const QString& fedAs, bool values) {
    m_rawKnown = !fedAs.isEmpty();
    m_numericalTitle->setText((m_rawKnown ? tr("NUMERICAL · %1 · raw value, %2").arg(m_numericals).arg(fedAs)
                                          : tr("NUMERICAL · %1 · raw value not known, as stored").arg(m_numericals)));
    m_categoricalTitle->setText(
        (values ? tr("CATEGORICAL · %1 · hex or id:N → row") : tr("CATEGORICAL · %1 · id:N → row"))
            .arg(fieldCount() - m_numericals));
}

void SampleFieldForm::connectNumerical(int index) {
    const Field& field = m_fields[static_cast<std::size_t>(index)];
    FactEdit* const edit = field.edit;
    const auto send = [this, index, edit] { Q_EMIT numericalEdited(index, edit->text().trimmed(), m_gesture); };
    // The beginning of "fed:" is not an error yet: it is taken as what it is on Enter or leaving the editor.
    connect(edit, &QLineEdit::textEdited, this, [this, index, send](const QString& text) {
        const QString token = text.trimmed();
        if (!token.isEmpty() && QStringLiteral("fed:-").startsWith(token)) showHalfTyped(index);
        else send();
    });
    connect(edit, &QLineEdit::editingFinished, this, [this, index, send] {
        if (m_fields[static_cast<std::size_t>(index)].halfTyped) send();
        ++m_gesture;
    });
    connect(field.slider, &QSlider::sliderPressed, this, [this] { ++m_gesture; });
    connect(field.slider, &QSlider::valueChanged, this, [this, index](int position) {
        if (m_showing) return;
        const Field& moved = m_fields[static_cast<std::size_t>(index)];
        Q_EMIT numericalEdited(index, sliderToken(position, moved.range), m_gesture);
    });
}

void SampleFieldForm::connectCategorical(int field, int index) {
    FactEdit* edit = m_fields[static_cast<std::size_t>(field)].edit;
    const auto send = [this, index, edit] { Q_EMIT categoricalEdited(index, edit->text().trimmed(), m_gesture); };
    // A token half typed is not an error yet: it is taken when complete, or on Enter or leaving the editor.
    connect(edit, &QLineEdit::textEdited, this, [this, send, field](const QString& text) {
        const QString token = text.trimmed();
        if (token == QStringLiteral("id:")) return;
        if (token.isEmpty() || token.size() == 8 || token.startsWith(QStringLiteral("id:"))) send();
        else showHalfTyped(field);
    });
    connect(edit, &QLineEdit::editingFinished, this, [this, send, edit] {
        if (!m_showing && edit->isModified()) send();
        ++m_gesture;
    });
}

// Beside the field, and in its context menu: the keyboard gets there by the menu key, and by the palette.
void SampleFieldForm::addSweep(int index) {
    Field& field = m_fields[static_cast<std::size_t>(index)];
    const bool numerical = field.slider != nullptr;
    field.sweep = new QToolButton(field.box);
    field.sweep->setObjectName(QStringLiteral("sweep_") + field.fullName);
    field.sweep->setIcon(themeIcon(QStringLiteral("sweep")));
    field.sweep->setAutoRaise(true);
    field.sweep->setFixedWidth(kSweepWidth);
    field.sweep->setFocusPolicy(Qt::NoFocus);
    field.sweep->setAccessibleName(tr("Sweep %1").arg(field.fullName));
    field.sweep->setToolTip(
        asToolTip(numerical ? tr("What the prediction would be with other values of %1").arg(field.fullName)
                            : tr("What the prediction would be with every id of %1").arg(field.fullName)));
    connect(field.sweep, &QToolButton::clicked, this, [this, index] { Q_EMIT sweepRequested(index); });
    field.box->layout()->addWidget(field.sweep);
    field.edit->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(field.edit, &QWidget::customContextMenuRequested, this, [this, index](const QPoint& at) {
        const Field& asked = m_fields[static_cast<std::size_t>(index)];
        QMenu* menu = asked.edit->createStandardContextMenu();
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addSeparator();
        menu->addAction(withoutShortcut(tr("Sweep %1").arg(asked.fullName)), this,
                        [this, index] { Q_EMIT sweepRequested(index); });
        menu->popup(asked.edit->mapToGlobal(at));
    });
}

void SampleFieldForm::setPanel(int field, QWidget* panel) {
    if (m_panel) {
        m_grid->removeWidget(m_panel);
        m_panel->hide();
    }
    m_panel = panel;
    m_panelField = field;
    m_columns = 0;
    relayout();
    if (!panel) return;
    panel->show();
    revealPanel();
}

void SampleFieldForm::revealPanel() {
    QTimer::singleShot(0, m_panel, [this] { scrollToPanel(); });  // once all is laid out
}

// Its field stands above it; of a panel that is higher than the form the top is in view.
void SampleFieldForm::scrollToPanel() {
    if (!m_panel) return;
    const int top = m_panelField < 0 ? m_panel->y() : m_fields[static_cast<std::size_t>(m_panelField)].box->y(),
              bottom = m_panel->geometry().bottom(), seen = verticalScrollBar()->value();
    if (top < seen || bottom > seen + viewport()->height()) verticalScrollBar()->setValue(top - space::s);
}

void SampleFieldForm::showHalfTyped(int field) {
    setFieldError(field, {});
    Field& typed = m_fields[static_cast<std::size_t>(field)];
    typed.halfTyped = true;
    restyle(typed);
}

void SampleFieldForm::setRange(int numerical, const NumericalRange& range) {
    if (numerical < 0 || numerical >= m_numericals) return;
    Field& field = m_fields[static_cast<std::size_t>(numerical)];
    field.range = range;
    const bool wide = range.known && range.high > range.low;
    const auto number = [&range](double value) {
        return range.fed ? tr("fed %1").arg(formatNumber(value, kFedDigits)) : formatCount(static_cast<qint64>(value));
    };
    field.slider->setToolTip(wide ? tr("%1 … %2 in the rows loaded so far").arg(number(range.low), number(range.high))
                             : range.known ? tr("%1 in every row loaded so far").arg(number(range.low))
                                           : tr("No range: no row with this value is loaded"));
    placeSlider(field);
}

// Where the row's value lies in the range; no edit. A number that is known only as it is fed has no place among raw
// ones: there is no slider then.
void SampleFieldForm::placeSlider(const Field& field) {
    const NumericalRange& range = field.range;
    const bool hasPlace = range.fed || field.raw || field.fed == 0;
    field.slider->setVisible(hasPlace);
    field.slider->setEnabled(range.known && range.high > range.low && hasPlace);
    if (field.slider->isSliderDown()) return;
    const std::optional<double> value = range.fed ? std::optional(field.fed) : field.raw;
    const QSignalBlocker quiet(field.slider);
    field.slider->setValue(value && range.known ? sliderPosition(*value, range) : 0);
}

void SampleFieldForm::showNumerical(Field& field, const EditableRow& row, std::size_t index) {
    const QString token = tokenOf(row.raw.numerical, index);
    const double value = index < row.input.numerical.size() ? static_cast<double>(row.input.numerical[index]) : 0;
    const bool tokensKnown = !token.isEmpty() || (value == 0 && m_rawKnown);  // else a stored 0 is a number like others
    if (!field.refused && !(field.edit->hasFocus() && field.edit->text().trimmed() == token))
        field.edit->setText(token);
    // Of what is too long for its field the end is cut: without its prefix it would pass for a raw number.
    const bool isFed = token.startsWith(QStringLiteral("fed:"));
    field.edit->setAlignment(isFed ? Qt::AlignLeft : Qt::AlignRight);
    if (isFed && !field.edit->hasFocus()) field.edit->setCursorPosition(0);
    field.edit->setFact(tokensKnown ? tr("none") : tr("raw?"));
    field.edit->setModified(false);
    field.meant = formatFixed(value, 3);
    field.halfTyped = false;
    bool isNumber = false;
    const int raw = token.toInt(&isNumber);
    field.raw = isNumber ? std::optional<double>(raw) : std::nullopt;
    field.fed = value;
    placeSlider(field);
    field.tip = tokensKnown  ? tr("%1: the model is fed %2")
                : m_rawKnown ? tr("%1: only what the model is fed is known, %2; type a raw value, or fed:NUMBER, to "
                                  "change it")
                             : tr("%1: fed as it is stored, %2; its raw value is not known; type fed:NUMBER to "
                                  "change it");
    field.tip = field.tip.arg(field.fullName, formatNumber(value, 6));
    if (index < row.asMissing.size() && row.asMissing[index]) field.tip += tr(", as for a missing number");
}

void SampleFieldForm::showCategorical(Field& field, const EditableRow& row, std::size_t index) {
    const QString hex = tokenOf(row.raw.categorical, index);
    const qint64 id = index < row.input.ids.size() ? row.input.ids[index] : 0;
    const bool unknown = index < row.unknown.size() && row.unknown[index];
    const bool onlyId0 = index < row.onlyId0.size() && row.onlyId0[index];
    const QString token = hex.isEmpty() && (id != 0 || onlyId0) ? QStringLiteral("id:%1").arg(id) : hex;
    const QString typed = field.edit->text().trimmed();
    const bool sameMeaning = typed == token || typed == QStringLiteral("id:%1").arg(id);
    if (!field.refused && !(field.edit->hasFocus() && sameMeaning)) field.edit->setText(token);
    field.edit->setFact(tr("missing"));
    field.edit->setModified(false);
    field.meant = unknown ? tr("unknown") : QStringLiteral("→ ") + formatCount(id);
    field.halfTyped = false;
    field.meaning->setProperty("unknown", unknown);
    field.id = id;
    field.tip =
        unknown ? tr("%1: %2 is not in the dictionary; the model is fed row 0").arg(field.fullName, hex)
                : tr("%1: row %2%3")
                      .arg(field.fullName, formatCount(id),
                           field.tableRows > 0 ? tr(" of %1; ids are frequency ranks").arg(formatCount(field.tableRows))
                                               : QString());
    if (onlyId0) field.tip += tr("; row 0 stands for missing, rare and unknown values");
    else if (id == 0 && hex.isEmpty()) field.tip += tr("; the value is missing");
    field.tip += QLatin1Char('\n') + tr("Click the number to see this row in its table");
}

void SampleFieldForm::setRow(const EditableRow& row, const EditableRow* reference, const QString& referenceName) {
    m_showing = true;
    for (int i = 0; i < fieldCount(); ++i) {
        Field& field = m_fields[static_cast<std::size_t>(i)];
        const bool numerical = i < m_numericals;
        const auto index = static_cast<std::size_t>(numerical ? i : i - m_numericals);
        if (numerical) showNumerical(field, row, index);
        else showCategorical(field, row, index);
        field.changed = false;
        if (reference) {
            QString before = tokenOf(numerical ? reference->raw.numerical : reference->raw.categorical, index);
            if (numerical && index < reference->input.numerical.size() && index < row.input.numerical.size()) {
                field.changed = reference->input.numerical[index] != row.input.numerical[index];
                if (before.isEmpty()) before = formatNumber(static_cast<double>(reference->input.numerical[index]));
            } else if (!numerical && index < reference->input.ids.size() && index < row.input.ids.size()) {
                field.changed = reference->input.ids[index] != row.input.ids[index];
                before += tr(" (row %1)").arg(formatCount(reference->input.ids[index]));
            }
            if (field.changed) field.tip += QStringLiteral("\n") + tr("%1: %2").arg(referenceName, before.trimmed());
        }
        restyle(field);
    }
    m_showing = false;
}

void SampleFieldForm::clearRow() {
    m_showing = true;
    for (Field& field : m_fields) {
        field.edit->clear();
        field.edit->setFact({});  // nothing is known of it, also not that it is missing
        field.edit->setModified(false);
        field.meant.clear();
        field.meaning->setProperty("unknown", false);
        field.raw.reset();
        field.fed = 0;
        if (field.slider) placeSlider(field);
        field.id = -1;
        field.changed = field.refused = field.marked = field.halfTyped = false;
        field.tip.clear();
        restyle(field);
    }
    m_showing = false;
}

void SampleFieldForm::setFieldError(int field, const QString& reason) {
    if (field < 0 || field >= fieldCount()) return;
    Field& f = m_fields[static_cast<std::size_t>(field)];
    if (!f.refused && !f.halfTyped && reason.isEmpty()) return;
    f.halfTyped = false;
    f.refused = !reason.isEmpty();
    f.refusal = reason;
    restyle(f);
}

std::vector<std::pair<int, QString>> SampleFieldForm::refusals() const {
    std::vector<std::pair<int, QString>> out;
    for (int i = 0; i < fieldCount(); ++i)
        if (const Field& f = m_fields[static_cast<std::size_t>(i)]; f.refused) out.emplace_back(i, f.refusal);
    return out;
}

void SampleFieldForm::clearErrors() {
    for (int i = 0; i < fieldCount(); ++i) setFieldError(i, {});
}

void SampleFieldForm::tabAfter(QWidget* before) {
    for (const Field& field : m_fields) {
        setTabOrder(before, field.edit);
        before = field.edit;
        if (!field.slider) continue;
        setTabOrder(field.edit, field.slider);
        before = field.slider;
    }
}

void SampleFieldForm::markFields(const std::vector<int>& fields) {
    for (int i = 0; i < fieldCount(); ++i) {
        Field& field = m_fields[static_cast<std::size_t>(i)];
        const bool marked = std::find(fields.begin(), fields.end(), i) != fields.end();
        if (marked != field.marked) {
            field.marked = marked;
            restyle(field);
        }
    }
    if (!fields.empty() && fields.front() < fieldCount())
        ensureWidgetVisible(m_fields[static_cast<std::size_t>(fields.front())].box, 0, space::xl);
}

void SampleFieldForm::restyle(Field& field) {
    const ThemeColors& colors = Theme::instance().colors();
    const QString border = field.refused ? colors.fail.name() : field.changed ? colors.accent.name() : QString();
    const QString sheet =
        border.isEmpty() ? QString() : QStringLiteral("QLineEdit { border: 1px solid %1; }").arg(border);
    if (field.edit->styleSheet() != sheet) field.edit->setStyleSheet(sheet);
    field.edit->setToolTip(asToolTip(field.refused ? field.refusal : field.tip));

    QPalette name = palette();
    name.setColor(QPalette::WindowText, field.changed || field.marked ? colors.accent : colors.text);
    field.name->setPalette(name);
    QFont font = Theme::instance().font(font_size::body, field.changed || field.marked);
    if (field.name->font() != font) {
        field.name->setFont(font);
        field.name->setText(
            withoutShortcut(QFontMetrics(font).elidedText(field.fullName, Qt::ElideMiddle, kNameWidth)));
    }
    showMeaning(field);
}

void SampleFieldForm::showUntrained(std::function<bool(int table, qint64 id)> isUntrained) {
    m_isUntrained = std::move(isUntrained);
    for (const Field& field : m_fields) showMeaning(field);
}

bool SampleFieldForm::isUntrained(const Field& field) const {
    const auto table = static_cast<int>(&field - m_fields.data()) - m_numericals;
    return table >= 0 && field.id >= 0 && m_isUntrained && m_isUntrained(table, field.id);
}

// What the text in the editor means: of a text that is not in force, that nothing is looked up, and why.
void SampleFieldForm::showMeaning(const Field& field) {
    const ThemeColors& colors = Theme::instance().colors();
    const bool category = !field.slider;
    const bool inForce = !field.refused && !field.halfTyped;
    const bool unknown = inForce && field.meaning->property("unknown").toBool();
    const QString refused = category ? tr("no row") : QStringLiteral("–");
    const bool untrained = inForce && isUntrained(field);
    const QString tip = untrained
                            ? field.tip + QLatin1Char('\n') + tr("○: the row was never trained, its values are random")
                            : field.tip;
    field.meaning->setText(inForce         ? field.meant + (untrained ? QStringLiteral(" ○") : QString())
                           : field.refused ? refused
                                           : QStringLiteral("…"));
    field.meaning->setToolTip(asToolTip(inForce          ? tip
                                        : !field.refused ? tr("Taken once the value is complete, or on Enter")
                                                         : tr("Nothing is looked up: %1").arg(field.refusal)));
    QString sheet;
    if (field.refused) sheet = colors.fail.name();
    else if (unknown) sheet = colors.warn.name();
    else if (inForce && category) sheet = colors.accent.name();
    if (!sheet.isEmpty()) sheet = QStringLiteral("QLabel { color: %1; }").arg(sheet);
    if (field.meaning->styleSheet() != sheet) field.meaning->setStyleSheet(sheet);
    if (category) field.meaning->setCursor(inForce ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

QLineEdit* SampleFieldForm::editor(int field) const {
    return field >= 0 && field < fieldCount() ? m_fields[static_cast<std::size_t>(field)].edit : nullptr;
}

QSlider* SampleFieldForm::slider(int numerical) const {
    return numerical >= 0 && numerical < m_numericals ? m_fields[static_cast<std::size_t>(numerical)].slider : nullptr;
}

int SampleFieldForm::columnsFor(int width) const {
    return std::clamp((width - 2 * space::m + space::l) / (kColumnWidth + space::l), 1, kMostColumns);
}

int SampleFieldForm::heightFor(int width) const {
    if (m_fields.empty()) return 0;
    const int columns = columnsFor(width);
    const auto lines = [columns](int count) { return (count + columns - 1) / columns; };
    const int line = m_fields.front().box->sizeHint().height() + space::xs,
              title = m_numericalTitle->sizeHint().height() + space::xs;
    return (lines(m_numericals) + lines(fieldCount() - m_numericals)) * line + 2 * title + 2 * space::s + 2 * space::m +
           space::l + (m_panel ? m_panel->height() + space::xs : 0);
}

void SampleFieldForm::relayout() {
    const int columns = columnsFor(viewport()->width());
    if (columns == m_columns) return;
    const int before = m_grid->columnCount();
    m_columns = columns;
    takeWidgets(*m_grid);
    for (int r = 0; r < m_grid->rowCount(); ++r) {
        m_grid->setRowMinimumHeight(r, 0);
        m_grid->setRowStretch(r, 0);
    }
    for (int c = 0; c < std::max(before, columns); ++c) m_grid->setColumnStretch(c, c < columns ? 1 : 0);

    int row = 0;
    if (m_panel && m_panelField < 0) m_grid->addWidget(m_panel, row++, 0, 1, columns);
    // Column by column, as one reads a list; no column is more than one field longer than another.
    const auto place = [&](int first, int count) {
        int column = 0, line = 0, panelAfter = -1;  // the line that the panel stands under
        std::vector<std::pair<int, int>> places;
        for (int i = 0; i < count; ++i) {
            places.emplace_back(line, column);
            if (m_panel && first + i == m_panelField) panelAfter = line;
            if (++line < count / columns + (column < count % columns ? 1 : 0)) continue;
            line = 0;
            ++column;
        }
        for (int i = 0; i < count; ++i) {
            const auto [lineOf, columnOf] = places[static_cast<std::size_t>(i)];
            Field& field = m_fields[static_cast<std::size_t>(first + i)];
            m_grid->addWidget(field.box, row + lineOf + (panelAfter >= 0 && lineOf > panelAfter ? 1 : 0), columnOf);
            field.box->show();
        }
        if (panelAfter >= 0) m_grid->addWidget(m_panel, row + panelAfter + 1, 0, 1, columns);
        row += (count + columns - 1) / columns + (panelAfter >= 0 ? 1 : 0);
    };
    m_grid->addWidget(m_numericalTitle, row++, 0, 1, columns);
    place(0, m_numericals);
    m_grid->setRowMinimumHeight(row++, space::s);
    m_grid->addWidget(m_categoricalTitle, row++, 0, 1, columns);
    place(m_numericals, fieldCount() - m_numericals);
    m_grid->setRowStretch(row, 1);
}

void SampleFieldForm::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    relayout();
}

bool SampleFieldForm::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn) ++m_gesture;
    if (event->type() == QEvent::MouseButtonRelease && qobject_cast<QLabel*>(watched)) {
        for (int i = m_numericals; i < fieldCount(); ++i)
            if (const Field& field = m_fields[static_cast<std::size_t>(i)];
                field.meaning == watched && field.id >= 0 && !field.refused && !field.halfTyped)
                Q_EMIT rowRequested(i - m_numericals, field.id);
        return true;
    }
    // Undo and redo are those of the row, not of the text in one editor.
    if (qobject_cast<QLineEdit*>(watched) &&
        (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress)) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore();
            return true;
        }
        // Escape takes back what is not in force: a refused or half typed text. Else it is the window's.
        const auto field =
            std::find_if(m_fields.begin(), m_fields.end(), [&](const Field& f) { return f.edit == watched; });
        if (key->key() == Qt::Key_Escape && field != m_fields.end() && (field->refused || field->edit->isModified())) {
            event->accept();
            if (event->type() == QEvent::KeyPress) Q_EMIT restoreRequested(static_cast<int>(field - m_fields.begin()));
            return true;
        }
    }
    // The wheel scrolls the form; it must not change a value by accident.
    if (event->type() == QEvent::Wheel && qobject_cast<QSlider*>(watched)) {
        event->ignore();
        return true;
    }
    return QScrollArea::eventFilter(watched, event);
}

}  // namespace dlrm::ui
