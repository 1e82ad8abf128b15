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
# Gregorian months in Dari as Afghanistan writes them, in Persian as Iran and Windows do, then in the
# languages of makers, each with its usual short forms (without the point behind them).
_NAMES = (
    "جنوری فبروری مارچ اپریل می جون جولای اگست سپتمبر اکتوبر نومبر دسمبر",
    "جنوری فبروری مارچ اپریل می جون جولای اگست سپتامبر اکتوبر نوامبر دسامبر",
    "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    "ژانویه فوریه مارس آوریل می ژوئن ژوئیه آگوست سپتامبر اکتبر نوامبر دسامبر",
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jän feb mär apr mai jun jul aug sep okt nov dez",
    "jan feb mrz apr mai jun jul aug sep okt nov dez",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
)
MONTHS = {
    name: english for names in _NAMES for name, english in zip(names.split(), _ENGLISH, strict=True)
}
