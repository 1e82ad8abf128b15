"""What rules would have done with the history that is stored, beside what the present ones did."""
