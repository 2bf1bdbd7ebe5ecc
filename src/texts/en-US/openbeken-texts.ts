/** Of devices on the network on which OpenBeken runs. */
export const OPENBEKEN = {
  // What is done
  askingWhatItIs: 'Asking the device at __port__ what it is',
  reading: 'Reading flash of the device at __port__',
  readingFiles: 'Reading the file system',
  sendingUpdate: 'Sending the update to the device at __port__',
  willReadBack: 'What was sent will be read back',
  readingBack: 'Reading back __address__',
  restarting: 'Restarting the device at __port__, and waiting until it is back',
  restoringFiles: 'Putting the file system back as it was',

  // What answers
  noOpenBeken: 'Something answers at __port__, but not as OpenBeken does; nothing was changed',
  checkAddress: 'Check the address: in a browser the web page of the device opens under it.',
  otherFirmware: 'Flash devices with other firmware by a serial adapter.',
  otherMake:
    'The device at __port__ runs OpenBeken on a __chipset__, which is no chip of the BK72xx family; nothing was changed',
  ownUpdate: 'Update it on its own web page.',
  readingAt: 'to read flash at __address__',
  uploading: 'what was sent to __path__',
  refused: 'The device at __port__ refused __what__ (status __status__)',
  updateByCable:
    'A very old OpenBeken may not know this yet: update it on its web page or by a serial adapter.',
  askedAgain: 'asked again until the whole answer was there',

  // What cannot be done over the network
  notOverHttp:
    'A device on the network cannot be asked for “__operation__”: at __port__ a running OpenBeken answers, and that takes a chip in download mode on a serial port; nothing was changed',
  useCable: 'Connect the chip to a serial adapter for that.',
  noSuchMemory: 'Over the network the memory __memory__ cannot be read; there are __memories__',
  keepsItsConfig:
    'Over the network an update keeps the configuration that the device has; none can be written along with it',
  setUpByWebPage: 'Set the device up on its own web page, and leave openbeken out.',
  noOtherImage:
    "Over the network no firmware is written that is recognised as another chip's: if it does not start, only a cable helps",
  noBootloader: 'OpenBeken lets nobody write the bootloader over the network',
  bootloaderKept:
    'OpenBeken at __port__ lets nobody write the bootloader over the network; nothing was changed',
  outOfReach: 'At __port__ nothing can be written to __offset__: __why__; nothing was changed',
  belowDownload:
    'OpenBeken lets nothing be written below __first__, where the firmware lies that runs',
  startOfSlot:
    'there, at __slot__, an update begins, and the bootloader may take for one what it finds',
  useUpdateOrCable:
    'Update the firmware with its .rbl file and the offset auto; all else takes a serial adapter.',
  notReadable:
    '__length__ bytes from __offset__ on do not lie in what the device at __port__ lets be read, which has __size__ bytes',
  notInMemory:
    '__length__ bytes from __offset__ on do not lie in __memory__, which has __size__ bytes',
  noFiles: 'The OpenBeken at __port__ has no file system: it was built without one, or is too old',
  filesNowhere:
    'It could not be found where in flash the device at __port__ has its file system, and a backup of it could not be put back',
  readFlashInstead: 'Read the whole flash instead, which holds it.',
  otherRelease:
    'Over the network OpenBeken can be updated to OpenBeken only, not to __title__; nothing was changed',

  // The image
  noUpdateFile: 'over the network the OpenBeken at __port__ takes update files (.rbl) only',
  useFile: 'Use the file __file__ of a release of OpenBeken, or set the source to release.',
  noOpenBekenInside:
    'the OpenBeken at __port__ is updated to OpenBeken only, and this cannot be told to be OpenBeken for its chip; whether other firmware starts could not be seen from here',
  otherSlot:
    'OpenBeken at __port__ puts updates to __own__, and the bootloader of this device takes them from __slot__: none would ever be installed',
  overConfig: 'it is so long that it would go over the configuration of the device at __config__',
  runsAlready:
    'The device runs this very build already (__build__), so that nothing was written. It is written all the same with unchanged set to rewrite.',

  // On the way
  neverTwiceAlike:
    'Flash at __address__ of the device at __port__ was read __rounds__ times and never came twice alike',
  filesNeverAlike:
    'The file system of the device at __port__ never came whole and twice alike; nothing was changed',
  filesCutOff: 'The file system of the device at __port__ came cut off',
  wroteAllTheSame: 'read back: all of it had arrived',
  sendingAgain: 'waited until the device answered, and read back what had arrived',
  restartedToClear:
    'The device answered uploads and wrote nothing, as it does after one that it refused. It was restarted with its flash as it was, and takes them again.',

  // How it ends
  takesNothing:
    'The device at __port__ answers uploads and writes nothing of them, also after a restart',
  neverWhole:
    'The update never arrived whole at __port__: sent __tries__ times, it was otherwise in flash each time',
  rawNeverWhole: 'What was sent to __address__ at __port__ never arrived whole in __tries__ tries',
  stoppedSafely:
    '__what__. The device at __port__ was not restarted with it and runs the firmware that it had. Its slot for updates begins with none, so that it also starts with that firmware',
  stoppedUnsure:
    '__what__. The device at __port__ was not restarted and runs the firmware that it had. Its slot for updates at __slot__ may hold a part of the update; a bootloader installs only what has the right checksum, so that the device should start with the old firmware',
  powerCycleAndAgain:
    'Switch the device off and on, wait until its web page is back, and run the job again.',
  updateByCableOnce: 'If it stays like this, update it by a serial adapter.',
  closerToRouter: 'Bring the device or an access point closer: its Wi-Fi may be too weak.',
  notBack:
    'What was written lies whole in the flash of the device at __port__. It was told to restart, and was not back within __seconds__ seconds',
  notBackUnwritten:
    'The device at __port__ wrote nothing of what was sent last, and was told to restart so that it takes it again. It was not back within __seconds__ seconds; the firmware that it had lies in its flash as before',
  powerCycle: 'Switch the device off and on, and look at its web page after a minute.',
  lookAtRouter: 'Look into the router whether it has another address now.',
  anotherDevice:
    'After the restart another device answers at __port__: the router gave the address away',
  anotherByNow:
    'Another device answers at __port__ by now than when the job began: the router gave the address away. Nothing was sent to that one',
  busyByOtherName:
    'Another job is at the device with the MAC __mac__, which has another name there than __port__, and one of both changes it; nothing was changed by this one',
  oneName:
    'Call the device the same everywhere, so that its jobs take turns; or wait until the other job is over.',
  notEmptied:
    'The slot for updates at __slot__ of the device at __port__ begins like an update, and the device writes nothing over it',
  cableWithBackup: 'If it stays away, open it and write the backup __backup__ by a serial adapter.',
  notInstalled:
    'The update lay whole in the slot of the device at __port__, which was restarted; it came back with another build than that of the update: __build__. Its files are as they were',
  bootloaderTookNone:
    'Its bootloader may have another key for updates, or look elsewhere for them: flash the firmware once by a serial adapter.',
  filesLost:
    'The file system of the device at __port__, which the update went over, could not be put back as it was; all else is done',
  writeFilesBack: 'Write its backup back, with the address in its name as the offset.',
  filesMayBeLost:
    'Look at the files of the device: the update went over them, and they could not be put back.',
  filesChangedByStart:
    'Its file system was put back as it was; a script in it changed it when the device started.',
  configChanged:
    'The configuration is not as it was before the update: look at the web page of the device.',
  configChangedSince:
    'The configuration is not as it was before the update: look at the web page of the device. As it was it is in __backup__.',
  powerCycleForConfig:
    'The configuration lies in flash as it is wanted. Switch the device off and on now: restarted from its web page, its firmware would save the old one over it.',

  // A scan
  networkCut:
    'The network __network__ is too wide: only the part of it with /__bits__ in which this computer is was looked through. Name the hosts to look elsewhere.',
  tooManyHosts: 'at most __most__ addresses in all',
  wantedHosts: 'addresses and networks, as 192.168.1.0/24, 10.0.0.7 or 192.168.2.10-50',
  badHosts: 'The hosts to look at are __given__, but have to be __wanted__',
  correctHosts: 'Correct the hosts, or leave them empty for the networks of this computer.',
  scanCancelled: 'Looking for devices was cancelled',
} as const;
