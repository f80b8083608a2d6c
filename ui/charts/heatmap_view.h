// SPDX-License-Identifier: GPL-3.0-or-later
// A square heatmap of a matrix inside QtCharts (QImage overlay, category axes, colour bar), with hover and cell
// selection.
#pragma once

#include <QStringList>
#include <QWidget>

#include <functional>
#include <memory>
#include <vector>

namespace dlrm::ui {

class ChartView;

// Never higher than its width can fill with square cells.
class HeatmapView : public QWidget {
    Q_OBJECT
public:
    explicit HeatmapView(const QString& title, QWidget* parent = nullptr);
    ~HeatmapView() override;

    enum class Scale { Diverging, Sequential };
    // values: (labels.size(), labels.size()) row-major. NaN cells are drawn as missing.
    void setMatrix(std::vector<float> values, const QStringList& labels, Scale scale = Scale::Diverging);
    void clear();
    // While held, the colours keep the range they have: matrices of the same names can be compared.
    // Larger values get the strongest colour.
    void holdScale(bool hold);
    // Marks a cell as a click would, without the signal; outside the matrix: none.
    void mark(int row, int column);
    // The read-out under the map ("C3 × C17: 0.412"); the default names row, column and value.
    void setHoverText(std::function<QString(int row, int column, float value)> text);
    ChartView* chart() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

Q_SIGNALS:
    void cellClicked(int row, int column);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm::ui
