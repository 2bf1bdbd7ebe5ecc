/** Of devices on the network on which OpenBeken runs. */
export const OPENBEKEN = {
  // What is asked
  askingWhatItIs: 'Asking the device at __port__ what it is',
  reading: 'Reading flash of the device at __port__',
  readingFiles: 'Reading the file system',
  sendingUpdate: 'Sending the update to the device at __port__',
  willReadBack: 'What was sent will be read back',
  readingBack: 'Reading back __address__',
  restarting: 'Restarting the device at __port__, and waiting until it is back',
  restoringFiles: 'Putting the file system back as it was',

  // What answers
  noOpenBeken: 'Something answers at __port__, but not as OpenBeken does. Nothing was changed.',
  checkAddress: 'check the address: in a browser the device’s own web page opens under it',
  otherFirmware: 'flash devices with other firmware by a serial adapter',
  otherMake:
    'The device at __port__ runs OpenBeken on a __chipset__, which is no chip of the BK72xx family. Nothing was changed.',
  ownUpdate: 'update it on its own web page',
  readingAt: 'to read flash at __address__',
  uploading: 'what was sent to __path__',
  refused: 'The device at __port__ refused __what__ (status __status__).',
  updateByCable:
    'a very old OpenBeken may not know this yet: update it on its web page or by a serial adapter',
  askedAgain: 'asked again until the whole answer was there',

  // What cannot be done over the network
  notOverHttp:
    'A device on the network cannot be asked for “__operation__”: at __port__ a running OpenBeken answers, and that takes a chip in download mode on a serial port. Nothing was changed.',
  useCable: 'connect the chip to a serial adapter for that',
  noSuchMemory:
    'Over the network the memory “__memory__” cannot be read; there are __memories__. Nothing was read of __port__.',
  keepsItsConfig:
    'Over the network an update keeps the configuration that the device has; none can be written along with it',
  setUpByWebPage: 'set the device up on its own web page, and switch “openbeken” off',
  noOtherImage:
    'Over the network nothing is written that is recognised as another chip’s: nobody is there to take the lid off',
  noBootloader: 'OpenBeken lets nobody write the bootloader over the network',
  bootloaderKept:
    'OpenBeken at __port__ lets nobody write the bootloader over the network. Nothing was changed.',
  outOfReach: 'At __port__ nothing can be written to __offset__: __why__. Nothing was changed.',
  belowDownload:
    'OpenBeken lets nothing be written below __first__, where the running firmware lies',
  startOfSlot:
    'there, at __slot__, an update begins, and a bootloader may take for one what it finds',
  useUpdateOrCable:
    'update the firmware with its .rbl file and offset “auto”; all else takes a serial adapter',
  notReadable:
    '__offset__ with __length__ bytes is not inside of what the device at __port__ lets be read: __size__ bytes.',
  notInMemory:
    '__offset__ with __length__ bytes is not inside of __memory__, which has __size__ bytes.',
  noFiles: 'The OpenBeken at __port__ has no file system: its build has none, or too old a one.',
  filesNowhere:
    'Where in flash the device at __port__ has its file system could not be found; a file of it could not be put back.',
  readFlashInstead: 'read the whole flash instead, which holds it',
  otherRelease: 'Over the network OpenBeken can only be updated to OpenBeken, not to __title__.',

  // The image
  noUpdateFile: 'over the network the OpenBeken at __port__ takes update files (.rbl) only',
  useFile: 'use the file __file__ of an OpenBeken release, or set the source to its release',
  noOpenBekenInside:
    'the OpenBeken at __port__ is updated to OpenBeken only, and this cannot be told to be OpenBeken for its chip; whether other firmware starts could not be seen from here',
  otherSlot:
    'OpenBeken at __port__ puts updates to __own__, and the bootloader of this device takes them from __slot__: it would never install one',
  overConfig: 'it is so long that it would go over the configuration of the device at __config__',
  runsAlready:
    'The device runs this very build already (__build__): nothing was written. “unchanged: rewrite” writes it all the same.',

  // On the way
  neverTwiceAlike:
    'Flash at __address__ of the device at __port__ was read __rounds__ times and never came twice alike. Nothing was taken of it.',
  filesNeverAlike:
    'The file system of the device at __port__ never came whole and twice alike. Nothing was changed.',
  filesCutOff: 'The file system of the device at __port__ came cut off.',
  wroteAllTheSame: 'read back: all of it had arrived',
  sendingAgain: 'waited until the device answered, and read back what had arrived',
  restartedToClear:
    'The device answered uploads and wrote nothing, as it does after one that it refused. It was restarted, with its flash as it was, and takes them again.',

  // How it ends
  takesNothing:
    'The device at __port__ answers uploads and writes nothing of them, also after a restart. It runs the firmware that it had.',
  neverWhole:
    'The update never arrived whole at __port__: sent __tries__ times, it was otherwise in flash each time.',
  rawNeverWhole: 'What was sent to __address__ at __port__ never arrived whole in __tries__ tries.',
  stoppedSafely:
    '__what__ The device at __port__ was not restarted with it and runs the firmware that it had; the beginning of the slot for updates holds none, so that it also starts with that one.',
  stoppedUnsure:
    '__what__ The device at __port__ was not restarted and runs the firmware that it had; its slot for updates at __slot__ may hold a part of the update. A bootloader installs only what has the right checksum, so that the device is expected to start with the old firmware.',
  powerCycleAndAgain:
    'switch the device off and on, wait until its web page is back, and run the job again',
  updateByCableOnce: 'if it stays like this, update it by a serial adapter',
  closerToRouter: 'bring the device or an access point closer: its Wi-Fi may be too weak',
  notBack:
    'The update lies whole in the slot of the device at __port__, or what was written lies in flash; the device was told to restart, and did not come back within __seconds__ seconds.',
  powerCycle: 'switch the device off and on, and look at its web page after a minute',
  lookAtRouter: 'look into the router whether it has another address now',
  anotherDevice:
    'After the restart another device answers at __port__: the router gave the address away.',
  cableWithBackup: 'if it stays away, open it and write the backup __backup__ by a serial adapter',
  notInstalled:
    'The update lay whole in the slot of the device at __port__, which was restarted; it came back with another build than the update’s: __build__. Its files are as they were.',
  bootloaderTookNone:
    'its bootloader may not take this update: it has another key for updates, or looks elsewhere for them. Flash the firmware by a serial adapter once',
  filesLost:
    'The file system of the device at __port__, which the update went over, could not be put back as it was. All else is done.',
  writeFilesBack: 'write its backup back, with the address in its name as the offset',
  filesMayBeLost:
    'look at the files of the device: the update went over them, and they could not be put back',
  filesChangedByStart:
    'Its file system was put back as it was; a script of its changed it when the device started.',
  configChanged:
    'The configuration is not as it was before the update: look at the device’s web page.',
  configChangedSince:
    'The configuration is not as it was before the update: look at the device’s web page. As it was it is in __backup__.',
  powerCycleForConfig:
    'The configuration lies in flash as it is wanted. Switch the device off and on now: restarted by its web page, its firmware would save the old one over it.',

  // A scan
  networkCut:
    'The network __network__ is too wide to be looked through: only its part with /__bits__ in which this computer is was. Name the hosts to look elsewhere.',
  tooManyHosts: 'at most __most__ addresses in all',
  wantedHosts: 'addresses and networks, as 192.168.1.0/24, 10.0.0.7 or 192.168.2.10-50',
  badHosts: 'The hosts to look at cannot be used: __given__. They have to be __wanted__.',
  correctHosts: 'correct the hosts, or leave them empty for the networks of this computer',
  scanCancelled: 'Looking for devices was cancelled.',
} as const;
