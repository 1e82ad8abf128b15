"""Herat outside: cold nights in January, 38 °C in July, dry; made up from monthly means."""

import math

from core.time.clock import DAY, HOUR
from simulator.physics.noise import smooth_noise
from simulator.physics.world import World

YEAR_MEAN_C, SEASON_C = 17.0, 12.0  # warmest about 20 July
NIGHT_C = 6.5  # half of what lies between afternoon and dawn
HOTTEST_DAY, HOTTEST_HOUR = 201, 15.0


def outdoor_c(world: World) -> float:
    """Temperature in the shade, °C."""
    day = world.local.timetuple().tm_yday
    season = SEASON_C * math.cos(2 * math.pi * (day - HOTTEST_DAY) / 365.0)
    daily = NIGHT_C * math.cos(2 * math.pi * (world.hour - HOTTEST_HOUR) / 24.0)
    front = 2.5 * smooth_noise(world.seed, "weather front", world.at, 4 * DAY)
    cloud = 0.7 * smooth_noise(world.seed, "clouds", world.at, 3 * HOUR)
    return YEAR_MEAN_C + season + daily + front + cloud


def indoor_humidity_pct(world: World) -> float:
    """Relative humidity in % of a room at 22 °C with outside air, a little humidified."""
    season = -5.0 * math.cos(2 * math.pi * (world.local.timetuple().tm_yday - 15) / 365.0)
    damp = 2.5 * smooth_noise(world.seed, "damp", world.at, DAY)
    return 43.0 + season + damp


def humidity_at(room_c: float, at_22_c: float) -> float:
    """Relative humidity in % of the same air at another temperature."""
    return max(12.0, min(80.0, at_22_c - 1.5 * (room_c - 22.0)))
