"""What people of Afghanistan call the months: which calendar and which month a name stands for.

Solar months have Afghan names, in Dari and Pashto, and those of Iran, which telephones and machines show.
"""

from core.time.calendars import Calendar

_NAMES: dict[Calendar, tuple[str, ...]] = {
    "solar": (
        "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
        "وری غویی غبرگولی چنگاښ زمری وږی تله لړم لیندۍ مرغومی سلواغه کب",
        "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
        "hamal sawr jawza saratan asad sunbula mizan aqrab qaws jadi dalw hut",
    ),
    "gregorian": (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "جنوری فبروری مارچ اپریل می جون جولای اگست سپتمبر اکتوبر نومبر دسمبر",
        "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    ),
}
# Keyboards of Arabic write other letters, and a Pashto word may be typed with a Dari keyboard.
_ALIKE = str.maketrans("يىېۍئكګة", "یییییکگه")


def _alike(name: str) -> str:
    return name.strip(" .\u200c").casefold().translate(_ALIKE)


_MONTHS: dict[str, tuple[Calendar, int]] = {
    _alike(name): (calendar, number)
    for calendar, lists in _NAMES.items()
    for names in lists
    for number, name in enumerate(names.split(), 1)
}


def month_named(name: str) -> tuple[Calendar, int] | None:
    """The calendar and the month, 1 to 12; None if nobody calls a month so."""
    return _MONTHS.get(_alike(name))
