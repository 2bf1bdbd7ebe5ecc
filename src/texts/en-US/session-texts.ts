const RESET_BY_HAND =
  'Reset the chip now: bridge CEN to GND for 0.3 s, or switch its 3.3 V off and on';

/** What follows from a key that only the maker of the device has. */
const WITH_OWN_KEY =
  'Keep a backup of this chip, which always goes back: published firmware, for a BK7231M too, does not start on it, only what was made with its key.';

/** What is said of a chip, its link and its port. */
export const SESSION = {
  // What a job was doing, as in "during the erase".
  phaseOpen: 'open',
  phaseLink: 'link',
  phaseIdentify: 'identify',
  phaseCompare: 'compare',
  phaseBackup: 'backup',
  phaseRead: 'read',
  phaseErase: 'erase',
  phaseWrite: 'write',
  phaseVerify: 'verify',
  phaseRecover: 'recover',
  phaseReboot: 'reboot',
  // And how to go on.
  goOn: 'Send the same message again to go on: what is in place already is not written again',

  // The settings of a device.
  settingsAreNoObject:
    'The settings of a device have to be an object like { port: "/dev/ttyUSB0" }, but are __given__',
  giveObject: 'Give an object with a port.',
  wrongPassword:
    'The password for the device at __port__ has to be text without line breaks; it is not shown here',
  passwordInPort:
    'The port has a user name or a password in its address, and is not shown here for that; nothing was opened',
  givePassword:
    'Put the password into its field in the device, and the address alone into the port. The command takes it from the environment variable BK72XX_PASSWORD.',
  noPort: 'No port is set: choose the serial port of the adapter, for example /dev/ttyUSB0',
  wrongPort:
    'No port is set (port is __given__): choose the serial port of the adapter, for example /dev/ttyUSB0',
  setPort:
    'Set port to the path of the adapter, to tcp://host:port, or to sim://bk7231n to practise.',
  unknownSetting: 'The device on __port__ has no setting __setting__; there are __known__',
  correctName: 'Correct its name, or leave it out.',
  wrongSetting: 'The __setting__ of the device on __port__ is __given__, but has to be __wanted__',
  correctSetting: 'Correct __setting__, or leave it out.',
  wantedText: 'text',
  wantedOneOf: 'one of __names__',
  wantedAutoOrOneOf: 'auto or one of __names__',
  wantedAutoOrWhole: 'auto or a whole number from __minimum__ to __maximum__',
  wantedSeconds: 'a number of seconds from 0 to __maximum__',

  // The port and its turn.
  openingPort: 'Opening __port__',
  portSilent: 'Port __port__ does not answer: waiting for it',
  portGone: 'Port __port__ is gone: waiting for it',
  portWentAway: 'Port __port__ went away',
  portDoesNotStay:
    'Port __port__ does not stay: it was lost __losses__ times in a row, at last with "__reason__". __goOn__',
  checkPlug:
    'Check plug and cable, take out the hub if there is one, and power the module from a supply of its own: a module that draws its current from the adapter can pull it down.',
  cancelled: 'The job on __port__ was cancelled',
  cancelledInQueue: 'The job was cancelled while it waited for __port__',

  // Linking.
  calling: 'Calling the chip on __port__',
  noAnswerYet: 'No answer yet: __attempt__',
  pulsingBoth: 'pulsing RTS and DTR',
  pulsingBothInverted: 'pulsing RTS and DTR, inverted',
  pulsingRts: 'pulsing RTS',
  pulsingRtsInverted: 'pulsing RTS, inverted',
  pulsingDtr: 'pulsing DTR',
  pulsingDtrInverted: 'pulsing DTR, inverted',
  askingFirmware: 'asking the running firmware to restart',
  resetByHand: RESET_BY_HAND,
  resetByHandSilent: `${RESET_BY_HAND}. Not one byte has arrived so far: is 3.3 V there, and is GND joined?`,
  adviseResetByHand: `${RESET_BY_HAND}.`,
  noLink:
    'No chip answered on __port__ within __seconds__ s; nothing on it was changed. __advice__',

  // Commands and their answers.
  noAnswer: 'The chip on __port__ did not answer __command__ within __ms__ ms',
  noAnswerAt: 'The chip on __port__ did not answer __command__ at __address__ within __ms__ ms',
  mayBeAnother:
    'The chip on __port__ was silent for a moment: it is looked at again before anything on it is changed',
  restless: 'The chip on __port__ falls silent again and again while it is looked at',
  refused: 'The chip on __port__ refused __command__ with status __status__',
  refusedAt: 'The chip on __port__ refused __command__ at __address__ with status __status__',
  neverTwiceAlike: 'The chip on __port__ answers __command__ differently each time',

  // Which chip it is.
  identifying: 'Identifying the chip',
  wrongChip:
    'The chip on __port__ is a __found__, but the device is set to __expected__; nothing was changed',
  anotherChip: 'Another chip than expected',
  showsBootloader: 'It shows bootloader __name__ (checksum __crc__).',
  showsBootloaderAndId: 'It shows bootloader __name__ (checksum __crc__), chip id __chipId__.',
  showsBootloaderIdAndKey:
    'It shows bootloader __name__ (checksum __crc__), chip id __chipId__, code key __key__.',
  setChip:
    "Set the device's chip to __chip__ (or auto), and make sure that the firmware is for that chip.",
  setRightChip:
    "Set the device's chip to the right model (or auto), and make sure that the firmware is for that chip.",
  chipOfSetting:
    "That the chip is a __chip__ is taken from the device's setting: its bootloader is not a known one.",
  chipAmongSeveral:
    "That the chip is a __chip__ is taken from the device's setting: its bootloader is one of __chips__.",
  twinOfSetting:
    "That the chip is a __chip__ and no __other__ is taken from the device's setting: only the code key would tell them apart.",
  fitsNoFamily:
    'The chip on __port__ answers, but its checksum of flash at __address__ fits neither kind of BK72xx; nothing was changed',
  tryLowerBaud: 'Try a lower baud and shorter wires; if it stays so, this is no BK72xx chip.',
  unknownChipId:
    'The chip on __port__ has the id __chipId__, which is of no chip that this package knows; nothing was changed',
  noChipId: 'none',
  unknownFlashSize:
    'The size of the flash of the chip on __port__ cannot be told; nothing was changed',
  reportModule: 'Please report the name on the module.',
  reportChipId: 'Please report this id together with the name on the module.',
  blankBootloader:
    'The bootloader area is blank (sector 0 is all FF): the chip cannot start its firmware. Write a backup of this chip back with bootloader set to replace, or a QIO file for it; its mask ROM takes either at any time.',
  unknownBootloaderOfFull:
    'The bootloader (checksum __crc__) is not a known one. That is no fault: a full chip is flashed through its mask ROM.',
  unknownBootloader: 'The bootloader (checksum __crc__) is not a known one.',
  unknownBootloaderAndChip:
    'The bootloader (checksum __crc__) is not a known one, so the model of this chip cannot be told: set it in the device.',
  bootloaderOfSeveral:
    'The bootloader is one that several models have, so the model of this chip cannot be told: it may be __chips__. Set it in the device.',
  flashSmallerThanItSays:
    'The flash part __part__ says that it has __said__ bytes, but its addresses come round at __found__: that is taken for its size.',
  unknownFlashPart:
    'The flash part __part__ is not a known one and is treated as a usual 25-series part of __mebibytes__ MiB.',
  keyNotReadable:
    "The code key reads as zeros, but flash holds code with Tuya's key: reading the key is disabled, as it seems, and flash is believed. If that firmware never started, this is a BK7231M after all, and takes its images with anyImage.",
  ownKey: `The code on flash is stored with a key that is neither Tuya's nor none: it is this chip's own. ${WITH_OWN_KEY}`,
  ownKeyNotReadable: `The code key reads as zeros, but the code on flash is stored with a key that is neither Tuya's nor none: it is this chip's own, and reading it is disabled. ${WITH_OWN_KEY}`,
  ownKeyNotTuya: `The code key reads as Tuya's, but the code on flash is stored with another one, and flash is believed. ${WITH_OWN_KEY}`,
  keyUntold:
    'Which key this chip has cannot be told: it reads as zeros, which is no key or one that must not be read, and no code is left on flash that would tell. Firmware for a BK7231N has a key, that for a BK7231M none: if what is written does not start, write that for the other one.',
  keyUntoldByFlash:
    'Which key this chip has cannot be told: it cannot be read, and no code is left on flash that would tell. If what is written does not start, its key may be another one.',
  deadFlash:
    'The chip on __port__ answers, but its flash reads as zeros everywhere: it does not answer the chip. Nothing was changed',
  flashDoesNotAnswer: 'The flash part does not answer',
  checksumOfZeros: 'The checksum of the first bytes is that of zeros.',
  holdP24Low:
    'Check the 3.3 V supply, then try again with P24 held low (to GND) during the reset: that has revived such modules.',

  // The line's rate.
  baudDidNotWork: '__setting__ baud did not work on __port__; the job went on at __baud__.',
  lineMadeErrors: 'The line made errors at __from__ baud; the job went on at __baud__.',

  // Winning a chip back.
  callingAgain: 'The chip stopped answering: calling it again',
  wasStillThere: 'the chip was still there; the step was repeated',
  hadRebooted: 'the chip had rebooted; it was caught while it listened, and the step was repeated',
  wasReset: 'the chip was reset and linked again, and the step was repeated',
  portCameBack: 'the port came back, the chip was linked again, and the step was repeated',
  jobBeganAnew: 'the port came back, and the job began anew',
  gaveUp: '__failure__; __attempts__ tries of the __phase__ failed. __goOn__',
  gaveUpAt: '__failure__; __attempts__ tries of the __phase__ at __address__ failed. __goOn__',
  chipLost: 'The chip stopped answering during the __phase__ and could not be won back. __goOn__',
  chipLostAt:
    'The chip stopped answering during the __phase__ at __address__ and could not be won back. __goOn__',
  ownSupply:
    'Power the module from a 3.3 V supply of its own (500 mA or more) with common ground: a chip that stops in the middle of a job has most often rebooted for want of current.',
  otherChipAnswers:
    'Another chip answers on __port__ than the one that this job began with; it was not touched',
  neverTheSame:
    'The chip on __port__ was silent now and then while it was identified, and __looks__ looks at it never agreed: it may have been exchanged. Nothing on it was changed',
  keepOneChip:
    'Leave one chip connected, check its wires and its supply, and send the same message again.',
  connectFirstChip: 'Connect the chip that the job began with again. __goOn__.',

  // Its memories.
  notOneSector: '__length__ bytes for __address__ are not one sector',
  doesNotFitFlash:
    '__length__ bytes at __offset__ do not fit the flash of __size__ bytes on __port__',
  notMultiple: '__address__ is not a multiple of __unit__',
  bootloaderProtected:
    'The bootloader of the __chip__ on __port__ (below __end__) must never be changed: only SPI could bring the chip back. It was not touched',
  useAddressesFrom: 'Use addresses from __start__ on.',
  staysProtected:
    'The flash of the chip on __port__ stays write-protected (status __status__, protect bits __mask__); nothing was changed',
  statusRegisterLocked: 'The status register is locked',
  protectBitsStayed: '__tries__ writes were taken and the protect bits stayed.',
  efuseByteNotReadable: 'The chip on __port__ says that byte __index__ of its eFuse cannot be read',
  efuseStaysBusy: 'The eFuse controller of the chip on __port__ stays busy',
  registerLostValue:
    'Register __address__ of the chip on __port__ lost what was written there: the chip has rebooted under way',
  checkSupply: 'Check the 3.3 V supply: it has to bring 500 mA or more.',
} as const;
