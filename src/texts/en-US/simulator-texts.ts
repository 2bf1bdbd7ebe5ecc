/** What is said of simulated chips, and by the command that serves one. */
export const SIMULATOR = {
  // Its line
  inUse: '__port__ is in use: a simulated chip has one line',
  waitOrOtherSeed:
    'Let the other job end first, or make a chip of its own by adding another seed, as ?seed=2.',
  noSuchRate: '__port__ has no rate of __baud__ baud',
  noLongerOpen: '__port__ is no longer open',

  // Its address and options
  noAddress: "__url__ is no simulated chip's address; it looks like sim://bk7231n?seed=1",
  correctAddress: 'Correct the address.',
  noChip: 'No simulated chip is named; there are __chips__',
  unknownChip: '"__chip__" is no simulated chip; there are __chips__',
  takeAnother: 'Take sim://bk7231n, or another one.',
  noSuchOption: 'The simulated chip has no option "__name__"; it has __options__',
  correctName: 'Correct its name, or leave it out.',
  badOption: `The simulated chip's option __option__ cannot be "__text__"; allowed: __allowed__`,
  outsideFlash:
    "The simulated chip's option __option__ cannot be __value__; allowed: __allowed__, within the flash",
  correctOption: 'Correct __option__, or leave it out.',

  bootloaderOfOther: 'The bootloader __crc__ is none that a __chip__ has',

  // Its files
  fileTooLong:
    "__file__ has __bytes__ bytes, more than the simulated flash's __size__ (option size)",
  smallerFile: 'Name a smaller file, or leave size out.',
  fileUnreadable: "The simulated chip's __option__ file __path__ cannot be read: __reason__",
  noSuchFile: "The simulated chip's __option__ file __path__ cannot be read: there is no such file",
  noPlainFile: "The simulated chip's __option__ file __path__ cannot be read: it is no plain file",
  fileTooLongToRead:
    "The simulated chip's __option__ file __path__ cannot be read: it has __bytes__ bytes, and more than __most__ cannot be right",
  noReport: "The simulated chip's profile file __path__ is no report of bk72xx doctor: __what__",
  reportNoJson: 'it holds no JSON document',
  reportNoFormat: 'it does not say that it is one',
  reportVersion: 'it has version __version__, and only 1 is known here',
  reportValue: '__name__ is __given__, which cannot be',
  takeReport: 'Name a file that bk72xx doctor has written, as it is.',
  profileOfOtherChip:
    'The report __path__ is of a __other__, and cannot be the profile of a __chip__',
  takeChipOfReport: 'Take sim://__other__.',
  checkFileName: 'Check its name: a relative one begins where the program was started.',

  // What an option may be
  file: 'a file',
  bytes: 'bytes, as 4096, 0x1000, 64K or 2M',
  powerOfTwo: 'bytes, as 4096, 0x1000, 64K or 2M, a power of two',
  bitsPerSecond: 'bits per second',
  milliseconds: 'milliseconds',
  millisecondsOrEver: 'milliseconds, 0 for ever',
  wholeNumber: 'a whole number',
  probability: 'a probability from 0 to 1',
  sixHexDigits: 'six hex digits',
  keys: 'tuya, none, 32 hex digits',
  bootloaders: 'known, blank, unknown, or the checksum of a known one',
  protectBytes: 'none, or two bytes as 0x067c (second status byte first)',
  sixHexBytes: 'six bytes in hex',
  sectorOrNone: 'none, or bytes, as 0x1e0000, a multiple of 4096',
  slotOrNone: 'none, or offset:length, as 0x132000:0xae000, multiples of 4096',
  factor: 'a number above 0, as 2 or 1.5',

  // What an option does
  aboutFlash: 'flash contents',
  aboutSize: 'flash size',
  aboutBaudLimit: 'above it bytes are corrupted',
  aboutWindow: 'how long a boot listens for a link',
  aboutSeed: 'starts every stream of chance',
  aboutBrownout: 'an erase or program reboots the chip',
  aboutCorrupt: 'an answer is changed or cut',
  aboutLose: 'an answer never comes',
  aboutDeadSector: 'address of a sector that takes no data',
  aboutSpeed: 'model line and flash times or not',
  aboutReset: 'the modem line that resets the chip',
  aboutApp: 'what runs when nobody links',
  aboutAppBaud: 'the rate at which that talks',
  aboutCrash: 'how long after its start that crashes, again and again; 0 for never',
  aboutUart: "the chip's UART that the adapter is at; on 2 nothing but the log is heard",
  aboutJoined: 'TX and RX of the adapter are joined',
  aboutSrPunish: 'a needless status write locks the flash for good',
  aboutMidLength: "length that GetMID's answer claims",
  aboutStay: 'silence that ends download mode',
  aboutJedec: 'id of the flash part',
  aboutKey: 'code key',
  aboutEfuse: 'what eFuse says of the key, where that is not the key',
  aboutBootloader: 'what the flash begins with',
  aboutContents:
    "firmware as it was made, as an update over the air leaves it, or a lamp with its pins in Tuya's storage",
  aboutProtect: 'status register after a boot (full chips)',
  aboutMac: 'address in the calibration sector',
  aboutCalibration: 'where the calibration sector lies',
  aboutDownload: 'the download slot of the partition table; none: no table',
  aboutLatency: 'how long the adapter keeps a packet back that is not full',
  aboutAnswer: 'how long the chip takes before any answer',
  aboutSlow: 'times as long as usual for erasing and programming',
  aboutErase32: 'it can erase 32 KiB at once',
  aboutAhead: 'it keeps what it hears while it works or talks',
  aboutProfile: 'a report of bk72xx doctor, whose chip it is to be like',

  // Serving one
  portTaken: 'The simulated chip cannot be served on __address__: another program has this port',
  portNotAllowed:
    'The simulated chip cannot be served on __address__: this user may not take this port',
  noSuchLocalAddress:
    'The simulated chip cannot be served on __address__: this computer has no such address',
  noSuchHost: 'The simulated chip cannot be served on __address__: there is no host of that name',
  notServed: 'The simulated chip cannot be served on __address__: __reason__',
  chooseOtherPort: 'Choose another port (--tcp; 0 lets the system choose), or another --host.',
  clientTurnedAway: "__name__ turned away: the chip's line is taken",
  clientConnected: '__name__ connected',
  clientDisconnected: '__name__ disconnected',
} as const;
