import { createHash, randomBytes } from 'node:crypto';

/**
 * Values in place of secret ones: the same for the same value, others for others, so that comparisons come out alike.
 * Nobody can work the true ones out of them: what they are made with is drawn for each record and is in none.
 */
export class MadeUp {
  readonly #salt: Buffer;

  /** @param salt 16 bytes that nobody can guess */
  constructor(salt: Buffer = randomBytes(16)) {
    this.#salt = salt;
  }

  /** @param what they are, so that one value in two places does not show as one */
  bytes(what: string, value: Uint8Array): Buffer {
    const digest = createHash('sha256')
      .update(this.#salt)
      .update(`${what} `)
      .update(value)
      .digest();
    const made = Buffer.from(digest.subarray(0, value.length));
    // All zeros and all ones mean that there is no value.
    if (made.every((byte) => byte === 0) || made.every((byte) => byte === 0xff)) made[0] = 0x5a;
    return made;
  }
}
