"""The words of the field: kinds, states and causes, as types. Imports nothing of Scanward."""
