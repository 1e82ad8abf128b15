"""Rules, and the engine that judges them and moves alerts through their states."""
