/** What is said of files and folders. */
export const BACKUP = {
  // What the operating system refused: completes "The folder … cannot be written: …"
  diskFull: 'the disk is full',
  makeRoomOrFolder: 'Make room on the disk, or choose another folder.',
  quotaUsedUp: 'the disk quota is used up',
  makeRoomInQuota: 'Make room, or choose another folder.',
  denied: 'permission is denied',
  notAllowed: 'the operating system does not allow it',
  letUserWrite: 'Let the user that runs Node-RED write there, or choose another folder.',
  readOnly: 'the disk is read-only',
  writableDisk: 'Choose a folder on a disk that can be written.',
  fileInPath: 'a part of the path is a file',
  fileOfThatName: 'there is a file of that name',
  nameTooLong: 'the name is too long',
  shorterName: 'Choose a shorter name.',
  cannotBeMade: 'it does not exist and cannot be made',
  isFolder: 'it is a folder',
  otherFolder: 'Choose another folder.',
  otherFileName: 'Choose another file name.',
  otherFolderOrLook: 'Choose another folder, or look at what the message says.',

  // Folders and files that cannot be used
  folderUnwritable: 'The folder __folder__ cannot be written: __why__',
  folderUnusable: 'The folder __folder__ cannot be used: __why__',
  folderUnreadable: 'The folder __folder__ cannot be read: __why__',
  backupUnwritable: 'The backup __path__ cannot be written: __why__',
  fileUnwritable: 'The file __filename__ cannot be written in __folder__: __why__',
  recordUnwritable: 'The record __path__ cannot be written: __why__',
  imageUnwritable: 'The file __path__ cannot be written: __why__',
  pathIsFolder: '__path__ cannot be written: it is a folder',
  noAbsolutePath: '"__folder__" is no folder for backups: it needs an absolute path',
  setFolder: 'Set a folder, as bk-backups.',

  noRoom:
    'There is not enough room in the folder __folder__: the backup takes __wanted__, and __free__ are free',

  // Old backups that go
  clockUnset:
    'The clock of this computer is not set, so that nothing tells which backups are old: none was removed.',
  clockBehind:
    'The backup __file__ is dated more than a day after the clock of this computer, so that nothing tells which backups are old: none was removed.',
  newUnsound:
    'The new backup __file__ does not read back as it was written: no old one was removed.',
  notRemoved: 'The old backup __file__ could not be removed: __why__.',

  // What a check of a folder finds
  checking: 'Checking __file__.',
  checkCancelled: 'The check of __folder__ was cancelled; nothing was changed',
  checkBroke: 'The check of __folder__ broke off by a fault of this program: __reason__',
  noBackups: 'There is no backup in the folder __folder__',
  nameFolderOfBackups: 'Check the name of the folder, and that its disk is there.',
  otherLength: 'It has __bytes__ bytes, and its .json says __wanted__.',
  otherHash: 'Its SHA-256 is not what its .json says.',
  otherMac: 'The MAC in it is not what its .json says.',
  sidecarUnreadable: 'Its .json cannot be read as what describes a backup.',
  noSidecar: 'It has no .json, so that nothing tells what should be in it.',
  bytesGone: 'Its .json is there, and the backup itself is gone.',
  leftForNextTry: 'An interrupted job has left it for the next try.',

  // Which backup is a chip's own
  candidate: '__file__ (MAC __mac__, __date__)',
  noMac: 'none',
  noneOfChip:
    'There is no whole backup of this chip in __folder__ that is what its .json says; nothing was changed on __port__',
  noneThatFits:
    'There is no whole backup in __folder__ that could be of this chip, which has lost its MAC; nothing was changed on __port__',
  noneNamed:
    'There is no whole backup __file__ with its .json in __folder__; nothing was changed on __port__',
  namedDamaged: '__path__ is not what its .json says; nothing was changed on __port__',
  namedOfOther:
    '__path__ is of another device (MAC __given__) than the chip on __port__ (MAC __own__); nothing was changed',
  namedUnfit:
    '__path__ is of a chip of another model, flash or key than the one on __port__; nothing was changed',
  severalFit:
    'The chip on __port__ has lost its MAC, and backups of several devices fit it; nothing was changed. They are: __candidates__',
  onlyOneFits:
    'The chip on __port__ has lost its MAC, and nothing else on it tells which device it is of; nothing was changed. The only backup that fits is __candidates__. If this is another device, do not use it: two with one MAC disturb each other',
  noneIsTold:
    'The chip on __port__ has lost its MAC, and the data that it still holds is not that of the only device whose backup fits; nothing was changed. That one is: __candidates__',
  chooseFile: 'Choose one by its file name: the MAC may stand on the housing, or in your router.',
  otherFolderOfBackups: 'Name the folder that has its backups, or set the source to file.',
  toldByContents:
    'The chip has lost its MAC. Taken was __file__ (MAC __mac__), as __same__ of the __all__ sectors of data that the chip still holds are in it.',
  newerDamaged: 'The newer backup __file__ is not what its .json says, and was left out.',
  bootloaderBack: 'The chip has no bootloader any more: that of the backup is written, too.',
  bootloaderDiffers:
    "The chip's bootloader is not that of its backup, and is kept: if nothing starts, write the backup again with bootloader set to replace.",
  lookingForBackup: 'Looking for the backup that is of this chip.',

  // Names that a backup cannot have
  unprintableName: 'The file name __name__ has characters in it that cannot be printed',
  nameOfTooManyBytes: 'The file name __name__ has __bytes__ bytes, but may have __most__ at most',
  nameOfSidecar:
    'The file name __name__ ends in __ending__, as the file with the facts beside a backup does',
  nameOfPart: 'The file name __name__ is one of those of files that are under way',
  nameLeavesFolder: 'The file name __name__ does not stay in the folder __folder__',
  plainName: 'Give a plain name, as lamp.bin; set the folder for anything else.',

  // Files of images
  noSuchFile: 'There is no file __path__',
  checkFileName: "Check the file name; in a flow a relative one begins at Node-RED's user folder.",
  fileUnreadable: 'The file __path__ cannot be read: __why__',
  checkNameAndRights:
    'Check the file name, and that the user that runs Node-RED may read the file.',
  noFileName: '__path__ is no name of a file',
  correctFileName: 'Correct the file name.',
  folderUnread: '__path__ cannot be read: it is a folder',
  noPlainFile: '__path__ cannot be read: it is no plain file',
  nameFileItself: 'Name the file itself.',
  longerThanAnyFlash: '__path__ has __bytes__ bytes, more than any flash of these chips',
  checkFileMeant: 'Check that this is the file that was meant.',
  emptyFile: '__path__ is empty',
  copyAgain: 'Download or copy the file again.',
} as const;

/** What is said of releases of firmware that are fetched. */
export const RELEASE = {
  // How far it got
  downloading: 'Downloading __file__.',
  cancelled: 'The download of __what__ was cancelled; nothing was written',

  nothingWritten: '__failure__; nothing was written',

  // Nobody answers
  unreachable: 'The server __host__ does not answer: __why__',
  silentFor: 'nothing arrived for __seconds__ s',
  connect:
    'Connect this computer to the internet, or set the release server to a mirror that it reaches.',
  orFetchByHand: 'Or download the file by hand, and set the source to file.',
  keptInstead:
    'The server __host__ does not answer (__why__). Taken was __file__ of version __version__, which was fetched on __date__ and kept; there may be a newer one.',

  // The server refuses
  rateLimited:
    'The server __host__ answers no more requests from this address for now (its rate limit is used up)',
  rateLimitedUntil:
    'The server __host__ answers no more requests from this address until __until__ (its rate limit is used up)',
  waitOrName:
    'Wait until then, or name a version that lies in the folder already: no server is asked for it.',
  private: 'The server __host__ does not give __repository__ to everybody (status __status__)',
  publicServer: 'Set the release server to one that needs no password.',
  noReleases: 'The server __host__ knows no release of __repository__',
  noVersion: '__title__ has no version __tag__ at __host__',
  nameVersion: 'Name another version, as the page of its releases calls it, or newest.',
  oddStatus: 'The server __host__ fails with status __status__',
  sendAgainLater: 'Send the message again later.',

  // The answer cannot be used
  oddAnswer: "The server __host__ does not answer as GitHub's releases do",
  checkServer:
    "Check the release server: it has to be GitHub's API, https://api.github.com, or a mirror of that shape.",
  otherHost:
    'The server __host__ sends on to __other__ for __what__, which is another server than the one that was set',
  redirects: 'The server __host__ sends in circles for __what__',
  tooLong:
    'The server __host__ sends more than __most__ bytes for __what__, which cannot be right: it was broken off',
  largerThanFlash: '__name__ of __host__ has __size__ bytes, more than any flash of these chips',
  brokenOff: 'The download of __what__ from __host__ broke off after __got__ bytes',
  truncated: 'The download of __what__ from __host__ is cut short: __got__ of __of__ bytes arrived',
  wrongHash:
    '__name__ of __host__ is not what was published: its SHA-256 is __found__, and should be __wanted__',
  sendAgain: 'Send the message again.',
  hashAgain: 'If it stays so, do not use that server: what it sends is not what it says.',
  noHash: 'No checksum is published for __file__: only its length could be checked.',
  notKept: '__file__ could not be kept for later: __reason__.',

  // Nothing for the chip
  notForChip: 'There is no file of __title__ for __chip__',
  otherFirmware: 'Choose another firmware, or set the source to file.',
  noFile:
    'The release __tag__ of __title__ has no file for __chip__ to be written over a serial port',
  modelNotTold:
    'The chip on __port__ does not tell its model, so that no file of __title__ can be chosen',
  setChip: 'Set the chip in the device.',
} as const;
