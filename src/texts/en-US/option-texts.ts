/** What is said of the options that code gives to a job. */
export const OPTION = {
  unchangedOn: '__refusal__; nothing was changed on __port__',

  // What an option may be: completes "has to be …".
  oneOf: 'one of __words__',
  wholeBytes: 'a number of bytes, whole and from __least__ to __most__',
  firstOrSecond: '__first__, or __second__',
  trueOrFalse: 'true or false',
  text: 'text',
  countOrAll: 'a number, whole and 0 (all) or more',
  folderPath: 'the absolute path of a folder',
  bytesOrPath: 'the bytes (a Buffer or a Uint8Array) or { path } with the absolute path of a file',
  version: 'newest, or what a version is called, as 1.18.298',
  server: 'the address of a server, as https://api.github.com, without a password in it',
  offsetForSource:
    'The image is __what__, which goes where it belongs, but the offset is set to __offset__',
  aRelease: 'a release',
  aBackup: 'a backup of the chip',
  setOffsetToAuto: 'Set the offset to auto.',
  abortSignal: 'the signal of an AbortController',
  function: 'a function',
  settingsObject: 'an object with settings',
  objectLike: 'an object like __form__',

  // What is wrong with an option, and what to do.
  notAnObject:
    'The options of __job__ have to be an object with any of __names__, but are __given__',
  anyJob: 'a job',
  giveObject: 'Give an object.',
  unknown: '__name__ is no option of __job__; there are __names__',
  correctName: 'Correct its name, or leave it out.',
  missing: '__name__ is missing; it has to be __wanted__',
  give: 'Give __name__.',
  unfit: '__name__ is __given__, but has to be __wanted__',
  ofType: 'of type __type__',
  correct: 'Correct __name__.',
  correctOrLeaveOut: 'Correct __name__, or leave it out.',

  // Options that do not go together.
  memoryToFile: 'The bytes of __memory__ go to the message, not to a backup',
  setOutputToBuffer: 'Set output to buffer; a "write file" node can save the bytes.',
  partAtOffset: 'The part __part__ goes where it belongs, but the offset is set to __offset__',
  setOffsetOrPart: 'Set the offset to auto, or the part to image.',
  bytesWithoutOffset: "__name__ says which of the image's bytes go to an offset, but none is given",
  setOffsetOrLeaveOut: 'Set the offset to a number, or leave skip and length out.',
  rangeWithRegion: 'An offset or a length is given, but the region to erase is __region__',
  rangeWithoutRegion:
    'An offset or a length is given, but the region to erase is app, as none is given',
  setRegionToRange: 'Set region to range, or leave offset and length out.',
  rangeIncomplete: 'To erase a range, an offset and a length are needed, but __name__ is missing',
  giveMultiple: 'Give __name__, a multiple of 4096 (0x1000).',
  notMultiple:
    'The __name__ __value__ of the range to erase is not a multiple of 4096 (0x1000), and flash is erased in sectors of that size; nothing was changed on __port__',
  useNearest: 'Use __lower__ or __upper__ as __name__.',
  useUpper: 'Use __upper__ as __name__.',
  memoryOfNetwork:
    'The memory __memory__ can only be read of a device on the network that runs OpenBeken',
  readFlashOrNetwork:
    'Read flash, which holds it, or set the port to http:// and the address of the device.',
} as const;
