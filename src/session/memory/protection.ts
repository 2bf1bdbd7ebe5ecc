import type { FlashPart } from '../../chip/flash-parts';
import { BkError } from '../../errors';
import { readStatusRegister, writeStatusRegister } from '../../protocol/commands/command-table';
import { say } from '../../texts/note';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilTwiceAlike } from '../exchange/repeated-asks';

const SR1 = 0x05;
const WRITE_SR1 = 0x01;
const WRITE_SR2 = 0x31;
const BUSY = 1;
const TRIES = 10;
const BETWEEN_TRIES_MS = 10;
/** A status write takes 30 ms at most by the datasheets; polls are 10 ms apart. */
const BUSY_POLLS = 30;

/**
 * Clears the block-protect bits of a full chip's flash, and writes the status register only when
 * one of them is set: a needless write has locked parts for good (P25Q16HBK).
 * @throws BkError BK_FLASH_PROTECTED when the bits stay
 */
export async function unprotect(exchanger: Exchanger, part: FlashPart): Promise<void> {
  if (part.statusBytes === 0) return;
  let status = await readStatus(exchanger, part);
  const change = {
    before: status,
    written: null as number | null,
    mask: part.protectMask,
    tries: 0,
  };
  try {
    status = await clear(exchanger, part, status, (written) => {
      change.written = written;
      change.tries++;
    });
  } finally {
    exchanger.evidence.statusRegisters({ ...change, after: status });
  }
}

/** @returns the status with its protect bits cleared. @throws BkError BK_FLASH_PROTECTED */
async function clear(
  exchanger: Exchanger,
  part: FlashPart,
  before: number,
  onWrite: (status: number) => void,
): Promise<number> {
  let status = before;
  for (let attempt = 0; isProtected(status, part); attempt++) {
    if (attempt === TRIES) throw staysProtected(exchanger, status, part);
    if (attempt > 0) await exchanger.pause(BETWEEN_TRIES_MS);
    // A register of all ones is a line or a part in trouble, and no state to write back.
    if (status === allOnes(part)) {
      status = await readStatus(exchanger, part);
      continue;
    }
    // Some parts take the second byte with 01, some only with 31: the even tries and the odd ones.
    const wanted = status & ~part.protectMask;
    onWrite(wanted);
    await writeStatus(exchanger, part, wanted, attempt % 2 === 1);
    status = await readStatus(exchanger, part);
  }
  return status;
}

function isProtected(status: number, part: FlashPart): boolean {
  return (status & part.protectMask) !== 0;
}

function allOnes(part: FlashPart): number {
  return part.statusBytes >= 2 ? 0xffff : 0xff;
}

/**
 * The status bytes as one number, SR1 lowest; waits while the part is busy. Each has to come twice alike: what
 * is read here is written back, and among the bits are some that can be set once and for ever.
 */
export async function readStatus(exchanger: Exchanger, part: FlashPart): Promise<number> {
  let status = await askUntilTwiceAlike(exchanger, readStatusRegister, { register: SR1 });
  for (let poll = 0; (status & BUSY) !== 0 && status !== 0xff && poll < BUSY_POLLS; poll++) {
    await exchanger.pause(BETWEEN_TRIES_MS);
    status = await askUntilTwiceAlike(exchanger, readStatusRegister, { register: SR1 });
  }
  if (part.statusBytes < 2) return status;
  const second = await askUntilTwiceAlike(exchanger, readStatusRegister, {
    register: part.statusRead[1] ?? 0x35,
  });
  return status | (second << 8);
}

async function writeStatus(
  exchanger: Exchanger,
  part: FlashPart,
  status: number,
  apart: boolean,
): Promise<void> {
  const low = status & 0xff;
  const high = (status >> 8) & 0xff;
  if (part.statusBytes < 2) {
    await exchanger.sendOnce(writeStatusRegister, {
      register: WRITE_SR1,
      value: Buffer.from([low]),
    });
  } else if (apart) {
    await exchanger.sendOnce(writeStatusRegister, {
      register: WRITE_SR2,
      value: Buffer.from([high]),
    });
  } else {
    const value = Buffer.from([low, high]);
    await exchanger.sendOnce(writeStatusRegister, { register: WRITE_SR1, value });
  }
}

function staysProtected(exchanger: Exchanger, status: number, part: FlashPart): BkError {
  return new BkError(
    'BK_FLASH_PROTECTED',
    say('session.staysProtected', {
      port: exchanger.transport.port,
      status: status.toString(16),
      mask: part.protectMask.toString(16),
    }),
    {
      phase: 'erase',
      attempts: TRIES,
      likely: [
        {
          cause: say('session.statusRegisterLocked'),
          confidence: 0.8,
          evidence: say('session.protectBitsStayed', { tries: TRIES }),
        },
      ],
      advice: [say('diagnosis.lockedAction')],
    },
  );
}
