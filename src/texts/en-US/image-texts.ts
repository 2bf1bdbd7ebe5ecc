/** What is said of images: what they are ("The image is …"), what speaks for it, and what to do with them. */
export const IMAGE = {
  // What it is; completes "this is …".
  app: 'an application image (UA)',
  qio: 'a bootloader with an application (QIO)',
  bootloader: 'a bootloader',
  packets: 'code for a BK72xx chip with a key that is not known',
  either: 'code without a key that may be a bootloader or an application',
  stripped: "code with Tuya's key but without the check bytes of code packets",
  raw: 'plain code as a compiler makes it, without code packets',
  dump: 'a dump of a whole flash',
  rotatedDump: 'a dump of a whole flash that begins at 0x11000 and wraps around',
  swappedDump:
    'a dump of a whole flash with its parts out of order, whose beginning stands at __offset__',
  doubledDump: 'a dump of __given__ bytes that holds a flash of __length__ bytes more than once',
  contradictingDump: 'a dump of a whole flash whose parts contradict each other',
  rbl: 'an over-the-air update file (RBL)',
  tuyaUg: 'a Tuya update file (UG)',
  loneHeader: 'the header of an application (RBLH), without the application',
  uf2: 'a UF2 firmware file for __target__',
  calibration: 'a calibration sector (radio tables and MAC)',
  openBekenConfig: "OpenBeken's configuration",
  tuyaStorage: "the storage of Tuya's firmware, or a stretch with it",
  unknown: 'nothing that this package knows',
  chipNotKnown: 'a chip that is not known',
  namedProject: '__what__, __project__',
  namedVersion: '__what__, __project__ __version__',
  withProject: '__what__ with __project__',
  withVersion: '__what__ with __project__ __version__',

  // What is no image for these chips.
  empty: 'empty',
  onlyFf: 'nothing but FF: blank flash',
  onlyZeros: 'nothing but zeros, which is what a flash reads as that does not answer',
  gzip: 'a gzip archive',
  zip: 'a ZIP archive',
  xz: 'an xz archive',
  sevenZip: 'a 7z archive',
  elf: 'an ELF program file',
  esp32: 'an image for an ESP32',
  espChip: 'an image for an ESP chip',
  otherMake: 'an image for a __maker__ chip',
  webPage: 'a web page, not the file that was meant',
  lfsPointer: 'a pointer of Git LFS, not the file that it stands for',
  hexText: 'a file of hex text (Intel HEX or S-record)',
  text: 'text, not an image',

  // Where it belongs, or what to do instead.
  appPlace: 'Its first byte belongs to 0x11000, behind the bootloader.',
  qioPlace: 'The application in it begins with byte 0x11000, and belongs to the same offset.',
  bootloaderPlace: 'It belongs to 0x0. Leave the one that a chip has, unless that is broken.',
  offsetIfKeyFits:
    'Give an offset only if you know where these bytes belong, and that the key fits.',
  useTellingFile:
    'Use a file that tells what it is: an application with its header (.rbl), or a UF2 file.',
  offsetIfKnown:
    'Give an offset only if you know which of the two it is: an application belongs to 0x11000.',
  offsetIfSure: 'Give an offset only if you are sure where these bytes belong.',
  checkComplete: 'Check that the file is complete and made for this chip.',
  useFlashingFile: 'Use the file that the build made for flashing: .bin, .rbl or .uf2.',
  putRight: 'Put its last 0x11000 bytes in front of the others, and write that.',
  putInFront:
    'Put what is from byte __offset__ on in front of all that is before it, and write that.',
  useFirstPart: 'Use its first __length__ bytes: they are the whole flash.',
  readWholeAgain:
    'Read the whole flash again, from 0x0 on and at once. If the chip is gone, take single parts out of the file by hand.',
  belongsToDownloadSlot:
    'It belongs into the download slot, whose place depends on the chip: the bootloader installs it from there.',
  holdsUpdate: 'It holds an update file (RBL) behind its first 32 bytes.',
  takeUf2: 'It is of use only with its application: take the UF2 file, which has both.',
  saysPlaces: 'It says itself where its parts belong.',
  getFileForChip: 'Get the file that is made for the BK72xx chip of this device.',
  onlyToItsDevice: 'Write it only to the device that it was read from: it holds the MAC.',
  configPlaces: 'It belongs to 0x1d1000 on BK7231N and M, and to 0x1e1000 on the others.',
  toBeInspected: 'It is there to be inspected; to bring it back, write a dump of the whole flash.',
  readAgain: 'Read or download the file again.',
  useAnImage: 'Use an image that holds something; to blank flash, erase it.',
  readOnBetterSupply: 'Read the chip again, on a better supply.',
  unpackBin: 'Unpack it first, and use the .bin file inside.',
  unpack: 'Unpack it first, and use the file inside.',
  useBinOfBuild: 'Use the .bin file that the build made of it.',
  downloadItself: 'Download the file itself: the link led to a page about it.',
  downloadRaw: 'Download the file itself, with the button for raw files or with git lfs pull.',
  useBin: 'Use the .bin file.',
  buildForThisChip: 'Build or download the file again, for this very chip.',

  // What speaks for a chip or a kind.
  packetsFromStart: 'Valid code packets from its first byte on.',
  packetsAtBootloader: 'Valid code packets at 0x0, where the bootloader lies.',
  packetsAtApp: 'Valid code packets at 0x11000, where the application lies.',
  beginsWithApp: 'It begins with the application and ends with the bootloader.',
  calibrationAt: 'A calibration sector at __offset__.',
  calibrationLiesAt: 'The calibration sector lies at __offset__.',
  downloadSlotAt: 'The partition table puts the download slot at __offset__.',
  bootloaderIs: 'The bootloader is __name__, by its checksum.',
  bootloaderThatOf: 'The bootloader is that of __name__, by its checksum.',
  bootloaderCallsItself: 'The bootloader calls itself __name__.',
  bootloaderSaysBk7231: 'The bootloader says BK7231 where only that of N and M does.',
  appBuiltFor: 'The application was built for __sdk__.',
  appCallsItself: 'The application calls itself __project__.',
  appBuiltAs: 'The application was built as __target__.',
  appSaysBk7231: 'The application says BK7231 where those for N and M do.',
  namesPartition: 'Its header names the partition __partition__.',
  packedWith: 'It was packed with __packing__, which cannot be opened here.',
  uf2IsFor: 'It is for __target__, by its number (__family__).',
  builtForBoard: 'It was built for the board __board__.',
  beganAtApp: 'The dump begins at 0x11000 and wraps around.',
  beganElsewhere:
    'The parts of the dump are out of order: flash begins with its byte __offset__, where the bootloader stands.',
  heldTwice:
    'The dump has __given__ bytes, but they are one flash of __length__ bytes, more than once: it was read beyond the end of a smaller flash, which begins again there.',
  heldTwiceAndMore:
    'The dump has __given__ bytes, but they are one flash of __length__ bytes, more than once: it was read beyond the end of a smaller flash, which begins again there. __more__',
  bootloaderInside: 'The bootloader stands at __offset__ of it.',
  layoutOfOther:
    'Its layout is that of another chip, as some modules have it: what its code says of itself counts more.',
  contradictEachOther: 'These contradict each other.',
  contradictsItself: 'What it says about its chip contradicts itself: __evidence__',
  speaksForOthers: 'What it holds speaks for chips that exclude each other.',

  // How an update file is packed; completes "packed with …".
  quickLzCompression: 'QuickLZ compression',
  fastLzCompression: 'FastLZ compression',
  xorEncryption: 'XOR encryption',
  unknownPacking: 'a packing that is not known',
  aesUnusualKey: 'AES encryption with a key that is not the usual one',

  // What was checked and is right.
  checksumRight: 'Its checksum is right.',
  bodyCrcRight: 'The CRC-32 of its body is right.',
  codeHashRight: 'The hash of the code in it is right.',
  payloadSumRight: 'The sum of its payload is right.',
  fitsHeader: 'CRC and hash of __partition__ fit the header behind it.',

  fitsHeaderOfUpdate:
    'The hash of __partition__ fits the header behind it, which describes the update that it came in.',

  // What is damaged or odd.
  headerChecksumWrong: 'The checksum of its header is wrong.',
  cutOff: 'It is cut off: __missing__ of its __length__ bytes are missing.',
  bodyCrcWrong: 'The CRC-32 of its body is wrong.',
  moreCodeThanFits: 'It names more code than any of these chips can hold.',
  gzipDamaged: 'Its gzip stream is damaged.',
  unpackedLength: 'Unpacked it has __has__ bytes; its header says __says__.',
  codeHashWrong: 'The hash of the code in it is wrong.',
  outerSumWrong: 'The sum of its outer header is wrong.',
  payloadSumWrong: 'The sum of its payload is wrong.',
  noUpdateInside: 'There is no update file (RBL) inside.',
  impossibleSizes: 'The header of __partition__ names sizes that cannot be.',
  crcDoesNotFit: 'The CRC of __partition__ does not fit its header.',
  hashDoesNotFit: 'The hash of __partition__ does not fit its header.',
  changedOrOldHeader: '__faults__ It was changed, or the header is left from an earlier firmware.',
  updateNotCompared:
    'The header of __partition__ describes the update that it came in: whether the code is whole cannot be told without its key.',
  brokenPackets: '__broken__ of its code packets have a wrong CRC, the first at __first__.',
  bootloaderTwice:
    'Bootloaders stand at __first__ and at __second__, but what lies around them differs: one flash has one. It may have been read beyond the end of a smaller flash, once wrongly, or be made of parts of two dumps.',
  applicationElsewhere:
    'The bootloader stands at __offset__ of it, but an application where that belongs in a dump that begins with the bootloader.',
  calibrationElsewhere:
    'The bootloader stands at __offset__ of it, but the calibration where that belongs in a dump that begins with the bootloader.',
  turnedIsDamaged:
    'The bootloader stands at __offset__ of it, but what follows there is no whole code. __damage__',
  cutInPacket: 'It ends in the middle of a code packet: it is cut off.',
  cutInHeader: 'It ends in the middle of the header behind its code: it is cut off.',
  noBootloaderCode: 'What lies where the bootloader belongs is no code.',
  noApplicationCode: 'What lies where the application belongs is no code.',
  noCodeAtStart: 'There is no code where a bootloader begins.',
  blankStretch: 'A stretch in the middle of its code is blank.',

  // UF2 files.
  uf2NoFormat: 'It does not say how its parts are laid out.',
  uf2CutInBlock: 'It ends in the middle of a block.',
  uf2BlockDamaged: 'Its block __index__ is damaged.',
  uf2BlockNumber: 'Its block __index__ says that it is number __sequence__.',
  uf2BlockFamily: 'Its block __index__ is for another chip than the first.',
  uf2BlockCount: 'It has __has__ blocks but should have __total__.',
  uf2ManyPieces: 'It is in more than __most__ pieces, which no build makes.',
  uf2Overlap: 'Two of its parts for __name__ overlap from __start__ on, and differ.',
  uf2Contradicts: 'Its application is for __chips__, but the file says it is for __target__.',
  uf2BeyondFlash: 'It has parts that would lie beyond the end of any flash.',
  uf2NoCode: 'What it has for the application slot is no code for these chips.',
  uf2SlotIs: 'What it has for the application slot is __description__.',
  uf2UnknownPartition:
    'The UF2 file has a part for __name__, a partition that it does not describe; nothing was changed',
  uf2PartTooLong:
    'The UF2 file has a part that ends at __end__ of its partition __name__, which has __length__ bytes; nothing was changed',

  codeNotAtWord: 'Code begins at a multiple of 4 bytes, not at __address__',
} as const;
