"""All values, the last hyperparameter first."""

import keras_tuner


class Tuner(keras_tuner.GridSearch):
    def run_trial(self, trial):
        hp = trial.hyperparameters
        model = hp.Choice("model", ["linear", "tree"])
        value = hp.Int("size", 1, 5, step=2)
        if model == "tree":
            value += hp.Choice("depth", [10, 20], parent_name="model", parent_values=["tree"])
        return {"cost": value, "other": 0.5}


tuner = Tuner(objective=keras_tuner.Objective("cost", "min"), directory="results", project_name="grid")
tuner.search()
points = [tuple(trial.hyperparameters.values.items()) for trial in tuner.oracle.trials.values()]

outcome = {
    "count": len(points),
    "different": len(set(points)),
    "first": points[0],
    "best": tuner.get_best_hyperparameters()[0].values,
}
