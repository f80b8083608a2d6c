// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/glossary.h"

#include <QCoreApplication>
#include <QMouseEvent>

#include <algorithm>
#include <array>
#include <utility>

namespace dlrm::ui {
namespace {

constexpr std::array kTerms{
    // Tables
    Term{"row-id", "tables samples", "Row id",
         "A row's id is its frequency rank in the training data: row 1 is the most frequent value. Row 0 stands for "
         "missing, rare and unknown values."},
    Term{"norm", "tables", "Norm", "The L2 norm of a row: the square root of the sum of its squared values."},
    Term{"cos-mean", "tables", "Cos. mean",
         "The cosine between a row and the mean of all finite rows of its table, −1 to 1. Near 1: the row points where "
         "most rows point."},
    Term{"untrained", "tables overview", "Untrained",
         "A row that holds, bit for bit, what the initializer gave it: training never updated it. A zero row is not "
         "called untrained."},
    Term{"effective-rank", "tables", "Effective rank",
         "exp(H(σ/Σσ)), with σ the singular values of the rows and H the entropy in nats: how many directions the "
         "table uses. At most its dimension."},
    Term{"stable-rank", "tables", "Stable rank",
         "Σσ² / max σ², with σ the singular values of the rows: 1 when one direction holds everything."},
    Term{"information-abundance", "tables", "Information abundance",
         "Σσ / max σ, with σ the singular values of the rows: low when the table has collapsed into few directions."},
    Term{"sink-rank", "tables", "Sink rank",
         "The first id from which on the median norm stays within 3 standard deviations of what the initializer gives: "
         "the typical rarer row learned next to nothing, though single ones may have learned much."},
    Term{"ids-hit", "tables", "Ids hit",
         "The share of a table's ids that the open dataset looks up at least once. Count lookups counts them."},
    Term{"untrained-hits", "tables", "Untrained hits",
         "The share of the open dataset's lookups that meet a row which training never updated."},
    Term{"rows-affected", "tables", "Rows affected",
         "The rows of the open dataset that look up an untrained row of this table, and their share of all rows."},
    Term{"not-finite", "tables layers", "Not finite",
         "Values that are NaN or infinite. One of them makes every prediction that reads it worthless."},
    Term{"pca", "tables", "PCA",
         "Principal components: the straight axes along which the rows vary most. Distances on the map are true as far "
         "as these axes reach."},
    Term{"umap", "tables", "UMAP",
         "A map that keeps near rows near. Distances between far groups, and the axes, mean nothing."},
    // Layers
    Term{"dead", "layers", "Dead units",
         "Units whose output is proved from the weights alone to be the same for every row: always 0 (silent), or "
         "another constant."},
    Term{"never-active", "layers", "Never active",
         "A unit whose output was 0 in every row that was counted. Another dataset may wake it."},
    Term{"duplicates", "layers", "Duplicates",
         "Units whose weights and bias equal an earlier unit's value for value (exact), or point into the same "
         "direction, cosine at least 0.9999 (near)."},
    Term{"mergeable", "layers", "Mergeable",
         "A duplicate that switched exactly like the unit it duplicates in the sampled rows: its outgoing weights can "
         "be added to that unit's."},
    Term{"prunable", "layers", "Prunable",
         "Parameters that can go without changing a prediction on the rows counted: incoming weights, bias and "
         "outgoing weights of units that were never active or "
         "are mergeable, each counted once."},
    Term{"padding", "layers overview", "Padding",
         "Inputs that always meet zeros, there to make a size even. Their weights hold nothing learned and no figure "
         "counts them."},
    // Reading
    Term{"interaction-order", "overview layers", "Interaction order",
         "How the interaction's output is laid out before the top MLP: NVIDIA's order has the bottom MLP's output "
         "first, then the dot "
         "products; TensorFlow's order has the dot products first. With the wrong one every prediction is wrong. "
         "Results and the command line call them custom_cuda and tensorflow."},
    Term{"reading-check", "overview", "Reading check",
         "Tries on labelled rows which reading of model and data explains the labels best: order of the interaction, "
         "transform of the numbers, "
         "start of the ids, order of the tables."},
    Term{"dot-interaction", "overview samples layers interactions", "Dot interaction",
         "The dot products of all pairs of vectors: the bottom MLP's output and one row of each table."},
    Term{"attribution", "samples interactions", "Attribution",
         "What each field of a row adds to its logit. With dot products it is exact while the same units are active, "
         "and half of what a pair of vectors adds goes to either. With cross layers it is found by integrated "
         "gradients from the row without any value, and something is left over. It says what made this number, not "
         "what would change it."},
    Term{"logit", "samples interactions evaluate", "Logit",
         "The model's output before the sigmoid. The probability of a click is 1 / (1 + exp(−logit))."},
    Term{"label", "samples interactions evaluate", "Label", "Whether the row was clicked: 1 or 0."},
    Term{"scenario", "samples", "Scenario",
         "An edited row with a name and a note, kept in a workspace with the checkpoint and the data, and shown by "
         "Present."},
    Term{"effect-size", "interactions", "Effect size",
         "Cohen's d: the mean of a product over the clicked rows less that over the others, divided by their pooled "
         "standard deviation. 0.2 is called small, 0.8 large."},
    // Evaluate
    Term{"auc", "evaluate", "AUC (exact)",
         "The chance that a clicked row scores higher than one that was not clicked; ties count ½. 0.5 is guessing. "
         "The interval is DeLong's, 95 %."},
    Term{"auc_tf8000", "evaluate", "AUC (TF-8000)",
         "The area under the ROC curve at 8,000 evenly spaced thresholds by trapezoids, as tf.keras.metrics.AUC and so "
         "the training log has it."},
    Term{
        "log_loss", "evaluate", "Log loss",
        "The mean of softplus(z) − y·z, z the logit and y the label: binary cross entropy in nats. Smaller is better."},
    Term{"normalized_entropy", "evaluate", "Normalized entropy",
         "Log loss over the entropy of the mean click rate. Below 1 the model beats a constant prediction."},
    Term{"calibration", "evaluate", "Calibration",
         "The sum of the predicted probabilities over the number of clicks. 1 is right, above 1 promises too many "
         "clicks."},
    Term{"brier", "evaluate", "Brier score", "The mean squared difference between probability and label."},
    Term{"ece", "evaluate", "ECE",
         "Expected calibration error: rows in 100 bins of equal mass by score; the mean over the bins, by their rows, "
         "of |click rate − mean probability|."},
    Term{"pr_auc", "evaluate", "PR-AUC",
         "Average precision: the sum over distinct thresholds of the step in recall times the precision there."},
    Term{"gain", "evaluate", "Gain and lift",
         "Of the rows with the highest scores: the share of all clicks that they hold, and that share by their share "
         "of the rows. Lift 3 at 10 %: a tenth of the rows holds three tenths of the clicks."},
    Term{"gauc", "evaluate", "GAUC",
         "The AUC within the rows of each value of a field, their mean weighted with the number of rows: Σ n·AUC / Σ "
         "n. Values whose rows are all clicked or all not are left out."},
    Term{
        "pcoc", "evaluate", "PCOC of the top",
        "Predicted by observed clicks, Σp / Σy, of the rows with the highest scores only: what an auction shows most."},
    Term{
        "slice", "evaluate interactions", "Slice",
        "The rows that a sentence is true of, as num_3 > 5 and cat_19 missing. Its figures stand beside the difference "
        "to all other rows. One with too few rows or clicks is not judged."},
    Term{"decade", "evaluate", "Decade",
         "Ids are frequency ranks, so the number of their digits tells how frequent values are: decade 1 has the ids 1 "
         "to 9, decade 2 those to 99, and so on. Id 0 is none of them."},
    Term{"weakest", "evaluate", "Weakest slices",
         "Of all bins of all fields and all pairs of them, those whose clicks are further from the predicted ones than "
         "chance explains: t = Σ(y − p) / √Σp(1 − p), with Holm's adjustment for all that were looked at."},
};

class TermLink : public QObject {
public:
    TermLink(QString id, QObject* parent) : QObject(parent), m_id(std::move(id)) {}

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        const bool clicked =
            event->type() == QEvent::MouseButtonRelease && static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton;
        if (clicked) Q_EMIT Glossary::instance().asked(m_id);
        return clicked || QObject::eventFilter(watched, event);
    }

private:
    QString m_id;
};

}  // namespace

std::span<const Term> glossary() { return kTerms; }

const Term* findTerm(const QString& id) {
    const auto found =
        std::find_if(kTerms.begin(), kTerms.end(), [&](const Term& t) { return id == QLatin1String(t.id); });
    return found == kTerms.end() ? nullptr : &*found;
}

const Term* findTermByTitle(const QString& title) {
    const auto found = std::find_if(kTerms.begin(), kTerms.end(), [&](const Term& t) { return title == termTitle(t); });
    return found == kTerms.end() ? nullptr : &*found;
}

QString termTitle(const Term& term) { return QCoreApplication::translate("Glossary", term.title); }
QString termText(const Term& term) { return QCoreApplication::translate("Glossary", term.text); }

Glossary& Glossary::instance() {
    static Glossary glossary;
    return glossary;
}

void linkTerm(QLabel* label, const Term* term) {
    if (!term) return;
    QFont font = label->font();
    font.setUnderline(true);
    label->setFont(font);
    label->setCursor(Qt::PointingHandCursor);
    label->setToolTip(termText(*term));
    label->installEventFilter(new TermLink(QLatin1String(term->id), label));
}

}  // namespace dlrm::ui
