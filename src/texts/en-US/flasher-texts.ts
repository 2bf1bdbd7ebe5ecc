/** What the sidebar's server says: lines of its log, and why a request is not carried out. */
export const FLASHER = {
  // Jobs, as its log tells of them. It may be posted: nothing of anybody's goes in.
  connectBegins: 'The chip is to be identified.',
  readBegins: 'Flash is to be read.',
  writeBegins: 'An image is to be written.',
  eraseBegins: 'Flash is to be erased.',
  examineBegins: 'Chip, adapter and line are to be measured.',
  listenBegins: 'The wiring is to be tested.',
  found: 'Found: __chip__ with __size__ of flash, bootloader __bootloader__, at __baud__ baud.',
  mended: 'Mended. What had happened: __cause__ What was done: __action__',
  done: 'Done, after __seconds__ s.',
  failed: '__code__: __error__',

  // Requests.
  deviceGone: 'There is no such device any more; nothing was begun.',
  deployAndChoose:
    'Choose one of the devices that are shown; what was drawn has to be deployed first.',
  tooManyJobs: '__count__ jobs of this device wait already; this one was not begun.',
  waitForJobs: 'Wait until they are over, or cancel them.',
  tooManyTries: '__count__ devices are being tried out already; this one was not begun.',
  waitForTries: 'Wait until they are done, or cancel them.',
  notTried: 'Settings can be tried out with "connect" and "listen" only, and not with __given__.',
  notOffered:
    'The sidebar does not set "__name__" of a job "__operation__"; the job was not begun.',
  useNode: 'Use a node of the flow for that.',
  noImage: 'There is no image to write; the job was not begun.',
  imageGone: 'The image is not held any more; the job was not begun.',
  chooseImage: 'Choose the file once more.',
  backupGone: 'There is no backup of the name __given__ in __folder__; the job was not begun.',
  chooseBackup: 'Choose one of the backups that are listed.',
  imageTooLarge:
    'The file has more than __mib__ MiB, which no image for these chips has; it was not taken.',
  chooseOtherFile: 'Choose another file: the image itself, not an archive with it.',
  uploadBroke: 'The file did not arrive as a whole; it was not taken.',
  sendAgain: 'Send it once more.',
  tooManyUploads: 'Other files are on their way already; this one was not taken.',
  wrongType: 'The request has the content type __given__ instead of __wanted__; nothing was done.',
  otherSite: 'The request comes from a page of another site; nothing was done.',
  useEditor: "Use the sidebar of Node-RED's editor.",
  noOperation: 'The request names no operation; nothing was done.',
  noObject: 'The request has no object in JSON; nothing was done.',
} as const;
