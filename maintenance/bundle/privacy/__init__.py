"""Takes whatever could name a person out of text before it leaves the site. Pure.

No list of names is ever complete, so it works the other way round: what is known to be technical or
ordinary may leave, everything else becomes `[removed]`. The rules, in this order:

1. Read (`reading.py`). Character references, percent and quoted-printable encoding, escapes are
   what they stand for; digits of every script are 0 to 9; what cannot be seen is not there.
2. Keep what the site states of its equipment: serials, part numbers, ids of the devices.
3. Remove what stands where a person's data stands, whatever it is made of (`persons.py`, `dates.py`):
   behind a label or title, in a DICOM or HL7 field, addresses, paths, dates with a year, ages.
4. Judge each token. A word leaves if it is in `words.txt`, a form of such a word or a word of the
   device's profile (`words.py`). A token with digits leaves if it is a measurement with its unit, a
   code behind its label, a version, a time, or has at most four digits (`numbers.py`).
5. Judge each run of digits (`runs.py`): whatever signs, single letters and removed words part them,
   seven digits are an identifier, and so are five digits that are written as words.
6. Remove a word that is also somebody's name beside what was removed (`scrubber.py`).

A wrong word removed is a nuisance, an identifier left is a fault: where rules differ, less leaves.
What is left out is telemetry.md section 7's list of leaks seen.
"""

from maintenance.bundle.privacy.persons import is_of_person, is_title
from maintenance.bundle.privacy.scrubber import REMOVED, Scrubber

__all__ = ["REMOVED", "Scrubber", "is_of_person", "is_title"]
