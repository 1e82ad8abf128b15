"""Events for each unit of use: a raised rate is found."""
