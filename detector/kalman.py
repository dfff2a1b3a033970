"""Where a box is going: a Kalman filter of constant velocity for each of centre x, centre y, width and height.

Many boxes at once, time in seconds, the camera's motion applied to the state (BoT-SORT, Aharon et al. 2022). A state is
(5, n, 4) float64: position, velocity a second, and their three (co)variances, for each of n boxes and four numbers.
"""

import numpy as np

from detector.boxes import Array, moved, scale_of, sizes_of

NOISE_SIZES = 0.1
AGILITY_SIZES = np.array([1.0, 1.0, 0.3, 0.3])
FIRST_VELOCITY_SIZES = np.array([4.0, 4.0, 0.3, 0.3])
"""Standard deviations in box sizes, for centre x and y, width and height: of a detection, of the change of velocity in
a second, and of the velocity of a new track, a second."""


def new_states(centres: Array, noise_sizes: float | Array = NOISE_SIZES) -> Array:
    """(n, 4) first boxes to (5, n, 4) states; `noise_sizes` as for `corrected`."""
    size, nothing = sizes_of(centres), np.zeros_like(centres)
    noise = (noise_sizes * size) ** 2 + nothing
    return np.stack([centres, nothing, noise, nothing, (FIRST_VELOCITY_SIZES * size) ** 2])


def predicted(states: Array, seconds: float, motion: Array) -> Array:
    """States some seconds later, seen from a camera that moved by a (3, 3) affine (Aharon et al. 2022).

    The noise is that of a velocity that wanders all the time, so that one long step equals many short ones.
    """
    position, velocity, variance, covariance, velocity_variance = states
    drift = (AGILITY_SIZES * sizes_of(position)) ** 2
    position, scale = moved(position + velocity * seconds, motion), scale_of(motion)
    velocity = np.concatenate([velocity[:, :2] @ motion[:2, :2].T, velocity[:, 2:] * scale], axis=1)
    variance = variance + 2 * seconds * covariance + seconds**2 * velocity_variance + drift * seconds**3 / 3
    covariance = covariance + seconds * velocity_variance + drift * seconds**2 / 2
    velocity_variance = velocity_variance + drift * seconds
    return np.stack([position, velocity, variance * scale**2, covariance * scale**2, velocity_variance * scale**2])


def corrected(states: Array, centres: Array, noise_sizes: float | Array = NOISE_SIZES) -> Array:
    """(5, n, 4) states after their (n, 4) boxes were seen: a Kalman filter for each of the four numbers alone.

    `noise_sizes` is the standard deviation of the boxes in box sizes: one for all, or (n, 4).
    """
    position, velocity, variance, covariance, velocity_variance = states
    total = variance + (noise_sizes * sizes_of(centres)) ** 2
    gain, velocity_gain, surprise = variance / total, covariance / total, centres - position
    position, velocity = position + gain * surprise, velocity + velocity_gain * surprise
    velocity_variance = velocity_variance - velocity_gain * covariance
    return np.stack([position, velocity, variance * (1 - gain), covariance * (1 - gain), velocity_variance])


def reconsidered(states: Array, prior: Array, later: Array, seconds: float, motion: Array) -> Array:
    """(2, n, 4) places and velocities, now that it is known how it went on: a step back of Rauch, Tung and Striebel.

    Args:
        states: (5, n, 4) after what was seen at the time.
        prior: (5, n, 4) what `predicted` made of them.
        later: (2, n, 4) places and velocities found for the time of the prior.
        seconds, motion: as they were given to `predicted`.
    """
    surprise, scale = later - prior[:2], scale_of(motion)
    back = np.linalg.inv(motion[:2, :2])
    surprise = np.concatenate([surprise[..., :2] @ back.T, surprise[..., 2:] / scale], axis=2)
    a, b, c = prior[2:] / scale**2
    determinant = a * c - b * b
    place = (c * surprise[0] - b * surprise[1]) / determinant
    velocity = (a * surprise[1] - b * surprise[0]) / determinant
    variance, covariance, velocity_variance = states[2:]
    change: Array = np.stack(
        [
            (variance + seconds * covariance) * place + covariance * velocity,
            (covariance + seconds * velocity_variance) * place + velocity_variance * velocity,
        ]
    )
    return states[:2] + change
