"""Vendors, contracts, asset sheets, their components and the list of parts, as CSV that is imported.

A number in a column of days is so many days from today. All names and prices are invented.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from app.demo.work.acts import Act, WrittenWork
from app.demo.work.calendar import WorkCalendar
from app.demo.work.people import MANAGER
from maintenance.assets.register import import_file, sheet_of
from storage.records.transaction import Transaction

DAYS = ("starts", "ends", "purchased", "in_service", "warranty_until", "installed")

VENDORS = """\
id,name,contact,email,phone,note
nord-imaging,Nord Imaging Service,Jan Berg,service@nord-imaging.example,+49 555 0101,CT and low-field MRI
helia-cryo,Helia Cryogenics,Ruth Adler,cases@helia-cryo.example,+44 555 0142,Helium and cold heads
hari-cooling,Hari Cooling,Wahid Sadat,wahid@hari-cooling.example,0799 555 010,Chiller and air conditioners
pamir-medical,Pamir Medical Supply,Zahra Latifi,office@pamir-medical.example,0799 555 020,Parts and X-ray rooms
"""

CONTRACTS = """\
number,vendor,starts,ends,days,opens,closes,response_h,resolution_h,cost_a_year,note
NI-2214,nord-imaging,-341,24,sat sun mon tue wed thu,08:00,20:00,4,48,18000,CT-2; parts but no tube
NI-2290,nord-imaging,-120,245,sat sun mon tue wed thu,08:00,20:00,4,24,9600,MRI-1; labour only
HC-0071,helia-cryo,-200,165,sat sun mon tue wed thu fri,00:00,24:00,8,72,14400,MRI-2 with helium by weight
HARI-12,hari-cooling,-90,275,sat sun mon tue wed thu,07:00,19:00,6,24,2400,Chiller
"""

ASSETS = """\
id,name,manufacturer,model,supplier,contract,purchased,in_service,warranty_until,price,income_a_scan,criticality,condition
ct-1,Aquilion CX,Toshiba,Aquilion CX,pamir-medical,,-1980,-1950,,142000,45,9,working
ct-2,Somatom Sensation 16,Siemens,Somatom Sensation 16,nord-imaging,NI-2214,-2900,-2880,,96000,40,8,working
mri-1,Magnetom C!,Siemens,Magnetom C!,nord-imaging,NI-2290,-2400,-2370,,165000,70,8,working
mri-2,Generic 1.5 T MRI,,,helia-cryo,HC-0071,-1100,-1040,,390000,90,10,working
mammo-1,Sophie Classic,Planmed,Sophie Classic,pamir-medical,,-1500,-1490,,38000,22,6,working
cbct-1,ProMax 3D Plus,Planmeca,ProMax 3D Plus,pamir-medical,,-700,-690,30,52000,30,5,working
rf-1,Precision RXi,GE,Precision RXi,pamir-medical,,-2600,-2590,,61000,18,6,working
dxa-1,Hologic DXA,Hologic,Discovery,pamir-medical,,-1300,-1290,,34000,15,4,working
us-1,Acuson S2000,Siemens,Acuson S2000,pamir-medical,,-1750,-1740,,41000,12,6,working
ups-1,UPS,,,pamir-medical,,-1280,-1270,,26000,,9,working
chiller-1,Chiller,,,hari-cooling,HARI-12,-1100,-1040,,31000,,9,working
pacs,PACS,,,,,-900,-890,,12000,,8,working
"""

COMPONENTS = """\
asset,name,serial,model,installed,life_days,note
ct-1,tube,DEMO-T1-118,,-610,1460,
ct-2,tube,DEMO-T2-077,,-1240,1460,Second tube
mri-2,cold head,DEMO-CH-31,,-700,912,
ups-1,batteries,DEMO-B-04,40 x 12 V,-1270,1460,
us-1,linear probe,DEMO-P-9L4,9L4,-1740,2190,
"""

PARTS = """\
id,name,minimum,lead_days,cost,vendor,shelf,component,detector,devices
ct-tube,Tube of CT-2,0,60,42000,nord-imaging,,tube,tube_cooling,ct-2
ct-table-belt,Belt of the table drive,1,4,140,pamir-medical,B2,,,ct-1
ct-fan,Fan of the gantry,1,21,85,nord-imaging,B2,,,ct-2
mammo-paddle,Paddle 18 x 24,1,18,420,pamir-medical,A1,,,mammo-1
light-barrier,Light barrier of the arm,1,14,95,pamir-medical,A3,,,dxa-1
foot-switch,Foot switch,1,12,310,pamir-medical,A4,,,rf-1
backup-disk,Disk 8 TB,2,7,190,,C1,,,his pacs
patch-cable,Patch cable 3 m,5,2,4,,C1,,,
air-filter,Air filter,4,5,12,hari-cooling,D1,,,chiller-1 ct-1 ct-2
cold-head,Cold head,0,45,11500,helia-cryo,,cold head,,mri-2
ups-batteries,Set of batteries,0,30,5200,pamir-medical,,batteries,,ups-1
printer-roller,Roller of the printer,1,20,18,pamir-medical,A3,,,dxa-1
"""

# In the order in which they refer to one another.
SHEETS = {
    "vendors": VENDORS,
    "contracts": CONTRACTS,
    "assets": ASSETS,
    "components": COMPONENTS,
    "parts": PARTS,
}


def acts(calendar: WorkCalendar) -> Iterator[Act]:
    """Every sheet, filled in before the first day of the quarter."""
    for sheet, text in SHEETS.items():
        content = _dated(text, calendar).encode()
        yield Act(calendar.at((70, "10:00")), MANAGER, partial(_import, sheet, content))


def _import(sheet: str, content: bytes, tx: Transaction, written: WrittenWork) -> None:
    if sheet == "assets":
        for device in tx.site.devices:
            sheet_of(tx, device)
    import_file(tx, f"{sheet}.csv", content, sheet)


def _dated(text: str, calendar: WorkCalendar) -> str:
    head, *rows = text.splitlines()
    columns = head.split(",")
    dated = [
        ",".join(
            _day(cell, calendar) if column in DAYS else cell
            for column, cell in zip(columns, row.split(","), strict=True)
        )
        for row in rows
    ]
    return "\n".join([head, *dated])


def _day(cell: str, calendar: WorkCalendar) -> str:
    return (calendar.today + timedelta(days=int(cell))).isoformat() if cell else ""
