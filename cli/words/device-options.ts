import { Device, RESET_METHODS, say } from '../../src';
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

/** What every command has that shows something. */
export const SHOWN = { json: switchOn(say('cli.optJson')) };

/** A program that ends keeps no link. */
export function deviceOf(options: Given<typeof DEVICE>): Device {
  return new Device({ ...pick(options, DEVICE), idle: 0 });
}
