"""A slow change of a value beside what load, room and season explain."""
