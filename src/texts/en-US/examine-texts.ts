/** What a job says that measures a chip, its adapter and the line. */
export const EXAMINE = {
  // Meanwhile
  timingAnswers: 'Timing answers',
  callingAhead: 'Seeing whether the chip hears a call while it answers',
  timingChecksums: "Timing the chip's checksums",
  readingTwice: 'Reading twice',
  provingBlank: 'Looking for a stretch of flash that holds nothing',
  timingPrograms: 'Timing writes on blank flash',
  timingErases: 'Timing erases',
  tryingRates: 'Trying every rate',
  restarting: 'Restarting the chip to see when it takes a link',

  // What could not be measured
  noBlankStretch:
    'No 64 KiB of flash hold nothing beside bootloader and calibration, so nothing was written',
  isBlankAgain:
    'Flash is as it was: __from__ to __to__, which was written to, is blank again, by the checksum of the chip.',
  blankAgain: '__error__; the stretch of flash that was written to is blank again, as it was',
  rateElsewhere: 'The rate of this port is set elsewhere',
  noRestart:
    'No modem line resets the chip, and it is to stay linked afterwards: when it takes a link was not looked at',
  lateRestarts:
    'Answers come too late over this network to tell when the chip takes a link after a reset',
  chipGone: 'The chip was gone by then',
  noTimes: 'The measurement ended without a result',

  // What is unusual, and what to do
  readsDiffer:
    "Of __sectors__ sectors that were read twice, __differed__ came differently, and __contradicted__ were contradicted by the chip's checksum.",
  readsDifferAdvice:
    'Trust no bytes of this line before it reads the same twice: use shorter wires and a common ground, set a lower baud, and give the module a stronger 3.3 V supply.',
  answersLost: '__lost__ of __asked__ short questions got no answer.',
  checkLine:
    'Use shorter wires and a common ground, and give the module a supply of its own of 3.3 V and 500 mA.',
  keepsAnswers: 'The adapter keeps short answers back for __ms__ ms.',
  shortenTimer:
    'Set its latency timer to 1 ms. On Linux: echo 1 | sudo tee /sys/bus/usb-serial/devices/ttyUSB0/latency_timer (with the name of your port). On Windows: Device Manager, the port, Port Settings, Advanced, Latency Timer.',
  longWay: 'An answer is __ms__ ms on its way before its first byte is here.',
  useCable:
    'That is a network, or a busy computer. Everything works over it, but slowly: a serial port of this computer is faster.',
  heldUp: 'Answers take __median__ ms as a rule, but up to __worst__ ms now and then.',
  leaveComputerAlone:
    'This computer, or a USB hub, is busy: connect the adapter directly, and let nothing else work meanwhile.',
  slowLine: 'Nothing faster than __baud__ baud proves itself on this line.',
  slowLineAdvice:
    'Use shorter wires and a common ground, or another adapter; cut off what else hangs on RX1 and TX1. Else set baud to __baud__, so that no time is lost with trying.',
  requestsGarbled:
    'At __baud__ baud the chip is heard well, but does not hear everything that is asked.',
  requestsGarbledAdvice:
    "Look at the wire from the adapter's TX to the chip's RX1 (P10): another chip on it, or a level other than 3.3 V, spoils what is sent.",
  noWindow: 'After a reset the chip took no link check at any time.',
  noWindowAdvice: 'Run the examination once more; if it stays so, please post the report.',
  shortWindow: 'After a reset the chip takes a link for __ms__ ms only.',
  shortWindowAdvice:
    'A reset by hand may need several tries: keep CEN at GND until the job waits, then let go. With RTS or DTR wired to CEN it works every time.',
  noWire: 'No modem line of the adapter resets the chip: it waits for your hand each time.',
  noWireAdvice: 'Wire RTS or DTR of the adapter to CEN, and leave reset at auto.',
  statusOnes: "The flash part's status register reads as all ones.",
  statusOnesAdvice:
    'That is a flash part that does not answer, or one that is locked for good: back the chip up, and write nothing before that is understood.',
  slowChecksum: 'The chip takes checksums at __kilobytes__ kB/s only.',
  uneven:
    'The chip takes checksums of blank flash at __blank__ kB/s, and of other flash at __other__ kB/s.',
  postReport: 'Nothing is wrong with that, but no such chip was known: please post the report.',
  slowFlash: 'Flash takes longer to erase or to write than the datasheets allow.',
  slowFlashAdvice:
    'A worn part, or a supply that sags: give the module a stronger 3.3 V supply and measure again. If it stays so, do not count on this module for long.',
} as const;
