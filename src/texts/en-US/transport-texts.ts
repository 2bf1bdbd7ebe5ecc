/** What is said of ports: how they are named, opened, lost and found again. */
export const TRANSPORT = {
  /** Two of a list that may go on. */
  comma: '__one__, __other__',

  // What a setting names
  noLine: 'At __port__ there is an OpenBeken that runs, and no line to a chip in download mode',
  useLine: 'Connect the chip to a serial adapter, and set its port.',
  noPort: 'No port is set',
  unprintablePort: '__port__ is no port: it has characters in it that cannot be printed',
  unknownScheme: '__port__ is no port: __scheme__:// is not known',
  useForms: 'Use __forms__, or __last__.',
  serialForm: 'a serial path (/dev/ttyUSB0, COM4)',
  usbForm: 'usb:1a86:7523 for an adapter by what it is',
  simulatedForm: 'sim://bk7231n for a simulated chip',
  replayForm: 'replay://<file> for a record of a port',
  noHostAndPort: '__url__ does not name a host and a port; it looks like tcp://192.168.1.20:7231',
  giveHostAndPort: 'Give the address of the serial server, and its port number.',
  takesNoCommands:
    '__port__ cannot be used: this server does not say that it takes commands for its serial port (RFC 2217)',
  serveRfc2217: 'Have the server offer the port by RFC 2217; of ser2net that is telnet(rfc2217).',
  useRawBytes: 'Or have it offer the port as raw bytes at 115200 baud, and use tcp://.',
  serverSetOtherRate:
    '__port__ does not do __baud__ baud: its server has set the port to __set__ baud instead',

  // An adapter by its identity
  noUsbAddress:
    '__given__ does not name an adapter; it looks like usb:1a86:7523, or usb:0403:6001:FT3X7QAB with a serial number',
  giveUsbAddress:
    'Give the hex ids of its vendor and product and, where several are alike, its serial number: the list of ports has it ready.',
  noSuchAdapter: '__port__ cannot be opened: no such adapter is plugged in',
  adaptersHere: 'Adapters that are plugged in: __adapters__.',
  adapterHere: '__address__ (__path__)',
  noAdaptersHere: 'No USB adapter is plugged in.',
  adaptersAlike:
    '__port__ cannot be opened: it fits __count__ ports that are here, and none of them is guessed: __adapters__',
  chooseAdapter: 'Choose as the port the one that is meant: __choices__.',
  toldBySocket:
    'What has no serial number of its own is told by its USB socket only: leave each adapter in its socket.',

  // A serial port that cannot be opened
  noSuchPort: '__port__ cannot be opened: there is no such port',
  isNoPort: '__port__ cannot be opened: it is no serial port',
  folderIsNoPort: '__port__ cannot be opened: it is a folder, not a serial port',
  fileIsNoPort: '__port__ cannot be opened: it is a file, not a serial port',
  notOpened: '__port__ cannot be opened: __reason__',
  noSerialLibrary:
    '__port__ cannot be opened: the serial port library does not run on this computer',
  installAnew: 'Install the package anew on this computer.',
  portSilent: '__port__ is there but does not answer',
  plugInAnew: 'Take the adapter out and plug it in again.',
  notAtThatRate: '__port__ cannot be opened at __baud__ baud',
  chooseOtherBaud: 'Choose another baud.',
  mayNotOpen: 'This user may not open __port__',
  addToDialout:
    'Add the user that runs Node-RED to the group "dialout" (sudo usermod -aG dialout <user>), and start Node-RED anew.',
  passThrough: 'In a container: pass the device through (--device __port__).',
  addOnNeedsUart: 'In a Home Assistant add-on: it needs "uart: true".',
  inUseByAnother: '__port__ is in use by another program',
  inUseBy: '__port__ is in use by __holders__',
  process: '__name__ (process __id__)',
  namelessProcess: 'a program (process __id__)',
  closeOtherProgram:
    'Close the program that uses the port (a serial monitor, another flasher, ModemManager), and start the job again.',
  noPortsHere: 'This computer has no serial port: plug the adapter in.',
  passAnyThrough:
    'In a container: pass the device through; in a Home Assistant add-on it needs "uart: true".',
  portsHere: 'Ports of this computer: __ports__.',
  pathsById:
    'A path below /dev/serial/by-id stays the same when the adapter is plugged in elsewhere.',

  // A serial port in use
  portGone: '__port__ is gone',
  plugInAndLook:
    'Plug the adapter in again. If it went away by itself, look at its cable and its supply.',
  rateNotDone: '__port__ does not do __baud__ baud',
  otherRate: 'the port is at __baud__ baud instead',
  chooseLowerBaud: 'Choose a lower baud, or auto.',

  // A serial server
  cancelledConnecting: 'The job was cancelled while it connected to __port__',
  connectTimeout: '__port__ does not answer within __seconds__ s',
  checkServerPower: 'Check that the serial server is powered and in this network.',
  nothingListens: '__port__ cannot be connected: nothing listens there',
  startServer: 'Start the serial server, and check the port number.',
  noSuchHost: '__port__ cannot be connected: there is no host of that name',
  checkHostName: 'Check the name of the host.',
  noLookUp: '__port__ cannot be connected: the name of the host cannot be looked up',
  useAddress: 'Check the network, or use the IP address.',
  hostUnreachable: '__port__ cannot be connected: the host cannot be reached',
  networkUnreachable: '__port__ cannot be connected: its network cannot be reached',
  checkNetwork: 'Check the network.',
  notConnected: '__port__ cannot be connected: __reason__',
  checkAddress: 'Check the address and the network.',
  turnedAway: '__port__ took the connection and closed it at once: another program may be using it',
  turnedAwaySaying:
    '__port__ took the connection and closed it at once: another program may be using it. It said "__said__"',
  endOtherClient:
    'End the other program that is connected to this serial server, and start the job again.',
  lookAtServerLog:
    'If there is none: look at what the server logs; it may not be able to open its serial port.',
  connectionClosed: 'The connection to __port__ is closed',
  serverVanished:
    'The serial server at __port__ has not answered for __seconds__ s: it was switched off or hangs, or the network is interrupted',
  checkServerAndNetwork: 'Check the serial server and the network, then start the job again.',
  rateIsFixed: '__port__ cannot change its rate to __baud__ baud',
  leaveBaudAtAuto: 'Leave the baud at auto: a line served as raw bytes stays at 115200.',

  // An OpenBeken module that serves its serial pins
  noControlledAddress:
    '__url__ does not name a module; it looks like tcp://192.168.1.20:8888?control=openbeken',
  unknownControl: '__url__ does not say what controls the line: only control=openbeken is known',
  unknownPortOption: '__url__ cannot be used: __option__ is not known, or is there twice',
  wrongPortOption:
    '__url__ cannot be used: __option__ has to be a number from __minimum__ to __maximum__',
  giveControlledAddress:
    'Give the address of the module with ?control=openbeken, and if need be &reset=<pin>, &http=<port>, &buffer=<bytes>.',
  noOpenBeken: '__port__ cannot be used: what answers there is no OpenBeken',
  checkModule: 'Check that the address is that of the spare module, whose web page says OpenBeken.',
  useWithoutControl: 'For any other serial server use tcp:// without ?control, or rfc2217://.',
  noUartDriver: '__port__ cannot be used: the OpenBeken there was built without the driver UartTCP',
  useBuildWithDriver:
    'Install an OpenBeken with UartTCP on the module: the published builds for Realtek chips have it, others have to be built with ENABLE_DRIVER_UART_TCP.',
  pinIsNoRelay: '__port__ cannot be used: pin __pin__ of the module is not set as a relay there',
  makePinRelay:
    'On the web page of the module, set pin __pin__ to the role Rel_n with a channel that nothing else uses, or leave &reset out and reset the chip by hand.',
  uartNotListening:
    '__port__ cannot be connected: the driver UartTCP runs, and nothing listens there',
  restartModule: 'Check the port number (8888), and switch the supply of the module off and on.',
  moduleGone: 'The module at __port__ does not carry the line any more',
  checkModuleAndWifi:
    'Check that the module is powered and has Wi-Fi, and that nobody else uses its driver UartTCP.',

  // A port that is stuck
  portClosed: '__port__ is closed',
  wentAway: '__port__ went away',
  adapterTakesNoBytes: 'The adapter on __port__ takes no bytes any more',
  adapterTakesNoRate: 'The adapter on __port__ does not take another rate any more',
  adapterSetsNoLines: 'The adapter on __port__ does not set its lines any more',
  plugInWithoutHub:
    'Take the adapter out, plug it in again, and start the job again; without a hub, if it happens again.',
  serverTakesNoBytes: 'The serial server at __port__ takes no bytes any more',
  serverTakesNoRate: 'The serial server at __port__ does not take another rate any more',
  serverSetsNoLines: 'The serial server at __port__ does not set its lines any more',
  noFlowControl:
    'Check the serial server and the network, and switch flow control off there; then start the job again.',

  // A port that went away in the middle of a job
  cancelledWhileGone: 'The job was cancelled while __port__ was gone',
  didNotComeBack:
    'Port __port__ went away in the middle of a job and did not come back within __seconds__ s. Send the same message again to go on: what is in place already is not written again',
  serverWentAway: 'The serial server, or the network to it, went away',
  adapterUnplugged: 'The adapter was unplugged or restarted',
  disappearedInUse: '__port__ disappeared while it was in use.',
  checkServerAndClients:
    'Check that the serial server is powered and in this network, and that no other program has connected to it meanwhile.',
  plugInAndPower:
    'Plug the adapter in again, and power the module from a supply of its own: a module that draws its current from the adapter can pull it down.',
  lookalikes:
    '__ports__ looks like the same adapter, but nothing says for sure that it is: plug the adapter in where it was, so that it becomes __port__ again, or set the port anew after making sure which module is behind it.',
} as const;

/** What is said of requests to the web server of a device. */
export const HTTP = {
  notReached: '__host__ cannot be reached: __reason__',
  checkPowerAndAddress:
    'Check that the device is powered and in this network, and that its address is right.',
  silentFor: 'no answer within __seconds__ s',
  noAnswer: '__host__ took the connection and did not answer __path__ within __seconds__ s',
  broughtNothing: '__host__ closed the connection without an answer to __path__',
  stopped: '__host__ stopped in the middle of its answer to __path__, after __got__ bytes',
  tooSlow: '__host__ took more than __seconds__ s for its answer to __path__',
  startAnew:
    'Wait half a minute and start the job again. If it happens again, switch the supply of the device off and on.',
  brokeOff: 'The answer of __host__ to __path__ broke off after __got__ bytes',
  tooShort: 'The answer of __host__ to __path__ has __got__ bytes instead of __length__',
  tooLong: 'The answer of __host__ to __path__ is longer than __most__ bytes',
  noHttp: 'What __host__ answered to __path__ is no answer of a web server',
  badHead: 'The head of the answer of __host__ to __path__ is damaged, or is longer than any is',
  sentElsewhere: '__host__ wants __path__ to be asked elsewhere, which is not done',
  tooEarly: '__host__ answered to __path__ before it had been asked',
  isItTheDevice: 'Check that the address is that of the device, and not of another web server.',
  wrongPassword: '__host__ does not take the password of the device',
  wantsPassword: '__host__ wants a password',
  setPassword:
    'Set the password that was set for the web pages of the device (its user is always admin).',
  cancelled: 'The job was cancelled while __host__ was asked',
} as const;

/** What is said of records that are played again. */
export const REPLAY = {
  // Its address and file
  noFile: 'replay:// names no file; it looks like replay:///home/me/lamp.jsonl',
  nameFile: 'Give the path of a record behind replay://.',
  checkFileName: 'Check the name of the file, and who may read it.',
  noSuchFile: 'The record __file__ cannot be read: there is no such file',
  noPlainFile: 'The record __file__ cannot be read: it is no plain file, or longer than any record',
  unreadable: 'The record __file__ cannot be read: __reason__',

  // A file that is no record
  noRecord: '__file__ is no record of a port: its first line is not the head of one',
  otherFormat:
    '__file__ is a record of format __format__, and this version of the package reads __known__',
  badLine: '__file__ is damaged: its line __line__ is no line of a record',
  twoRecords: '__file__ holds more than one record: another one begins at line __line__',
  giveRecord: 'Give the file as it was saved: JSON, one line each, of one record.',
  notWhole:
    '__file__ cannot be played: the record does not begin with the opening of the port, or lines were dropped from it for lack of room',
  keepAll: 'Have the whole of a link recorded ("record": "all"), and save that.',

  // What was done then and is done now
  opening: 'the opening of the port',
  closing: 'the closing of the port',
  rate: 'a change to __baud__ baud',
  lines: 'the modem lines RTS __rts__ and DTR __dtr__',
  on: 'on',
  off: 'off',
  bytes: '__count__ bytes that are no command',
  command: '__name__ (__values__)',
  commandWithData: '__name__ at __address__ with __bytes__ bytes (CRC-32 __crc__)',
  differs:
    'The job goes another way than in the record __file__: at line __line__, __seconds__ s after its beginning, the record has __expected__, and now it was __came__',
  recordEnds:
    'The job goes on where the record __file__ ends, __seconds__ s after its beginning: now it was __came__',
  giveSameJob:
    'Start the same job as in the record, with the same settings and the same image, and with a folder for backups in the state of then.',
  lookBefore:
    'If that is the same, the engine has changed: what stands in the lines before that one shows where. A record made with another version of the package need not fit.',
  asThen: 'As in the record __file__: __code__',
} as const;
