"""Sentences of service reports leave as they are; what looks like them and is somebody's does not."""

import re

import pytest

from maintenance.bundle.privacy import REMOVED, Scrubber

SCRUBBER = Scrubber.of(
    "Siemens Somatom Sensation 16 CT scanner",
    "APC Smart-UPS",
    units=["l/min", "scan-s"],
    stated=["4711-AB", "10430603", "ct-2"],
)

REPORTS = [
    "Replaced high voltage cable, arcing stopped. Tube current 250 mA at 120 kV.",
    "Measured +5V rail: 4.87 V, +12V rail: 11.92 V, -12V: -11.8 V",
    "Input voltage L1 228 V, L2 231 V, L3 226 V, neutral to earth 1.2 V",
    "UPS battery voltage 54.2 VDC, load 38 %, runtime 17 min",
    "Gantry temperature 38.5 °C, coolant flow 12 l/min, inlet 17.3 °C",
    "Room temperature 24.5 C, humidity 61 %",
    "Error 0x8007000E on the reconstruction computer after update to VB42B",
    "Error code E-204 appeared again; fault 1312 cleared after power cycle.",
    "Event ID 4625 appeared 12 times in the event log",
    "Software version VA48A SP3 installed, build 1912",
    "Firmware updated from 5.10 to 5.12.3",
    "Tube has 182,345 scan seconds, warranty ends at 200,000",
    "Tube count 12345 exposures, arcs 37 in the last week",
    "Helium level 62.5 %, cold head 4.2 K, pressure 15.3 psi, boil-off 0.03 l/h",
    "Cold head replaced; compressor hours 18,450 h",
    "Adjusted the collimator offset by 0.15 mm, tested with water phantom, HU -0.4",
    "CT number of water 1.2 HU, noise 4.8 HU, uniformity within 3 HU",
    "Slip ring brushes worn to 6 mm, replaced all 12 brushes",
    "Checked the interlock of the door: contact resistance 0.3 ohm",
    "X-ray generator calibrated: 80 kV measured 79.6 kV, 140 kV measured 141.2 kV",
    "mAs linearity within 2 %, leakage radiation 0.4 mGy/h",
    "Please send part 4711-AB and the service manual.",
    "Fuse F12 (10 A, slow) blown on board D305, replaced.",
    "Relay K3 does not pull in, coil resistance 470 Ohm",
    "Connector X14 pin 7 oxidised, cleaned with contact spray.",
    "Board swapped, jumper J4 set to position 2-3, dip switch 1-4 off",
    "The detector module 23 has channels 17 to 24 dead.",
    "Ring artefact at radius 45 mm, detector calibration repeated, ok",
    "DICOM send to the archive fails with status A700, out of resources",
    "Disk C: is 92 % full, 14 GB free of 180 GB",
    "RAID degraded, disk 3 in slot 5 failed, rebuild takes 6 h",
    "Network link down on port 24 of the switch, cable changed",
    "Ping takes 120 ms, packet loss 4 %",
    "On Monday 14 Nov at 08:30 the chiller tripped; restarted at 09:15",
    "Alarm high temperature at 13:45:10, acknowledged 13:47",
    "Mains failure for 35 min, generator started after 12 s",
    "Generator frequency 50.4 Hz, 398 V, 32 A per phase",
    "Transformer tap changed from 380 V to 400 V",
    "Chiller R410A pressure 8.5 bar low, 24.1 bar high; refilled 1.2 kg of R410A",
    "Water filter changed, 5 µm, pressure drop 0.2 bar",
    "The compressor draws 18.5 A instead of 14 A and gets hot",
    "Gradient amplifier temp 62 °C, limit is 65 °C",
    "RF body coil tuned, reflected power 3.2 %, 15 kW forward",
    "Shim current 4.35 A, drift 0.02 ppm/h, centre frequency 63.86 MHz",
    "Table moves slowly, motor current 3.8 A, encoder replaced and calibrated",
    "Emergency stop button tested, ok. Grounding 0.08 ohm.",
    "Tomorrow we will replace the rotor drive board, 2 hours of downtime.",
    "We expect the spare part in 3 weeks, please confirm.",
    "Remote session planned for Thursday at 10:00 UTC",
    "The log file shows 14 arcs between 10:05 and 10:20, all at 140 kV",
    "Reset counter from 99 to 0, next service in 6 months or 10,000 scans",
    "iDRAC 9 firmware 6.10.30, BIOS 2.17",
    "Exposure time 1.5 s, pitch 0.8, slice 5 mm, FOV 500 mm",
    "kV/mA waveform measured with oscilloscope: ripple 2 %",
    "The injector does not start, cable W12 broken",
    "Air kerma 12.4 mGy, CTDIvol 14.2 mGy, DLP 540 mGy.cm",
    "CTDIvol is 5 % above nominal, acceptable",
    "MTBF improved; next preventive maintenance due in March",
    "HV tank oil level low, topped up with 2 l",
    "Camera lamp 12 V 50 W replaced",
    "Filament current 4.9 A at 125 kV, focal spot small",
    "Anode speed 9000 rpm, start-up time 1.2 s",
    "-40 °C to +85 °C storage, operation 18-24 °C",
    "Power factor 0.92, THD 4 %, inrush 180 A",
    "The device reported status 3 (on battery) for 00:17:42",
    "SNMP timeouts since the switch was changed",
    "Error message: 'Cooling water flow too low (err 2011)'",
    "Battery bank 16 x 12 V 9 Ah replaced",
    "Checked all screws with 25 Nm torque",
    "Calibrate again when room is at 22 ± 2 °C",
    "Scan aborted, error in ring 1, module 7",
    "500 ms gap, 3rd attempt, 1/2 speed",
    "Noise index 12, standard deviation 3.1",
    "10 GbE card, MTU 9000",
    "Line 3 phase L2 low: 187 V at 19:20",
    "Voltage: 228 V; leakage: 0.4 mGy/h; error message: cooling flow low",
    "Storage: 92 % full; usage: 45 %; strip: worn; average: 4.2 s",
    "400 V 50 Hz, 3500 V 250 mA, 24 V 2 A",
]


@pytest.mark.parametrize("sentence", REPORTS)
def test_a_sentence_of_an_engineer_leaves_whole(sentence: str) -> None:
    assert SCRUBBER.scrub(sentence) == sentence


@pytest.mark.parametrize(
    "text",
    [
        "exam 0788 456 123 aborted",
        "exam 0788.456.123 aborted",
        "exam 123 4567 aborted",
        "exam 4567\t8910 aborted",
        "exam 4567 (8910) aborted",
        "exam 788 456 123 ms",
        "4567 A 8910",
        "1399 A 0801 A 12345",
        "4567A 8910",
        "b. 1961",
        "software from 10.0.0.5 to 10.0.0.6",
        "patientname: 4567",
        "lastname: 4567",
        "PatientAge: 072",
        "event id 1234567",
    ],
)
def test_no_part_of_a_number_of_somebody_is_left(text: str) -> None:
    assert re.search(r"\d{3}|\d \d", SCRUBBER.scrub(text)) is None


@pytest.mark.parametrize(
    "label", ["patientname", "lastname", "patientName", "birthName", "Username"]
)
def test_what_stands_behind_a_joined_label_is_its_value(label: str) -> None:
    assert SCRUBBER.scrub(f"{label}: Rose").endswith(REMOVED)
