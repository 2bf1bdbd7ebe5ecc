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
