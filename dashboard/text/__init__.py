"""Labels of states, and numbers and times as a person reads them."""
