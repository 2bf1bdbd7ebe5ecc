/**
 * What is said of why a chip, its flash or its line fails. A cause is a text and what to do about it: `power` and
 * `powerAction`; the rest of the keys is what speaks for one.
 */
export const DIAGNOSIS = {
  // What can be wrong, and the one thing to do about each.
  power: 'The supply gives way: the chip reboots while it erases or programs',
  powerAction:
    'Power the module from a 3.3 V supply of its own (500 mA or more) with common ground, and put 100 µF across its 3.3 V and GND.',
  interrupted: 'The chip was reset or switched off during the job, or a wire came loose',
  interruptedAction:
    'Leave reset and power alone once the chip is linked, and see that no wire is loose.',
  toChip: 'The line from the adapter to the chip (adapter TX to RX1) loses or changes bytes',
  toChipAction:
    'Shorten the wire from adapter TX to RX1 (P10), take everything else off that pin, and use 3.3 V levels.',
  fromChip: 'The line from the chip to the adapter (TX1 to adapter RX) loses or changes bytes',
  fromChipAction:
    'Shorten the wire from TX1 (P11) to adapter RX, plug the adapter in without a hub, or set a lower baud.',
  line: 'A bad line or a missing common ground',
  lineAction: 'Join the grounds of adapter, module and supply; use short wires and 3.3 V levels.',
  joined: 'TX and RX are joined',
  joinedAction: 'Part the two wires: adapter TX to RX1 (P10), adapter RX to TX1 (P11).',
  silence:
    'The chip was not reset while the job waited, or it has no power or common ground, or RX and TX are swapped',
  silenceAction:
    'Reset the chip while the job waits: bridge CEN to GND for 0.3 s, or switch its 3.3 V off and on; then check that adapter TX goes to RX1 (P10), adapter RX to TX1 (P11) and GND to GND.',
  gone: 'The chip was not reset while the job called it again, or it has no power',
  goneAction:
    'Reset the chip while the job waits: bridge CEN to GND for 0.3 s, or switch its 3.3 V off and on.',
  secondTalker: 'A second controller (TuyaMCU) talks on the same wires',
  secondTalkerAction:
    'Hold that controller in reset, or lift the resistor in its TX line, and try again.',
  application: 'The application runs, or this is the log UART',
  applicationAction:
    'Use UART1 (RX1 = P10, TX1 = P11), and reset the chip while the job waits: CEN to GND for 0.3 s.',
  baud: 'The rate is too high for this adapter or these wires',
  baudAction: 'Set a baud below __rate__ in the device.',
  server: 'The connection to the serial server broke',
  serverAction:
    'Look at the server, and at the network between it and this computer: Wi-Fi that comes and goes, a computer without enough current, another program that connects to the same port.',
  adapter: 'The adapter went away: unplugged, or restarted when the module drew current',
  adapterAction:
    "Check plug and cable, and power the module from a supply of its own instead of the adapter's 3.3 V.",
  badSector: 'Worn or broken flash sector',
  badSectorAction: 'Replace the module; firmware that does not use these sectors may still run.',
  locked: 'The flash is locked: its protect bits stay set, or it takes no change',
  lockedAction:
    'Take the 3.3 V supply off for some seconds (a reset by CEN is not enough), and start the job again.',
  deadFlash: 'The flash part does not answer the chip',
  deadFlashAction:
    'Check the 3.3 V supply, then try again with P24 held low (to GND) during the reset: that has revived such modules.',
  blankBootloader: 'The bootloader area of flash is blank: the chip cannot start its firmware',
  blankBootloaderAction:
    'Write a backup of this chip back with bootloader set to replace, or a QIO file for it.',
  unknownBootloader: 'The bootloader is not a known one, which is no fault by itself',
  unknownBootloaderAction: 'Go on; if the chip is not told right, set its model in the device.',
  wrongChip: 'Another chip than the device is set to',
  wrongChipAction: "Set the device's chip to __found__ (or auto), and use firmware for it.",
  wrongKey: 'The image is stored with another code key than the chip has',
  wrongKeyAction: 'Use an image that is made for the key of this chip.',
  hostTimeout: 'The adapter or this computer hands answers over too late',
  hostTimeoutAction:
    "Plug the adapter in without a hub, lower its driver's latency timer, or take another adapter.",
  unclear: 'Unclear',
  unclearAction:
    'Try again with short wires, a common ground, a 3.3 V supply of its own and 115200 baud.',

  // What to do instead, where more is known.
  autoBaud: 'Set baud to auto or 921600, or take another adapter.',
  leavePowered:
    'Leave the chip powered: only SPI could write its bootloader, by a backup or one of the same model.',

  // What a line carries, for a person at the wires.
  hearEcho:
    'Your own bytes come back: TX and RX are joined. Part the two wires: adapter TX to RX1 (P10), adapter RX to TX1 (P11).',
  hearTuyaMcu:
    'I hear a TuyaMCU: the module and a second controller talk on these wires. Hold that controller in reset, or lift the resistor in its TX line, then reset the chip.',
  hearTuyaMcuAt:
    'I hear a TuyaMCU at __baud__ baud: the module and a second controller talk on these wires. Hold that controller in reset, or lift the resistor in its TX line, then reset the chip.',
  hearLog:
    'An application is logging here: this is most likely UART2, on which no chip can be linked. Use UART1 (RX1 = P10, TX1 = P11). If it is UART1, reset the chip now.',
  hearNoise:
    'Only noise arrives: the grounds of adapter and module are not joined, the levels are not 3.3 V, a wire is loose, or something talks at another rate.',
  hearSilence:
    'Not one byte arrives, which a chip that runs looks like, too: reset it (CEN to GND for 0.3 s, or its 3.3 V off and on). If it stays silent: is 3.3 V there, is GND joined, does adapter TX go to RX1 (P10) and adapter RX to TX1 (P11)?',
  hearNothingYet: 'No chip answered, and the time was too short to tell what the line carries.',
  hearModel: 'The wiring is sound. Found: __chip__',
  hearChip: 'The wiring is sound: a BK72xx answers that does not tell its model',

  // Parts of sentences.
  times_one: 'once',
  times_other: '__count__ times',
  more_one: '__addresses__ and __count__ more',
  more_other: '__addresses__ and __count__ more',
  sentences: '__sentences__',
  semicolon: '__first__; __second__',
  comma: '__first__, __second__',

  // That nothing is a good explanation.
  nothingPoints: '__exchanges__ and __steps__ failed, and nothing about them points to one cause.',
  exchanges_one: '__count__ exchange',
  exchanges_other: '__count__ exchanges',
  steps_one: '__count__ step',
  steps_other: '__count__ steps',

  // Identity.
  otherChip: 'The device is set to __expected__, and a __found__ answered.',
  otherKey: 'The chip needs code with __needed__, and the image is stored with __given__.',

  // Wiring.
  echoes: 'The own commands come back as they were sent (__times__).',
  framesOfController_one:
    'Frames that begin with 55 AA arrive (__frames__): __count__ frame of a second controller.',
  framesOfController_other:
    'Frames that begin with 55 AA arrive (__frames__): __count__ frames of a second controller.',
  framesOfModule:
    "Frames that begin with 55 AA arrive (__frames__): they are the module's own firmware calling its second controller.",
  textArrives: 'Text arrives (__text__ of __bytes__ bytes): "__excerpt__".',
  notOneByte_one: 'Not one byte arrived in answer to __count__ call.',
  notOneByte_other: 'Not one byte arrived in answer to __count__ calls.',
  portStayedAway: 'The port went away __times__ and did not come back.',
  portCameBackAtTimes: 'The port went away __times__ and came back __back__.',
  portCameBack: 'The port went away __times__ and came back.',
  everyTimeChanging: 'Each time flash was being changed, when the module draws most current.',
  changing_one: 'once of them flash was being changed, when the module draws most current.',
  changing_other:
    '__count__ times of them flash was being changed, when the module draws most current.',

  // Power.
  stoppedAtPlaces:
    'The chip stopped __times__ while it changed flash (__erasing__ erasing, __writing__ writing) at __places__ different addresses (__where__) and came back rebooted.',
  stoppedAtPlace:
    'The chip stopped __times__ while it changed flash (__erasing__ erasing, __writing__ writing) at __where__ and came back rebooted.',
  stoppedAtPlacesForGood:
    'The chip stopped __times__ while it changed flash (__erasing__ erasing, __writing__ writing) at __places__ different addresses (__where__) and did not come back.',
  stoppedAtPlaceForGood:
    'The chip stopped __times__ while it changed flash (__erasing__ erasing, __writing__ writing) at __where__ and did not come back.',
  readsWentWell: '__good__ reads and checksums went well.',
  wentAwayIdle:
    'The chip went away __times__ in the phase __phases__, when it drew little current.',
  unansweredCalls: 'The chip was linked, and did not answer the last __calls__ calls.',

  // The line to the chip.
  lossesToChip:
    '__losses__ (__where__), while __goodReads__ of __reads__ reads and __goodShort__ of __short__ short commands went well.',
  unheardWrites_one: '__count__ write got no answer from a chip that was there',
  unheardWrites_other: '__count__ writes got no answer from a chip that was there',
  thrownOut_one: '__count__ write and no erase threw the chip out of download mode',
  thrownOut_other: '__count__ writes and no erase threw the chip out of download mode',
  changedRanges_one: '__count__ range held other bytes than were sent',
  changedRanges_other: '__count__ ranges held other bytes than were sent',

  // The line from the chip.
  lossesFromChip: '__losses__.',
  lossesFromChipOnly: '__losses__; __writes__ writes went well.',
  lostAnswers_one: '__count__ change of flash (__where__) had been made though no answer came',
  lostAnswers_other: '__count__ changes of flash (__where__) had been made though no answer came',
  brokenReads_one: '__count__ read came short or changed',
  brokenReads_other: '__count__ reads came short or changed',
  atAddresses: 'at __where__',

  // Both.
  lossesBothWays: '__writes__, __answers__, and __bad__ of __all__ short commands failed.',
  shortFailed: '__bad__ of __all__ short commands failed.',
  writesAstray_one: '__count__ write did not reach the chip',
  writesAstray_other: '__count__ writes did not reach the chip',
  answersBroken_one: '__count__ answer did not come whole',
  answersBroken_other: '__count__ answers did not come whole',
  strayBytes: '__bytes__ bytes arrived that answer nothing that was asked.',
  noiseBytes: '__bytes__ bytes arrived that are neither an answer nor text.',

  // The rate and the time.
  failuresAboveRate:
    '__badAbove__ of __above__ exchanges failed at __rate__ baud and above, __badBelow__ of __below__ of the same kind below.',
  rateNotCarriedByAdapter: 'The rate __rates__ was tried and not carried by the adapter.',
  rateNotCarriedByWiring: 'The rate __rates__ was tried and not carried by this wiring.',
  neverInTime: 'The chip answers calls, and of __count__ questions none in time.',
  lateAnswers_one:
    '__count__ answer came after its time was over, the latest __ms__ ms after the request.',
  lateAnswers_other:
    '__count__ answers came after its time was over, the latest __ms__ ms after the request.',
  firstWritesSilent:
    'The first write at 115200 baud and all __others__ after it got not one byte in answer: their 4 KiB may not have left the adapter in time.',

  // Flash and its bootloader.
  onlySectors_one:
    'Only __where__ failed, every time (__tries__ checks or more), while __count__ checksum elsewhere agreed.',
  onlySectors_other:
    'Only __where__ failed, every time (__tries__ checks or more), while __count__ checksums elsewhere agreed.',
  protectBitsStayed:
    'The status register was written __times__ and its protect bits stayed (it reads __status__, of which __mask__ protect).',
  oldBytesKept:
    'Erases and writes were answered with success, and flash kept its old bytes at __where__.',
  zerosRead: 'The checksum of the first bytes (__checksum__) is that of zeros.',
  zeroId: 'the flash tells its id as 00 00 00.',
  zerosAndZeroId:
    'The checksum of the first bytes (__checksum__) is that of zeros, and the flash tells its id as 00 00 00.',
  blankSector:
    'The checksum __checksum__ that other tools call an unknown bootloader is that of __bytes__ bytes of FF: sector 0 is erased.',
  checksumInNoTable: "The bootloader's checksum is __checksum__, which stands in no table.",
} as const;
