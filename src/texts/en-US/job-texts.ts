/** What a device says of its jobs as such. */
export const DEVICE = {
  listenerFailed: 'What listens to the progress failed (__reason__); the job went on without it.',

  // A fault of the program
  connectBroke: 'The connect on __port__ failed inside the program: __reason__',
  readBroke: 'The read on __port__ failed inside the program: __reason__',
  writeBroke: 'The write on __port__ failed inside the program: __reason__',
  eraseBroke: 'The erase on __port__ failed inside the program: __reason__',
  listenBroke: 'The listening on __port__ failed inside the program: __reason__',
  examineBroke: 'The examination on __port__ failed inside the program: __reason__',
  reportThis: 'Please report this with the text of the message.',
} as const;

/** What jobs say of their work on a chip: how far it is, what to know about it, and why it ended. */
export const JOB = {
  // Words for sentences: memories of the chip.
  efuse: 'eFuse',
  maskRom: 'mask ROM',
  otp: 'OTP',
  allAndLast: '__all__ and __last__',

  // What made it slow.
  lateAnswers:
    'The job waited __seconds__ s for answers that were on their way: each takes __ms__ ms to get here. On the computer that the adapter is plugged into, or nearer to that one, it is faster.',

  // How far a job is.
  comparingWithFlash: 'Comparing with what flash holds',
  comparing: 'Comparing',
  readingBytes: 'Reading __size__ bytes',
  reading: 'Reading __address__',
  looking: 'Asking for the checksum of __address__',
  readingMemory: 'Reading __memory__',
  unchanged: 'Unchanged __address__',
  erasingBytes: 'Erasing __size__ bytes',
  erasingDifferences: 'Erasing what differs',
  erasing: 'Erasing __address__',
  blank: 'Blank __address__',
  erased: 'Erased',
  writingDifferences: 'Writing what differs',
  writing: 'Writing __address__',
  written: 'Written',
  verifyingBytes: 'Verifying __size__ bytes',
  verifyingByChecksum: 'Verifying by the checksum of the chip',
  verifying: 'Verifying __address__',
  listeningForStart: 'Starting the firmware, and listening for what it says',
  done: 'Done',

  // Whether it starts.
  started: 'The firmware starts: __firmware__ was heard',
  startedVersion: 'The firmware starts: __firmware__ __version__ was heard',
  startedUnknown: "The firmware starts: Beken's SDK was heard, and no name of a firmware",
  startedTuyaMcu: 'The firmware starts: it calls a second controller (TuyaMCU) on this line',
  restarts:
    'The firmware restarts again and again: __starts__ starts were heard. It may be for another chip or key, the calibration may be missing, or the supply gives way when its Wi-Fi starts',
  startSilent:
    'Nothing was heard of the firmware, which proves nothing: as a rule it logs on UART2 (TX2) and not here. Look whether its Wi-Fi access point or the device in your network appears, or listen at TX2 with 115200 baud',
  onlyBootloaderHeard:
    'The bootloader was heard and no firmware after it. Look whether its Wi-Fi access point or the device in your network appears: the firmware may not log, or not start',
  unknownWordsHeard:
    'Text was heard that is of no firmware known here, so that nothing is told by it. Look whether its Wi-Fi access point or the device in your network appears',
  startPortLost:
    'The port went away while it was listened whether the firmware starts. What was written is verified; see to plug and supply',
  startCheckStopped:
    'What was written is complete and verified; only the listening for its start was broken off.',

  // Ranges.
  behindFlash:
    'The offset __offset__ lies behind the end of the flash of the chip on __port__, which has __size__ bytes; nothing was changed',
  notInFlash:
    '__length__ bytes at __offset__ do not fit the flash of the chip on __port__, which has __size__ bytes; nothing was changed',
  notInMemory:
    '__length__ bytes from __offset__ on do not fit the __memory__ of the chip on __port__, which has __size__ bytes',
  restNotInMemory:
    'The bytes from __offset__ on do not fit the __memory__ of the chip on __port__, which has __size__ bytes',
  useRange: 'Use a range between __from__ and __to__.',
  onlyWithKey: 'Its code has the key that of these chips only __chips__ comes with.',
  likelyModel: 'The chip does not tell its model for certain; it is likely __chips__: __says__',
  layoutNotKnown:
    'The chip on __port__ does not tell its model, so that where its application lies is not known; nothing was changed',
  otherLayout:
    'The flash of this chip is laid out otherwise than is usual for a __chip__: its download slot is __slot__, the calibration of its radio is at __calibration__. Everything here goes by that.',
  otherSlots:
    'The flash of this chip is laid out otherwise than is usual for a __chip__: its download slot is __slot__. Everything here goes by that.',
  slotNotKnown: 'not known',
  setChipOrRange: 'Set the chip in the device, or give an offset and a length.',

  // Reading.
  sectorContradicted:
    "The sector at __address__ was read from __port__, but the chip's checksum says otherwise",
  lowerBaud: 'Set a lower baud in the device; use shorter wires.',
  allZeros: 'All that was read is zeros: the flash may not answer.',
  readIsKept:
    'What was read is kept: start the same job again, and it goes on where this one ended.',
  memoryNotSerial:
    'The chip on __port__ is a __chip__, whose __memory__ cannot be read over the serial line; that of __chips__ can be read',
  memoryNotKnown:
    'The chip on __port__ is a __chip__; how its __memory__ is read is not known; that of __chips__ can be read',
  setMemoryToFlash: 'Set memory to flash.',
  sameIdAsLarger:
    'A __larger__ has the same chip id; it is known by its flash of __size__ MiB or more, and one with less is taken for a __chip__.',
  romUnconfirmed:
    'That the mask ROM of a __chip__ lies at __address__ was never confirmed on hardware: look at the bytes before you rely on them.',
  memoryNeverTwiceAlike:
    'The __memory__ of the chip on __port__ was read twice and came differently',
  romUniform: 'The mask ROM reads as __byte__ throughout: the chip may not give it away.',
  otpUniform:
    'The OTP reads as __byte__ throughout: it holds nothing, or the chip does not give it away.',

  // Looking at an image without a chip.
  notBytes: 'What is to be inspected has to be bytes (a Buffer or a Uint8Array), but is __given__',
  readFileFirst: 'Read the file first, and hand over its bytes.',

  // Before a change.
  noBackup: 'No backup could be made, so nothing was changed: __reason__',
  brokenOffBefore:
    'An earlier write broke off in the sector at __address__: the bytes beside the image, which it had kept, are put back.',

  // Erasing.
  basicBootloaderKept: 'The bootloader was kept: erasing it would end a basic chip for good.',
  calibrationKept:
    'The calibration of the radio at __addresses__ was kept; set calibration to erase if it must go.',
  nothingToErase:
    'Nothing is left to erase on the chip on __port__ (flash of __size__ bytes): all of the region is kept; nothing was changed',
  chooseOtherRegion: 'Choose another region, or set calibration to erase.',
  rangeInBasicBootloader:
    'The range begins at __address__, inside the bootloader of the basic chip on __port__: without it only SPI could bring the chip back, so it is never erased. Nothing was changed',
  rangeInBootloader:
    'The range begins at __address__, inside the bootloader (below 0x11000) of the chip on __port__; nothing was changed',
  beginLater: 'Begin at 0x11000 or later.',
  beginLaterOrEraseBootloader: 'Begin at 0x11000 or later, or set bootloader to erase.',

  // Changes that do not hold.
  badSectors:
    'The flash of the chip on __port__ does not hold its bytes at __addresses__ after __repairs__ more tries; everything else is in place and verified',
  onlyTheseFailed: 'Only __addresses__ failed, every time, while all other sectors hold.',
  neverHolds:
    'What was written to the chip on __port__ was verified __rounds__ times, and each time something was wrong and had to be repaired. __goOn__',
  arrivesChanged:
    'What is written to the chip on __port__ arrives changed: __addresses__ held other bytes after each of __repairs__ tries. __goOn__',
  lowerBaudCommonGround: 'Set a lower baud in the device; use shorter wires and a common ground.',
  keepsOldBytes:
    'The flash of the chip on __port__ takes erases and writes without complaint but keeps its old bytes (tried at __addresses__)',
  wentGently:
    'The chip rebooted again and again while its flash was changed: the job went on with single sectors and rests. Give the module a stronger 3.3 V supply.',
  misdirected:
    'The line to the chip on __port__ has changed the address of an erase or a write on its way: the chip carried it out at __addresses__, outside of what was to be changed. What was asked for is in place and verified, but there flash has lost its bytes',
  replaceHitBootloader:
    'That is the bootloader: put it back with bootloader set to replace and a backup of this chip, before it is reset.',
  keepHitBootloaderPowered:
    'That is the bootloader, by which alone this chip takes a link: keep it powered and linked, read it out, and compare it with a backup. Only SPI can bring it back once it does not start.',
  putSectorsBack:
    'Put these sectors back from a backup: bk-write with that file, the offset and skip set to the address, and length 4096 for each.',
  mendLineFirst:
    'Use shorter wires and a common ground, and set a lower baud in the device, before anything else is written.',

  // What flash holds where a change ended early.
  withFlashState: '__error__. State of the flash: __state__',
  statesJoined: '__first__; __next__',
  holdsFresh: '__ranges__ holds what was to be there',
  holdsWritten: '__ranges__ holds what was to be there, not verified yet',
  holdsBlank: '__ranges__ holds nothing (erased)',
  holdsUncertain: '__ranges__ holds parts of old and new (an erase or a write was under way)',
  holdsOld: '__ranges__ holds what was there before',
} as const;
