"""Regression, change points, CUSUM and forecasts. Pure."""
