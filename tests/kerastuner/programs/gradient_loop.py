"""A loop over gradients for a model that is never compiled, with data sets batched by a hyperparameter."""

import keras
import keras_tuner
import numpy as np
import tensorflow as tf

x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
y = (x[:, :1] > 0).astype("int32")


class MyHyperModel(keras_tuner.HyperModel):
    def build(self, hp):
        inputs = keras.Input((3,))
        hidden = keras.layers.Dense(hp.Choice("units", [4, 8]), activation="relu")(inputs)
        return keras.Model(inputs, keras.layers.Dense(2)(hidden))

    def fit(self, hp, model, x, y, validation_data, callbacks=None, **kwargs):
        batch = hp.Int("batch_size", 8, 16, step=8, default=16)
        data = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch)
        optimizer = keras.optimizers.Adam(hp.Float("rate", 1e-3, 1e-1, sampling="log", default=1e-2))
        loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        mean = keras.metrics.Mean()
        for callback in callbacks:
            callback.set_model(model)
        best = float("inf")
        for epoch in range(2):
            for images, labels in data:
                with tf.GradientTape() as tape:
                    loss = loss_fn(labels, model(images, training=True))
                gradients = tape.gradient(loss, model.trainable_variables)
                optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
            mean.update_state(loss_fn(validation_data[1], model(validation_data[0])))
            found = float(mean.result())
            for callback in callbacks:
                callback.on_epoch_end(epoch, logs={"my_metric": found})
            mean.reset_state()
            best = min(best, found)
        return best


tuner = keras_tuner.RandomSearch(
    objective=keras_tuner.Objective("my_metric", "min"),
    max_trials=2,
    hypermodel=MyHyperModel(),
    directory="results",
    project_name="gradients",
    overwrite=True,
)
tuner.search(x=x, y=y, validation_data=(x, y))
best = tuner.get_best_hyperparameters()[0]
logits = tuner.get_best_models()[0](x)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, logits)

outcome = {
    "first": {name: tuner.oracle.trials["0"].hyperparameters.get(name) for name in ("batch_size", "rate")},
    "names": sorted(best.values),
    "weights are those of the score": bool(
        np.isclose(float(loss), tuner.oracle.get_best_trials()[0].score, 1e-4)
    ),
}
