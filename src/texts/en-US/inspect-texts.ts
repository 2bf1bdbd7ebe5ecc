/** What is said of bytes that were looked into: Tuya's storage, its pins, and OpenBeken's configuration. */
export const INSPECT = {
  // Bytes that cannot be inspected.
  noBytes: 'There are no bytes to inspect: the image is empty (0 bytes).',
  checkSource: 'Check where the image comes from: a read or a download may have failed.',
  tooManyBytes: '__bytes__ bytes are more than any image has.',
  checkImage: 'Check that this is the image that was meant.',
  cancelled: 'The inspection was cancelled.',

  // What the bytes are; completes "this is …".
  tuyaStorage: "the storage of Tuya's firmware, or a stretch with it",
  openBekenConfig: "OpenBeken's configuration",

  // What is odd about them.
  partOfFlash:
    'This is a part of a flash, from __start__ to __end__: nothing is told of what else its chip held.',
  putRight: '__found__ It was put right here: all offsets are those of flash.',
  configDamaged:
    "OpenBeken's configuration at __offset__ is damaged: its checksum is wrong, and nothing of it was read.",
  beyondEnd:
    "The bootloader's partition table puts __part__ beyond the end of the flash: that was left out.",
  chipsContradict: 'The evidence about the chip contradicts itself: __chips__.',
  builtInPins:
    'The pins are those that the application has built in: it may hold them for another device.',
  damagedValues: "Damaged in Tuya's storage, and left out: __names__.",

  // What speaks for a chip.
  builtForChip: 'The application was built for __chip__.',
  platformName: "Tuya's firmware calls its platform __platform__.",
  moduleName: 'The module is named __module__.',

  // What was concluded about pins.
  pinNamedTwice: 'P__gpio__ is named by __first__ and by __second__: the first one counts here.',
  maybeInfrared:
    'P__gpio__ seems to be an infrared receiver (key "ir"): if so, its role is IRRecv.',
  maybeOtherSelect:
    'If OpenBeken mixes up voltage and current, use BL0937SEL_n on P__gpio__ (sel_pin_lv is 0).',
  roleByLevel: 'P__gpio__ is __role__ rather than __plain__ because __key__ is __level__.',
  roleAsUsual: 'P__gpio__ is __role__ rather than __plain__ because that is usual.',
  unknownLedDriver:
    'P__data__ (data) and P__clock__ (clock) lead to an LED driver that is not known.',
  doubtfulCurrents:
    'Check the two currents of __driver__: other tools give them in the other order.',

  // OpenBeken's settings that cannot be written.
  settingNotObject: 'OpenBeken\'s setting "__setting__" has to be an object; nothing was changed',
  settingUnknown:
    'OpenBeken\'s setting "__setting__" is no setting of OpenBeken that can be written; nothing was changed',
  settingNoNetwork:
    'OpenBeken\'s setting "__setting__" has no network: neither the message nor the chip has "__network__"; nothing was changed',
  settingNotText: 'OpenBeken\'s setting "__setting__" has to be text; nothing was changed',
  settingTooLong:
    'OpenBeken\'s setting "__setting__" is __bytes__ bytes long, but may have __limit__ at most; nothing was changed',
  settingNotPrintable:
    'OpenBeken\'s setting "__setting__" has characters in it that cannot be printed; nothing was changed',
  settingNoPort:
    'OpenBeken\'s setting "__setting__" has to be a whole number from 1 to 65535; nothing was changed',
  settingNoPins:
    'OpenBeken\'s setting "__setting__" has to be an object by GPIO, like { "26": { "role": "Rel", "channel": 1 } }; nothing was changed',
  settingNoGpio:
    'OpenBeken\'s setting "__setting__" is no GPIO from 0 to __last__; nothing was changed',
  settingNoRole:
    'OpenBeken\'s setting "__setting__" names no role that OpenBeken has, such as "Rel" or "Btn"; nothing was changed',
  settingNoChannel:
    'OpenBeken\'s setting "__setting__" has a channel that is no whole number from 0 to __last__; nothing was changed',
  correctSetting: 'Correct "__setting__" in msg.openbeken.',
} as const;
