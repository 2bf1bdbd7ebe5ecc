/** What the nodes of Node-RED say of settings and messages, before the engine is asked. */
export const NODE = {
  recordNotSaved: 'The record of the job cannot be saved in __folder__: __reason__',
  // Settings and messages that cannot be used.
  wrongValue: '"__name__" is __given__, but has to be __wanted__; the job was not begun.',
  correctValue: 'Correct "__name__" in the node, in its device, or in the message.',
  unsetVariable:
    '"__name__" is to come from the environment variable "__variable__", which is not set; the job was not begun.',
  setVariable:
    'Set "__variable__" where Node-RED is started, or in the flow, and deploy; or give the value itself.',
  nothingInPlace:
    '"__name__" is to come from __place__, which is missing or empty; the job was not begun.',
  fillPlace: 'Put a value into __place__, or give "__name__" itself in the node.',
  placeUnreadable:
    '"__name__" is to come from __place__, which cannot be read (__reason__); the job was not begun.',
  wantedFrom: 'a number from __least__ up',
  wantedNumber: 'a number, 0 or more',
  wantedFlag: 'true or false',
  wantedText: 'text',
  wantedBaud: '"auto" or a whole number of bits per second',

  // What was given instead.
  givenBuffer: 'a Buffer of __bytes__ bytes',
  givenFunction: 'a function',
  givenList: 'a list',
  givenObject: 'an object',

  // The device.
  noDevice: 'No device is set, or it is disabled or missing; the job was not begun.',
  chooseDevice: 'Open the node, choose or add a device, and deploy.',
  noPort: 'The device has no port; the job was not begun.',
  choosePort: 'Open the device and choose a port, or send one in msg.port.',
  deviceCloses: 'The device is being removed or deployed anew.',

  // Ranges.
  rangeNeeds: 'The region "range" needs "__name__", which is not given; the job was not begun.',
  giveForRange: 'Set "__name__" in the node, or send msg.__name__.',

  // Files.
  noFile:
    'No file is named: neither the setting "filename" nor msg.filename is given; the job was not begun.',
  onlyFolder:
    '"filename" is the folder __folder__, and msg.filename names no file in it; the job was not begun.',
  nameFile: 'Name a file in the node, or send its name in msg.filename.',
  nameNotPrintable:
    'msg.filename is __given__, which has characters in it that cannot be printed; the job was not begun.',
  correctName: 'Correct the name.',
  nameIsFolder: 'msg.filename is __given__, which is a folder: __file__; the job was not begun.',
  nameFileInFolder: 'Name a file in it.',
  fileOutside:
    'msg.filename is __given__, which lies outside of __folder__; the job was not begun.',
  fileOutsideOfBoth:
    'msg.filename is __given__, which lies outside of __folder__ and __other__; the job was not begun.',
  moveOrReadFile: 'Move the file into that folder, or read it with a "read file" node.',
  moveOrNameFolder:
    'Move the file there, or name its folder in the setting "filename" of the node.',
  portFileOutside:
    'msg.port names the file __given__, which lies outside of __folder__; the job was not begun.',
  moveOrSetPort:
    'Move the file into that folder and give its whole path, or set the port in the device.',

  // Images in messages.
  noBuffer: 'msg.payload has to be a Buffer, but it is of type __type__; the job was not begun.',
  readBufferOrSetSource:
    'Read the image with a "read file" node that is set to "a single buffer object", or set the source of this node to "file" and send the name of the file in msg.filename.',
  readBufferOrSendName:
    'Read the image with a "read file" node that is set to "a single buffer object", or send the name of the file in msg.filename.',

  jsonOfBuffer:
    'msg.payload is what JSON makes of a Buffer, {"type":"Buffer","data":[…]}, and no Buffer any more; the job was not begun.',
  keepBuffer:
    'Send the bytes past whatever makes JSON of them, or make a Buffer again in a "function" node: msg.payload = Buffer.from(msg.payload.data).',
  pathInPayload:
    'msg.payload is __given__, the name of a file, and not the bytes in it; the job was not begun.',
  setSourceForPath:
    'Move it to msg.filename with a "change" node and set the source of this node to "file"; or set the output of "bk read" to a Buffer.',
  sendPathAsName:
    'Move it to msg.filename with a "change" node; or set the output of "bk read" to a Buffer.',
  onlyPart:
    'msg.parts says that msg.payload is only a part of what comes in several messages; the job was not begun.',
  join: 'Join them first: with a "join" node, or with a "read file" node that is set to "a single buffer object".',
  dropParts: 'If each message holds a whole image, delete msg.parts with a "change" node.',

  // Jobs of a node that goes.
  cancelledByDeploy_one:
    'A deploy, or the end of Node-RED, has cancelled the job of this node: send the same message again.',
  cancelledByDeploy_other:
    'A deploy, or the end of Node-RED, has cancelled the __count__ jobs of this node: send the same messages again.',
  cancelledByRemoval_one: 'The job of this node was cancelled, as a deploy has removed the node.',
  cancelledByRemoval_other:
    'The __count__ jobs of this node were cancelled, as a deploy has removed the node.',

  // OpenBeken's settings in messages.
  noOpenBeken:
    'msg.openbeken has to be an object with OpenBeken\'s settings, as "openbeken" of the node asks for it, but it is missing; the job was not begun.',
  wrongOpenBeken:
    'msg.openbeken has to be an object with OpenBeken\'s settings, as "openbeken" of the node asks for it, but it is none; the job was not begun.',
  giveOpenBeken:
    'Send msg.openbeken like { ssid, password, mqttHost, name, pins: "tuya" }, or switch OpenBeken off in the node.',

  // A failure that no Catch node takes, as a card: a line each.
  cardReason: 'Because: __reason__',
  cardLikely: 'Likely: __cause__. __evidence__',
  cardNext: 'To do: __advice__',
  cardHolds: 'Flash: __state__.',
  cardUntouched: 'Flash: this job has changed nothing there.',
  cardRecord: 'Record: __record__',
  cardCode: 'Code: __code__. A Catch node gets all causes and all advice.',

  // What nobody expected.
  computerRefused: 'The computer refused: __reason__',
  checkDisk: 'Check that the disk has room and that Node-RED may use the folder.',
  unexpected: 'Unexpected: __reason__',
  report: 'This should not happen. Please report it with what the log says.',
} as const;

/** What the sidebar's server says: lines of its log, and why a request is not carried out. */
export const FLASHER = {
  // Jobs, as its log tells of them. It may be posted: nothing of anybody's goes in.
  connectBegins: 'The chip is to be identified.',
  readBegins: 'Flash is to be read.',
  writeBegins: 'An image is to be written.',
  eraseBegins: 'Flash is to be erased.',
  examineBegins: 'Chip, adapter and line are to be measured.',
  listenBegins: 'The wiring is to be tested.',
  foundOnNetwork:
    'Found: __chip__ with __size__ of flash, bootloader __bootloader__, on the network.',
  found: 'Found: __chip__ with __size__ of flash, bootloader __bootloader__, at __baud__ baud.',
  mended: 'Mended. What had happened: __cause__. What was done: __action__.',
  done: 'Done, after __seconds__ s.',
  failed: '__code__: __error__',

  // Requests.
  deviceGone: 'There is no such device any more; nothing was begun.',
  queueGone: 'There is no such queue any more; nothing was changed.',
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

/** What is said of a queue that several benches share. */
export const QUEUE = {
  // The packages and the server.
  packagesMissing: 'The queue needs packages that are not installed: __packages__.',
  installPackages:
    'Run "npm install __packages__" in Node-RED\'s user folder __folder__, and start Node-RED again.',
  installInAddOn:
    'In Home Assistant, add __packages__ to npm_packages in the configuration of the Node-RED add-on, and start it again.',
  packageBroken: 'The package __name__ is installed, but cannot be loaded: __reason__',
  installAgain: 'Install __name__ again in the same place, and start Node-RED again.',
  away: 'The server at __host__:__port__ does not answer. What is under way goes on; what is to be told waits until it is back.',
  denied: 'The server does not accept user and password.',
  setPassword: "Open the queue's configuration and set user and password as the server has them.",
  forbidden: 'The server does not allow this user what a queue needs.',
  grantRights: 'Give the user all commands on keys and channels that begin with "bk72xx:".',
  full: "The server's memory is full: it takes no jobs and no results until there is room. Nothing that it has is lost.",
  makeRoom:
    'Raise maxmemory of the server, or remove finished jobs; lower "Store limit" of the queue\'s configuration if images fill it.',
  readOnly:
    'The server takes nothing at the moment: it cannot write to its disk, or is only a copy of another one.',
  makeWritable:
    "Look at the disk of the server and at its log, or name its master in the queue's configuration.",
  serverRefused: 'The server refused: __reason__',
  checkServer:
    "Check address, port, TLS and database in the queue's configuration, and the log of the server.",
  evicts:
    'The server may throw away jobs and images when its memory is full: its maxmemory-policy is __policy__, and a queue needs noeviction.',
  tooOld: 'The server is version __version__; a queue needs __oldest__ or newer.',
  closes: "The queue's configuration is being removed or deployed anew.",

  // Settings.
  noQueue: 'No queue is set, or its configuration is disabled or missing; the job was not begun.',
  chooseQueue: 'Open the node, choose or add a queue, and deploy.',
  wantedPort: 'a whole number from 1 to 65535',
  wantedName: 'a name of letters, digits, - and _, 40 at most',
  wantedTarget: 'empty for any chip, a model such as BK7231N, or a MAC',
  wantedTries: 'a whole number from 1 to 10',

  // The shared store.
  imageTooLong: 'The image has __size__, more than any flash holds; it was not put into the queue.',
  sendSmaller: 'Send the image itself, not an archive with it.',
  storeFull:
    'The shared store has no room for __size__: it holds __used__ of the __limit__ that "Store limit" allows. The job was not put into the queue.',
  raiseStoreLimit:
    'Raise "Store limit" in the queue\'s configuration, or wait until images that nobody uses have gone: "Keep days" says when.',
  imageGone:
    'What the job needs from the shared store is not there any more, or is not what it was: SHA-256 __sha256__…',
  enqueueAgain: 'Put the job into the queue once more.',
  notShared:
    "__path__ could not be put into the shared store, and is on the bench's computer only: __reason__",

  // What a worker may do.
  malformed:
    'This is no job that a worker does: "__name__" is not what it may be. Nothing was done.',
  useEnqueue: 'Put jobs into the queue with "bk enqueue"; find out who else writes to the server.',
  notAllowed: 'The worker may not __what__, and the job asks for it; nothing was done.',
  allowAtWorker: "If it is meant to, allow it in the worker's node; no job can.",
  mayRead: 'read flash',
  mayWrite: 'write images',
  mayErase: 'erase flash',
  mayBootloader: 'touch the bootloader',
  mayCalibration: 'touch the RF calibration',
  mayAnyImage: "write what is recognised as another chip's image",
  mayNoBackup: 'change flash without a backup',
  imageOverLimit:
    'The image has __size__, and the worker takes __most__ at most; nothing was done.',
  raiseLargest: 'If it is meant to be that large, raise "Largest image" in the worker\'s node.',
  otherChip: 'The chip at this bench is not the one that the job is for; nothing was done to it.',

  // Jobs.
  benchesLost:
    'Benches were lost in the midst of this job, more often than it may lose any: it was given up. Chips that it was done to may be half written.',
  lookAtBenches:
    'Look why those computers or their Node-RED ended: their power, their log. Then put the job into the queue once more: what is written already is not written again.',
  cancelled: 'The job was taken back.',
  jobGone: 'The job is not in the queue any more, and nobody has told how it ended.',
  notConnected: 'There is no connection to the server of the queue yet; nothing was changed.',
  noSuchJob: 'There is no such job in the queue any more; nothing was changed.',
  isOver: 'The job is over already; nothing was changed.',
  hasNotFailed: 'The job has not failed, or waits again already; nothing was changed.',
  lookAgain: 'See how the queue stands now.',
  untold: 'The bench did not tell what went wrong.',
  noBench: 'No bench is there that takes jobs.',
  nobodyFits: 'No bench has a __chip__.',
} as const;
