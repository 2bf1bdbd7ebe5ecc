const DATA =
  "the calibration of the radio with the MAC, Tuya's storage and OpenBeken's configuration";
const PINS = "The pins of OpenBeken are to come from Tuya's firmware";

/**
 * What is said of where an image goes on a chip, and why it does not go there. A sentence that begins with a small
 * letter completes "The image is …: " as `why`.
 */
export const PLACEMENT = {
  refused: 'The image is __image__: __why__; nothing was changed',

  // What an image is, where it was taken out of another one.
  appOfDump: 'the application of a dump',
  bootloaderOfImage: 'the bootloader of an image',

  // An address range.
  span: '__start__ to __end__',

  // What helps in many cases.
  setAnyImage: 'To write this one all the same, set anyImage.',
  getAnew: 'Download or build the file again.',
  useFitting: 'Use an image that is made for this chip and its flash size.',
  useOwnBackup: 'Use a backup of this very chip.',
  useOwnDump: 'Use a dump of this very device.',
  useBackupOrFirmware: 'Use a backup of this very chip, or firmware for the __chip__.',

  // The image cannot be used at all.
  empty: 'The image is empty (0 bytes); nothing was changed',
  checkSource: 'Check where the image comes from: a read or a download may have failed.',
  tooLarge:
    'The image has __length__ bytes, more than any flash of these chips; nothing was changed',
  checkMeant: 'Check that this is the image that was meant.',
  forOtherMake: 'The image is __image__, for a chip of another make; nothing was changed',
  noFirmware: 'The image is __image__. That is no firmware for a BK72xx chip; nothing was changed',
  notAsOnFlash:
    'The image is __image__, which is not what a flash holds: at an offset it would be written as it is, and not start. Nothing was changed',
  offsetOnAuto: 'Leave the offset on auto.',
  noPlaceTold:
    'The image is __image__, and where that belongs cannot be told without an offset. Nothing was changed',
  notWritable: 'The image is __image__, which cannot be written as it is; nothing was changed',
  setPartRf: 'Set the part to rf to put it back.',
  setPartOpenBeken: 'Set the part to openbeken to put it back.',
  damagedFile: 'The image is __image__, and it is damaged. __damage__ Nothing was changed',
  skipsAll:
    'The image has __bytes__ bytes, and to leave out its first __skip__ would leave none; nothing was changed',
  notInImage:
    'The image has __bytes__ bytes; __length__ bytes after the first __skip__ are not in it. Nothing was changed',
  correctSkip: 'Correct skip and length, or leave them out.',
  isOtherMake: 'it is for a chip of another make',
  notAsItIs: 'it cannot be written as it is',

  // Damage.
  damaged: 'it is damaged. __damage__ It was not written',
  dumpDamaged: 'The dump is damaged, as its chip may have been. __damage__',
  ownDamaged: 'It is damaged, and written all the same, as it is of this very chip. __damage__',

  // The image is for another chip.
  imageForOtherChip: 'An image for another chip',
  evidence: '__says__',
  appContradicts: 'what its application says of its chip contradicts itself (__says__)',
  bootloaderContradicts: 'what its bootloader says of its chip contradicts itself (__says__)',
  chipIs: 'the chip is a __chip__',
  chipOnPortIs: 'the chip on __port__ is a __chip__',
  forOtherChip: 'it is for __chips__, but __chip__',
  thisChip: 'this chip',
  thisChipOn: 'the chip on __port__',
  modelNotTold:
    'it is for __chips__, and __on__ does not tell its model: it may be __able__, and neither its bootloader nor its key speaks for one of them. Nothing could be compared',
  likelyOtherModel:
    'it is for __chips__, and __on__, which does not tell its model, is likely __likely__ (__says__)',
  onlyLikely:
    'The image is for __chips__, and __on__ does not tell its model for certain. It was compared with what is likely only: __likely__. __says__',
  setChipIfSure:
    'Read the model off the chip itself, and set it as the chip of the device: __chips__, if it is one. Then it is compared with that.',
  mixtureForOtherChip:
    'its application is for __app__, its bootloader for __bootloader__, and __chip__',
  mixture:
    'The image is a mixture: its application is for __app__, its bootloader for __bootloader__. The chip keeps its own bootloader.',
  keepBootloader: 'Set bootloader to keep: then only its application is written.',
  useImageFor: 'Use an image for __chip__.',
  useImageForThis: 'Use an image for this chip.',
  ownAllTheSame: 'The dump is of this very chip, by its MAC, and so it is taken; but __why__.',

  // Its code has another key.
  chipKeyUnknown: 'which key the chip has is not known',
  chipNeeds: 'the chip needs code with __key__',
  otherKey: 'its code is stored with __key__, but __needed__',
  otherKeys:
    'its application is stored with __app__, its bootloader with __bootloader__, and __needed__',
  keyNotCompared:
    "The image has code with __key__; whether the chip's key is the same is not known.",
  keyNotChecked:
    'The image has code with a key that is not known: whether it is the key of this chip was not checked.',
  useKeyless: 'Use a file for a chip without a key: OpenBeken has them for BK7231M.',
  useOwnKey: 'Use an image that was made with the key of this chip.',
  useBuiltForThis: 'Use an image that was built for this chip.',

  // Chips on which nothing was ever tried.
  untried:
    'Writing to a __chip__ was never tried on hardware, and what is known of its flash has one source: keep the backup.',
  placeUnknown: 'where it would go on a __chip__ is not known',
  useBackupOrMakers:
    'Use a backup of this very chip, or firmware for the __chip__ with the offset that its maker names.',
  onlyOwnDump:
    "only a dump of this very chip is put back on a __chip__, where nothing else was ever tried. Its MAC is __given__, and this chip's __own__",
  macNotInIt: 'not in it',
  macUnreadable: 'cannot be read',
  setOffsetAndSkip:
    'To write this one all the same, set offset and skip to __start__, and anyImage.',
  forOtherCore:
    'it is for __chips__, but the chip on __port__ is a __chip__, which runs other code',
  forSomeOtherCore:
    'it is for another chip, but the chip on __port__ is a __chip__, which runs other code',

  // Applications.
  overlap:
    'The image reaches to __end__, over __start__, where something else has to go; nothing was changed',
  behindSlot:
    'The application ends at __end__, behind its slot (__slot__): it goes over what lies there.',
  leftOutBehindApp:
    'What the image has for __offset__ and later, behind the application, is left out.',
  leftOutBehindSlot:
    'What the image has for __offset__ and later, behind the application slot, is left out.',
  tooMuchCode: 'it has __length__ bytes of code, and from 0x11000 on there is room for __room__',
  noApplication: 'The image is __image__, and holds no application; nothing was changed',
  dumpWithoutApplication:
    'The dump holds no application: there is no code where it belongs; nothing was changed',

  // Bootloaders.
  noBootloader: 'The image is __image__, and holds no bootloader; nothing was changed',
  dumpWithoutBootloader:
    'The dump holds no bootloader: there is no code where it belongs; nothing was changed',
  useWholeDump: 'Use a dump of a whole flash.',
  useOtherDump: 'Use another dump of this chip.',
  bootloaderKept: 'The bootloader is kept: replacing it could end a basic chip for good.',
  basicBootloader:
    'The image is __image__, and that of a basic chip is never written: without it only SPI could bring the chip back. Nothing was changed',
  bootloaderToKeep: "The image is __image__, and the chip's own is to be kept; nothing was changed",
  useApplication: 'Use an application image (UA).',
  setReplace: 'Set bootloader to replace, if the chip needs one.',
  bootloaderTellsNoChip: 'The bootloader does not tell which chip it is for.',
  keylessBootloader:
    'Which key the chip has is not known; the bootloader has none, as is usual on a __chip__.',
  keyNotSureToFit: 'a bootloader is replaced only where the key of the chip is known to fit',
  setTwin: "If this is a BK7231M, which has no key, set the device's chip to BK7231M.",
  useBootloaderForThis:
    'Use an image that holds a bootloader for this chip, or set bootloader to keep.',
  damagedBootloader: "it is to replace the chip's, but is damaged. __damage__ It was not written",
  bootloaderInItDamaged:
    "its bootloader is to replace the chip's, but is damaged. __damage__ It was not written",
  useSoundBootloader: 'Set bootloader to keep, or use an image with a bootloader that is whole.',
  couldBeApplication:
    'its bytes could be an application as well, and with that at 0x0 the chip would not start',
  useTellingBootloader:
    'Use a bootloader that tells what it is: one with a header, a name, or a partition table.',
  giveAppOffset: 'If it is an application after all, give 0x11000 as the offset.',
  intoBasicBootloader:
    'The image would go to __offset__, into the bootloader of the basic chip on __port__: without it only SPI could bring the chip back, so it is never written. Nothing was changed',
  intoBootloader:
    'The image would go to __offset__, into the bootloader (below 0x11000) of the chip on __port__; nothing was changed',
  writeBehindBootloader: 'Write to 0x11000 or later; with a full dump leave the offset on auto.',
  writeBehindOrReplace: 'Write to 0x11000 or later, or set bootloader to replace.',
  noWholeBootloader:
    'of it something else than a whole bootloader would go to __offset__, into the bootloader of the chip on __port__',
  autoAndReplace:
    'Leave the offset on auto, and set bootloader to replace: then a bootloader goes where it belongs.',
  bytesAllTheSame: 'To write these bytes all the same, set anyImage.',

  // Dumps.
  dumpPutRight: '__found__ It is put right before it is written.',
  ownWithoutApplication:
    'Where the application belongs, the dump of this chip holds no code: with it the chip does not start a firmware.',
  otherFlashSize: 'it has __length__ bytes, but the flash of the chip __size__',
  useSameSize: 'Use a dump of this chip, or of one with the same flash size.',
  blankBootloader: 'the bootloader is to be replaced, but that area of it is blank',
  useWithBootloader: 'Use an image that holds a bootloader, or set bootloader to keep.',
  otherDump: `The dump is not of this very chip (its MAC is __given__, this chip's __own__): what lies in its slots for code is written, and ${DATA} of this chip are kept. What is wanted of the dump all the same can be written with part: tuya or openbeken.`,
  dumpWithoutMacs: `Neither the chip nor the dump has a MAC, so that whether the dump is of this very chip cannot be told: what lies in its slots for code is written, and ${DATA} are left out. What is wanted of them can be written with part (tuya, openbeken), or with offset and skip.`,
  chipWithoutMac: `The chip has no MAC, so that whether the dump (of __given__) is of this very chip cannot be told: what lies in its slots for code is written, and ${DATA} are left out. If it is of this very chip, write it with part set to rf, and then once more as a whole; else what is wanted of it with part: tuya or openbeken.`,

  // Updates.
  noUpdate: 'there is no update in it',
  otherPartition:
    'it is for the partition __partition__, and only applications are installed this way',
  packedWith: 'it is packed with __method__, which is not supported',
  packedUnknown: 'it is packed with something unknown, which is not supported',
  useUnpacked: 'Use the application image (UA) or QIO file of the same firmware.',
  noDownloadSlot: 'this chip has no download slot that is known',
  updateTooLong: 'it has __length__ bytes, and the download slot (__slot__) __room__',
  unpackedTooLong: 'unpacked it needs __length__ bytes, and the application slot has __room__',
  updateOverCalibration:
    'in the download slot (__slot__) it would go over the calibration of the radio with the MAC at __calibration__, and it has __length__ bytes where __room__ are free',
  tableNotRead:
    "The chip's own partition table was not read: the download slot is taken to be at __offset__, as is usual.",
  encryptedUpdate: 'The update is encrypted: only a bootloader with the same AES key installs it.',
  updateAsApp:
    'at __offset__ it would lie in the place of the application, which cannot start from such a file: the bootloader installs it from the download slot',
  updateAsAppOf:
    'at __offset__ it would lie in the place of the application, which cannot start from such a file: the bootloader installs it from the download slot at __slot__',
  autoForDownload: 'Leave the offset on auto: then it goes to the download slot.',

  // UF2 files.
  uf2Of: 'it is for __family__, which is no BK72xx',
  uf2OfUnknown: 'it is for a chip that is not known, which is no BK72xx',
  noPartForCable: 'none of its parts is for flashing by cable',
  partOverBootloader: 'its part for __partition__ would go over the bootloader (__span__)',
  partTooFar:
    'its part for __partition__ (__span__) reaches beyond __limit__, where the chip keeps its own data or its flash ends',

  // What the chip holds.
  overData:
    'The image reaches over __span__, where the chip on __port__ has __what__; nothing was changed',
  mayGo: 'If what lies there may go, back it up and erase that range first.',
  calibrationOfRadio: 'the calibration of its radio',
  dataOfFirmware: 'data of its firmware',

  // Parts of a dump.
  noCalibrationInIt:
    'The image is __image__, and there is no calibration of the radio with a MAC in it; nothing was changed',
  noStorageInIt:
    "The image is __image__, and there is no storage of Tuya's firmware in it; nothing was changed",
  configDamaged:
    "The image is __image__, and OpenBeken's configuration at __offset__ of it is damaged: its checksum is wrong. Nothing was changed",
  useSoundConfig:
    'Use another backup. OpenBeken itself would take this one for none and begin anew; set it up in its web page, or with the setting openbeken.',
  configStaysOut:
    "The image also holds OpenBeken's configuration, which is not written with the firmware: this chip keeps its own. Set the part to openbeken to put it back.",
  noConfigInIt:
    'The image is __image__, and there is no configuration of OpenBeken in it; nothing was changed',
  storagePlaceUnknown:
    "The image is __image__; it holds a storage of Tuya's firmware, but where in flash that lay cannot be told from it. Nothing was changed",
  storageCutOff:
    "The image is a part of a flash that ends, or begins, in the midst of the storage of Tuya's firmware, and with half of it a device does not know itself; nothing was changed",
  useEarlierDump: 'Use a dump that was made while the device still had it.',
  otherCalibration:
    'The calibration of the radio is of another device (__given__; the one on __port__ is __own__): two devices with one MAC disturb each other; nothing was changed',
  calibrationPlaceUnknown:
    'Where the chip on __port__ has the calibration of its radio cannot be told; nothing was changed',
  giveOffset: 'Give the offset where it belongs, or use a dump of this chip.',
  calibrationNotForOpenBeken:
    'OpenBeken has the calibration of the radio at __offset__, where something else lies: it was left alone. If the chip runs OpenBeken, write that firmware once more.',
  calibrationForOpenBeken:
    'The calibration of the radio goes to __offset__ as well, where OpenBeken has it.',
  calibrationMoved:
    'OpenBeken has the calibration of the radio at __offset__, where this chip has none: it is copied there from __own__.',
  calibrationNotMoved:
    'OpenBeken has the calibration of the radio at __offset__, and the chip has its own at __own__: it was not copied, as something else lies at __offset__. OpenBeken runs without its own MAC, and with a weak radio, until it is there: if what lies there may go, erase that sector (0x1000 bytes), and write this once more.',
  noCalibrationLeft:
    'The chip has no calibration of its radio left, in no place where such chips have it: it will have a MAC that others have too, and often a weak radio. If there is a backup of this very device, write it with part set to rf.',
  replaceWithThis:
    'The bootloader area of the chip is blank and is to stay so: nothing starts. This very file has a bootloader for it: write it once more with bootloader set to replace.',
  replaceWithOther:
    'The bootloader area of the chip is blank, and this file brings none: nothing starts. Write a backup of this chip, or a QIO file of the same firmware, with bootloader set to replace.',
  updatesNotInstalled:
    'The bootloader installs updates from __slot__, but OpenBeken on a __chip__ puts its own at __own__: updates by its web page will not be installed. Update it by cable, with bk-write.',
  updatesNeedBootloader:
    'The bootloader installs updates from __slot__, but OpenBeken on a __chip__ puts its own at __own__: updates by its web page will not be installed. Update it by cable, with bk-write, or write a QIO file of OpenBeken once with bootloader set to replace.',
  updatesNeedThisBootloader:
    'The bootloader installs updates from __slot__, but OpenBeken on a __chip__ puts its own at __own__: updates by its web page will not be installed. Update it by cable, with bk-write, or write this very file once more with bootloader set to replace.',
  otherStorage:
    "Tuya's storage is of another device (__given__; this one is __own__): the cloud knows them as two.",
  storageOverCalibration:
    "Tuya's storage of the dump reaches over __offset__, where the chip on __port__ has the calibration of its radio; nothing was changed",

  // OpenBeken's configuration of a dump.
  configOfOther:
    'The configuration of OpenBeken of a __chips__ has room for __pins__ pins, and that of the __chip__ on __port__ for __needed__; nothing was changed',
  configOfOtherMake:
    'The configuration of OpenBeken has a checksum as on chips of other makes (LN882H, BL602 and more), whose pins are not those of the chip on __port__; nothing was changed',
  configTellsNoPins:
    'The configuration of OpenBeken does not tell for how many pins it is; the __chip__ on __port__ has __needed__, most chips have __usual__; nothing was changed',
  configOfOtherPins:
    'The configuration of OpenBeken is for __pins__ pins, but the __chip__ on __port__ has __needed__; nothing was changed',
  setUpByWebPage:
    "Set OpenBeken up in the device's own web page, or with msg.openbeken along with its firmware.",
  checksumMadeAnew:
    "The configuration of OpenBeken had the checksum of another make's chip: it was made anew.",
  configPlaceUnknown:
    'Where OpenBeken has its configuration on a __chip__ (on __port__) is not known; nothing was changed',
  configPlaceOfUnknown:
    'Where OpenBeken has its configuration on a chip that does not tell its model (on __port__) is not known; nothing was changed',
  setChip: 'Set the chip in the device.',
  writeFirmwareAlone: "Write the firmware alone, and set it up in the device's own web page.",

  // OpenBeken's configuration along with its firmware.
  noBackupForPins:
    'The pins of OpenBeken are to come from Tuya\'s firmware ("tuya"), out of the backup of this job, but no backup is made; nothing was changed',
  setBackup: 'Set backup to once or always, or give the pins themselves.',
  configWithOther:
    "A configuration of OpenBeken is to be written, but the image is __image__, not OpenBeken's firmware; nothing was changed",
  configWithPart:
    'A configuration of OpenBeken goes with the whole image, but only its part __part__ is to be written; nothing was changed',
  switchOpenBekenOff: "Switch openbeken off, or give the image of OpenBeken's firmware.",
  configStays:
    'The chip has a configuration of OpenBeken at __offset__ already: what is not set now stays as it is there.',
  dryRunWithoutPins: 'A dry run makes no backup, so that no pins were looked for in it.',

  // The pins out of a backup.
  pinsBuiltIn:
    "The pins are those that Tuya's application has built in: it may hold them for another device.",
  backupWithoutPins: `${PINS}, but no backup was made; nothing was changed`,
  noPins: `${PINS}, but the backup __backup__ tells none: __why__; nothing was changed`,
  noStorage:
    "there is no storage of Tuya's firmware that can be read (it was erased, or never was there, or has a form that is not known)",
  useBackupBeforeErase: 'Use a backup that was made before the storage was erased.',
  otherController:
    'another controller does the work (TuyaMCU, __baud__ baud), and the pins are its',
  startTuyaMcu: 'Leave the pins out, and set startCommand to "startDriver TuyaMCU".',
  namesNoPin:
    'its settings name no pin; so it often is where another controller does the work (TuyaMCU)',
  moduleNamesNoPin:
    'its settings (module __module__) name no pin; so it often is where another controller does the work (TuyaMCU)',
  lookForController: 'Look at the device for a second controller.',
  storageDamaged: 'its storage is damaged. __damage__',
  readAgain: 'Read the chip once more.',
  neverPaired:
    'its storage holds no settings of pins, and none of an account: the device was never paired, and some take their pins down only then',
  pairOnce: "Pair the device with Tuya's app once, and read it again.",
  noPinSettings:
    'its storage holds no settings of pins (user_param_key), as of devices in which another controller does the work (TuyaMCU)',
  givePins:
    "Give the pins themselves in msg.openbeken, or leave them out and set them in the device's own web page.",
} as const;
