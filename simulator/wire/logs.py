"""The text of a log file as each kind of machine writes it. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.schema.site import Device
from core.schema.sources.logfile import LogSource
from core.time.clock import from_ms
from simulator.log_record import LogRecord

# English names whatever the computer's language is: the machines are set to English.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def log_text(
    device: Device, source: LogSource, records: Sequence[LogRecord], zone: ZoneInfo
) -> str:
    """The records as text of this source's file, newest first where its format is so."""
    write = FORMATS.get(source.format, _generic_csv)
    ordered = reversed(records) if is_newest_first(device, source) else records
    own_zone = source.zone or zone
    return "".join(write(record, from_ms(record.at, own_zone)) for record in ordered)


def is_newest_first(device: Device, source: LogSource) -> bool:
    """Does this device write new records at the top of its file?"""
    return source.format_of(device.profile).newest_first


def _syngo_xp(record: LogRecord, when: datetime) -> str:
    kind = {"info": "Information", "warning": "Warning"}.get(record.severity, "Error")
    date = f"{DAYS[when.weekday()]}, {MONTHS[when.month - 1]} {when.day:02d}, {when:%Y, %H:%M:%S}"
    lines = (
        f"Source: {record.origin or 'SYNGO'}",
        "Domain: Application",
        f"Type: {kind}",
        f"ID: {record.code or 0}",
        f"Date: {date}",
        f"Text: {record.text}",
        "",
    )
    return "".join(f"{line}\r\n" for line in lines)


def _syngo_tab(record: LogRecord, when: datetime) -> str:
    letter = {"info": "I", "warning": "W"}.get(record.severity, "E")
    origin, code = record.origin or "SYNGO", record.code or "0"
    return f"{letter}\t{when:%Y-%m-%d}\t{when:%H:%M:%S}\t{origin}\t{code}\t{record.text}\r\n"


def _mrmeas(record: LogRecord, when: datetime) -> str:
    """Two of the forms of time that stand side by side in the real file."""
    milliseconds = f"{when.microsecond // 1000:03d}"
    if record.origin == "SBM":
        day, month = DAYS[when.weekday()][:3], MONTHS[when.month - 1][:3]
        return f"{day} {month} {when:%d %H:%M:%S}.{milliseconds} {record.text}\n"
    return f"{when:%Y-%m-%d %H:%M:%S}.{milliseconds} {record.text}\n"


def _magnet_monitor(record: LogRecord, when: datetime) -> str:
    """GE Magnet Monitor 3: level, water, two kinds of shield and recondenser sensors, pressure."""
    has = record.values
    shield = has.get("shield_temp_k", 0.0)
    columns = (
        f"{has.get('helium_level_pct', 0.0):.1f}",
        f"{has.get('water_flow_gpm', 0.0):.1f}",
        f"{has.get('water_temp_c', 0.0) * 1.8 + 32:.1f}",
        f"{shield:.1f}",
        f"{shield * 0.1:.2f}",
        f"{shield * 0.1 + 0.2:.2f}",
        f"{has.get('coldhead_temp_k', 0.0):.2f}",
        f"{has.get('helium_pressure_psi', 0.0):.2f}",
        f"{has.get('compressor_on', 0.0):.0f}",
    )
    month = MONTHS[when.month - 1][:3]
    return f"{when:%d}-{month}-{when:%y, %H:%M}, {', '.join(columns)}\n"


def _orthanc(record: LogRecord, when: datetime) -> str:
    letter = record.severity[0].upper()
    return f"{letter}{when:%m%d %H:%M:%S.%f} {record.code or 'main.cpp:1'}] {record.text}\n"


def _dcm4chee(record: LogRecord, when: datetime) -> str:
    level = {"info": "INFO ", "warning": "WARN "}.get(record.severity, "ERROR")
    words = record.text.replace("Association aborted by the remote", "PACS<-CT(4) >> A-ABORT")
    stamp = f"{when:%Y-%m-%d %H:%M:%S},{when.microsecond // 1000:03d}"
    return f"{stamp} {level} [org.dcm4che3.net.Association] (EE-ManagedThread-6) {words}\n"


def _generic_csv(record: LogRecord, when: datetime) -> str:
    word = {"info": "INFO", "warning": "WARNING", "error": "ERROR"}.get(record.severity, "FATAL")
    return f"{when:%Y-%m-%d %H:%M:%S};{word};{record.code};{record.text}\n"


def _single_value(metric: str, scale: float = 1.0) -> Callable[[LogRecord, datetime], str]:
    """Philips monitor files: one quantity each."""

    def write(record: LogRecord, when: datetime) -> str:
        return f"{when:%Y-%m-%d %H:%M:%S} {record.values.get(metric, 0.0) * scale:.2f}\n"

    return write


FORMATS: dict[str, Callable[[LogRecord, datetime], str]] = {
    "syngo_xp": _syngo_xp,
    "syngo_tab": _syngo_tab,
    "mrmeas": _mrmeas,
    "magnet_monitor_csv": _magnet_monitor,
    "orthanc": _orthanc,
    "dcm4chee": _dcm4chee,
    "generic_csv": _generic_csv,
    "philips_helium_level": _single_value("helium_level_pct"),
    "philips_pressure": _single_value("helium_pressure_psi", 68.9476),
}
