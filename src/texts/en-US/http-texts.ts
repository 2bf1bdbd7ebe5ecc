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
