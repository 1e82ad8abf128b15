"""How many ordinary words of engineers' sentences are taken out: a nuisance that is measured. No identifier is in them."""

import re

from maintenance.bundle.privacy import REMOVED, Scrubber

# Written for this measurement; the last fifteen without a look at the list. Before the list was lengthened it
# took 6 in 100 of these words; of the last fifteen sentences 8 in 100, and 5 in 100 after it.
SENTENCES = """
The table sagged two millimetres on Tuesday, please advise.
Since 14 Nov the tube arcs at 120 kV when the patient table moves up.
We swapped the fan behind the gantry cover and the noise went away, but it came back on Friday morning.
The gantry shudders at start and squeals until it has warmed up.
Please send us the part number of the slip ring brushes and tell us how to clean them.
Cold head compressor hums louder than last week; helium pressure is 3.2 psi and rising slowly.
Chiller tripped twice overnight, the filter was clogged with dust and we rinsed it.
After the mains blackout the UPS bypassed and the console hung at the login screen.
Operator reports blurry images on the left side, worse with thick slices.
The technologist reset the console and the error vanished for an hour.
Room temperature climbed to 27 °C because the air conditioner leaked and was switched off.
We reseated the DAS board, cleaned the connectors with alcohol and torqued the screws to 12 Nm.
Collimator blade sticks halfway; we greased the rail but it is still jerky.
Ring artefacts appear in the brain protocol only, water phantom measures 9 HU.
Could you connect remotely on Wednesday at 14:00 our time? The line is slow but stable.
Nobody touched the magnet since the service visit in September.
The footswitch is sluggish and its cable looks frayed near the plug.
Detector calibration fails with error 30412, repeated three times, same result.
The customer would like to know whether the warranty covers the high voltage tank.
Smell of burnt insulation from the rear of the generator cabinet, we shut it down immediately.
Oil drips from the tube housing, roughly a cupful a day.
The patient couch squeaks and judders when lowering with a heavy patient.
Mammography paddle cracked at the corner; compression force reads 40 N too low.
Ultrasound probe 2 has four dead elements, the dark stripes are visible in every picture.
Image quality is acceptable again after we replaced the X-ray tube, thank you.
The hospital electrician measured 198 V between phase and neutral at noon.
We tried what your colleague suggested yesterday, unfortunately without success.
Does the spare gradient amplifier need new firmware before we fit it?
Worklist is empty although the PACS answers echo; the technicians type names by hand.
Kindly quote the price and delivery time of a new cathode ray monitor.
The door interlock chatters, so exposures abort at random.
Both fans spin, yet the power supply overheats within ten minutes.
Replaced fuse F3 (10 A slow-blow) on 3 December; it blew again the day after.
The film printer jams, sheets come out crumpled and smeared.
Somebody spilled tea over the keyboard, we dried it and the keys stick.
Brakes of the C-arm slip when it is tilted beyond 30 degrees.
The water hose kinked, flow dropped to 4 l/min and the tube got hot.
Software crashes whenever we reconstruct more than 600 images at once.
I enclosed the log files and three photographs of the scorched contactor.
We suspect the rotor bearing: it whines, then grinds, and coasts down in eight seconds.
Humidity rose to 80 % in August and condensation dripped onto the magnet.
The laser lights are misaligned by about five millimetres at the isocentre.
Lead apron hooks broke, and the cabinet hinge is bent.
Battery lasted six minutes instead of fifteen; several cells are swollen.
Our generator starts with a delay of twenty seconds, which the UPS barely bridges.
The ceiling stand drifts downwards unless we lock it.
Mice gnawed the network cable behind the rack, we spliced it temporarily.
Is it safe to keep scanning meanwhile, or must we stop?
Exam times doubled because the cooling pauses between scans got longer.
Sorry for the late answer, the internet was down from Saturday until Monday.
The bearing rattles; we tightened the bracket and lubricated the hinge.
A loud bang came from the tank, then smoke, then the breaker tripped.
Backlight flickers and one monitor stays black after booting.
The bolt sheared off while we were dismantling the cover.
Pixel defects at row 311 of the flat panel multiplied since spring.
Voltage sags whenever the elevator starts.
Yesterday evening the injector arm drooped and would not lock in its parking position.
The gradient coil got so warm that the scanner refused to start the next sequence.
We noticed scratches on the mirror of the film digitiser and a greasy fingerprint on the lens.
Warm-up aborts halfway, afterwards the console demands a password that nobody remembers.
Water seeped under the raised floor and reached the cable tray before anyone realised.
The bearings of the couch drive grumble, mostly when it travels outwards with the extension fitted.
Its touch panel ignores gloves, so nurses poke it with a pen and have already punctured the foil.
Could the fault come from voltage swings, since the neighbouring bakery fires up its ovens at dawn?
We measured the earth resistance twice: four ohms in the morning, seven after the soil dried.
The workstation beeps thrice, stays dark, and its fan roars at full speed.
Somebody rearranged the patch cables while painting the server room, two of them were swapped.
A spring under the bucky tray snapped; the cassette no longer locks and rattles during exposure.
Chest images look underexposed compared with last month, grid lines are faintly visible.
Dose readout fluctuates wildly between consecutive shots with identical settings.
The dryer unit of the processor scorches films at the left margin.
The vendor promised a loaner detector, when will it be dispatched?
Please clarify whether the licence dongle survives a mainboard replacement.
The uninterruptible supply whistles and shows overload although only two monitors hang on it.
Ice formed around the outdoor condenser, its blades barely turn.
We bypassed the faulty thermostat for a single scan, then reverted to the original wiring.
Our spare fan is slightly wider, may we enlarge the mounting holes?
The calibration phantom leaked, we topped it up with distilled water and shook out the bubbles.
Breast compression releases abruptly which frightens people.
Tilt works manually but the motorised movement stutters and trips after a few degrees.
Logs attached, along with a short video of the strange noise.
The pressure relief opened briefly, a hissing cloud was visible near the exhaust.
Reconstruction queue grows steadily; restarting the service empties it temporarily.
Encoder cable chafed against the frame until its shield was exposed.
The laser printer smears toner on thicker paper.
Nobody could explain why the clock jumps backwards by exactly three hours.
Since the weekend the examination table descends in jerks and halts with a thud before it reaches the bottom.
The operating hours shown on the display leapt from forty thousand to zero after a power cut.
A technician from the city inspected the wiring and recommended a thicker earthing conductor.
The glass of the tube looks purple and the vacuum gauge wavers.
After cleaning the encoder disc with a cotton bud the position error stopped appearing.
Its handgrip came loose, the thread in the casting has been stripped.
We would appreciate a remote check of the licence server this week.
The film looks pale although the developer was renewed on Thursday and the temperature is right.
On humid mornings the high tension cable sizzles audibly near the cathode receptacle.
The compressor restarts every few minutes, we believe the pressure switch chatters.
Which lubricant do you advise for the telescopic columns?
The parcel arrived with a dented corner and the board inside was cracked.
The monitor shows a greenish tinge and the brightness keeps drifting.
Two of the four anchor bolts had rusted through, the stand wobbled noticeably.
The fault vanished by itself before we could take a picture.
""".strip().splitlines()
MOST_EATEN = 0.01


def test_hardly_a_word_of_a_hundred_ordinary_sentences_is_taken_out() -> None:
    scrubber = Scrubber.of("Siemens Somatom Sensation 16")
    written, left = 0, 0
    for sentence in SENTENCES:
        written += len(re.findall(r"\w+", sentence))
        left += len(re.findall(r"\w+", scrubber.scrub(sentence).replace(REMOVED, " ")))
    assert len(SENTENCES) > 100
    assert left >= written * (1 - MOST_EATEN), f"{written - left} of {written} words are taken out"
