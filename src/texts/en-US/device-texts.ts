/** What a device says of its jobs as such. */
export const DEVICE = {
  listenerFailed: 'What listens to the progress failed (__reason__); the job went on without it.',

  // A fault of the program
  connectBroke: 'The connect on __port__ failed inside the program: __reason__',
  readBroke: 'The read on __port__ failed inside the program: __reason__',
  writeBroke: 'The write on __port__ failed inside the program: __reason__',
  eraseBroke: 'The erase on __port__ failed inside the program: __reason__',
  reportThis: 'Please report this with the text of the message.',
} as const;
