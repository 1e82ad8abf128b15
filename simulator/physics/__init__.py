"""How simulated devices behave: heat, magnets, mains, use. Pure and seeded."""
