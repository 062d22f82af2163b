"""Knowledge of a series, learnt from its baselines: noise, false alarms and usual values."""
