"""Dates and ages of people, in the calendars and languages of the region and in English.

A day and a month without a year (`14 Nov`) date a fault, and leave unless the text is about someone.
"""

import re

ENGLISH_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# Solar Hijri in Dari, in Pashto, in Iran and in Latin letters; Gregorian in Dari; lunar Hijri.
_OTHER_MONTHS = (
    r"(?:حمل|ثور|جوزا|سرطان|اسد|سنبله|میزان|عقرب|قوس|جدی|دلو|حوت"
    r"|وری|غویی|غبرګولی|چنګاښ|زمری|وږی|تله|لړم|لیندۍ|مرغومی|سلواغه|کب"
    r"|فروردین|اردیبهشت|خرداد|تیر|مرداد|امرداد|شهریور|مهر|ابان|آبان|اذر|آذر|دی|بهمن|اسفند"
    r"|جنوری|ژانویه|فبروری|فوریه|مارچ|مارس|اپریل|آپریل|آوریل|می|مه|جون|ژوئن|جولای|ژوئیه|اگست|آگست|اوت"
    r"|سپتمبر|سپتامبر|اکتوبر|اکتبر|نومبر|نوامبر|دسمبر|دسامبر"
    r"|محرم|صفر|ربیع|جمادی|رجب|شعبان|رمضان|شوال|ذوالقعده|ذوالحجه|ذیقعده|ذیحجه"
    r"|hamal|s[ao]u?[rw]r?|thawr|jawza|jauza|saratan|asad|sunbula|sonbola|mizan|aqrab|qa[uw]s|jadi|jady|dal[wv]"
    r"|hu?oo?t|wrai|wray|ghwayai|ghwayi|ghbargolai|ghbargolay|chungash|changash|zmarai|zmaray|wa[gz]h?ai|wazhay|tala"
    r"|larham|larem|lindai|linday|marghumai|marghumay|salwagha|kab|farvardin|ordibehesht|khordad|tir|mordad"
    r"|shahrivar|mehr|aban|azar|dey|bahman|esfand|muharram|safar|rabi|jumada|rajab|shaban|ramadan|ramazan"
    r"|shawwal|dhu)"
)
_APART = r"[ .,/'’_-]{0,3}"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NO_TIME = r"(?![:\d]|[.,]\d)"
_YEAR = rf"(?:\d{{4}}|\d{{2}}){_NO_TIME}"

ENGLISH = re.compile(
    rf"(?<!\w){_DAY}(?: of)?{_APART}{ENGLISH_MONTHS}{_APART}{_YEAR}"
    rf"|(?<![A-Za-z]){ENGLISH_MONTHS}{_APART}{_DAY}[ .,/'’_-]{{1,3}}{_YEAR}"
    rf"|(?<![A-Za-z]){ENGLISH_MONTHS}{_APART}(?:1[3489]|20)\d\d{_NO_TIME}"
    rf"|(?<!\d)\d{{4}}{_APART}{ENGLISH_MONTHS}{_APART}{_DAY}(?!\d)",
    re.IGNORECASE,
)
# Without a year, which the others have.
DAY_AND_MONTH = re.compile(
    rf"(?<![\w.,/-]){_DAY} {ENGLISH_MONTHS}(?![\w-])|(?<![\w.,/-]){ENGLISH_MONTHS} {_DAY}(?![\w.,/:-]\d|\w)",
    re.IGNORECASE,
)
OTHER = re.compile(
    rf"(?<!\d)\d{{1,4}}(?:st|nd|rd|th)?(?: of)?{_APART}{_OTHER_MONTHS}(?!\w)(?:{_APART}\d{{1,4}}(?!\d))?"
    rf"|(?<!\w){_OTHER_MONTHS}{_APART}\d{{1,4}}(?!\d)(?:{_APART}\d{{1,4}}(?!\d))?",
    re.IGNORECASE,
)
# `3/61` is left to the digits; `12.03.75` as the number of a version is not.
NUMERIC = re.compile(
    r"(?<![\w.])(?:\d{1,2}[./ -]\d{1,2}[./ -](?:1[3489]|20)\d\d|(?:1[3489]|20)\d\d[./ -]\d{1,2}[./ -]\d{1,2})(?![\w]|[.-]\d)"
)
# Nobody writes of 72 years but of a person's; two years may be a warranty's.
AGE = re.compile(
    r"(?<![\w.])\d{1,3}(?:[ -]?(?:(?:y|yrs?|years?|months?|m|weeks?|days?)[ -]?old\b|y/?o\b|y\b|yrs?\b|years? of age\b)"
    r"|(?<=1[6-9])[ -]?years?\b|(?<=[2-9]\d)[ -]?years?\b|(?<=1[0-2]\d)[ -]?years?\b"
    r"|(?<=0\d\d)[DWMY]\b|Y\b|(?<=\d\d)F\b| ?/ ?[MF]\b|[ ,/]{1,3}(?:fe)?male\b"
    r"|[ -]{0,2}(?:ساله|سال|کلن|ماهه|روزه)(?!\w))",
    re.IGNORECASE,
)
AGE_BEHIND = re.compile(
    r"\b(?:fe)?male[ ,/]{1,3}\d{1,3}\b|\b[MF] ?/ ?\d{1,3}\b(?![./])|\bb\. ?(?:1[389]|20)\d\d\b|(?:سن|عمر)[ :]{1,3}\d{1,3}(?!\d)",
    re.IGNORECASE,
)
# Small letters that such a date cannot be without.
ENGLISH_HINTS = tuple(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
)
OTHER_HINTS = tuple(
    [
        "ham",
        "sur",
        "saur",
        "sawr",
        "thawr",
        "jawz",
        "jauz",
        "sarat",
        "asad",
        "sunb",
        "sonb",
        "miz",
        "aqr",
        "qaw",
        "qau",
        "jad",
        "dal",
        "hut",
        "hoot",
        "wra",
        "ghwa",
        "ghbar",
        "chung",
        "chang",
        "zmar",
        "wagai",
        "waghai",
        "wazhay",
        "wazay",
        "tala",
        "lar",
        "lind",
        "margh",
        "salw",
        "kab",
        "farv",
        "ordi",
        "khor",
        "tir",
        "mord",
        "shahr",
        "mehr",
        "aban",
        "azar",
        "dey",
        "bahm",
        "esf",
        "muharr",
        "safar",
        "rabi",
        "jum",
        "raj",
        "shab",
        "rama",
        "shaw",
        "dhu",
    ]
)
AGE_HINTS = ("b.", "male", "m/", "f/", "m /", "f /", "سن", "عمر")
