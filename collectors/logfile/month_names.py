"""The names of months that logs are written with, beside the English ones that strptime knows. Pure."""

_ENGLISH = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# Gregorian months in Dari as Afghanistan writes them, then in Persian as Iran and Windows do.
_NAMES = (
    "جنوری فبروری مارچ اپریل می جون جولای اگست سپتمبر اکتوبر نومبر دسمبر",
    "جنوری فبروری مارچ اپریل می جون جولای اگست سپتامبر اکتوبر نوامبر دسامبر",
    "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    "ژانویه فوریه مارس آوریل می ژوئن ژوئیه آگوست سپتامبر اکتبر نوامبر دسامبر",
)
MONTHS = {
    name: english for names in _NAMES for name, english in zip(names.split(), _ENGLISH, strict=True)
}
