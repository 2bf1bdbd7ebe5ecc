import { resolve } from 'node:path';
import { Device, RESET_METHODS, saveRecord, say } from '../../src';
import type { Surroundings } from '../commands/command';
import { baud, chip, type Given, oneOf, pick, required, seconds, switchOn, text } from './option';

/** One chip on one port, in the words of bk-device. */
export const DEVICE = {
  port: required(text('PORT', say('cli.optPort'))),
  chip: chip(say('cli.optChip')),
  baud: baud(say('cli.optBaud')),
  reset: oneOf(RESET_METHODS, say('cli.optReset'), 'HOW'),
  linkTimeout: seconds(say('cli.optLinkTimeout'), 60),
  after: oneOf(['reboot', 'leave'], say('cli.optAfter')),
};

/** A file for what passed on the wire. */
export const RECORD = { record: text('FILE', say('cli.optRecord')) };

/** What every command has that shows something. */
export const SHOWN = { json: switchOn(say('cli.optJson')) };

/**
 * Does a job on the chip. A program that ends keeps no link. However the job ends, its record is saved where one is
 * wanted.
 * @throws BkError BK_STORAGE for the record of a job that went well; what a job failed of says more
 */
export async function onDevice<Result>(
  options: Given<typeof DEVICE & typeof RECORD>,
  { folder, say: tell }: Pick<Surroundings, 'folder' | 'say'>,
  job: (device: Device) => Promise<Result>,
): Promise<Result> {
  const file = options.record === undefined ? null : resolve(folder, options.record);
  const device = new Device({
    ...pick(options, DEVICE),
    idle: 0,
    // Not among the options: those are seen by everybody on the computer.
    password: process.env.BK72XX_PASSWORD ?? '',
    ...(file === null ? {} : { record: 'all' }),
  });
  const save = async (): Promise<void> => {
    const record = device.record();
    if (file === null || record === null) return;
    await saveRecord(file, record);
    tell(say('cli.recordSaved', { file }));
  };
  let result: Result;
  try {
    result = await job(device);
  } catch (error) {
    await save().catch((reason: Error) =>
      tell(say('cli.recordNotSaved', { reason: reason.message })),
    );
    throw error;
  }
  await save();
  return result;
}
