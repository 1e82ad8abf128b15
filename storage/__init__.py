"""Where data rests: readings and events in `series`, alerts and work in `records`."""
