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
