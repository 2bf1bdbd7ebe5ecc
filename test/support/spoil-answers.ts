import type { SimulatedChip } from '../../src/simulator/simulator';

/** Bytes of the answer that begins with these; 0 where none does, undefined while that cannot be told. */
function lengthOf(bytes: Buffer): number | undefined {
  const [first, second, length] = bytes;
  if (first !== 0x04 || (second !== undefined && second !== 0x0e)) return 0;
  if (length === undefined) return undefined;
  if (length !== 0xff) return 3 + length;
  return bytes.length < 9 ? undefined : 9 + bytes.readUInt16LE(7);
}

/**
 * Stands between a simulated chip and its host. Answers come in pieces: `pass` gets each one whole, and hands over
 * what its host shall hear. What is no answer goes through as it is.
 */
export function interposeAnswers(
  chip: SimulatedChip,
  pass: (answer: Buffer, deliver: (bytes: Buffer) => void) => void,
): void {
  let begun = Buffer.alloc(0);
  let deliver: (bytes: Buffer) => void = () => {};
  const attach = chip.attach.bind(chip);
  chip.attach = (host) => {
    deliver = (bytes) => host.receive(bytes);
    attach({
      get baudRate() {
        return host.baudRate;
      },
      receive: (bytes) => {
        begun = Buffer.concat([begun, bytes]);
        const length = lengthOf(begun);
        if (length === undefined || begun.length < length) return;
        const whole = begun;
        begun = Buffer.alloc(0);
        if (length === 0) deliver(whole);
        else pass(whole, deliver);
      },
    });
  };
  const receive = chip.receive.bind(chip);
  chip.receive = (bytes, baud) => {
    // Whatever had begun before this command is never completed.
    if (begun.length > 0) deliver(begun);
    begun = Buffer.alloc(0);
    receive(bytes, baud);
  };
}

/** Changes some of a simulated chip's long answers, by their code, before its host hears them. */
export function spoilAnswers(
  chip: SimulatedChip,
  codes: readonly number[],
  change: (answer: Buffer) => void,
): void {
  interposeAnswers(chip, (answer, deliver) => {
    if (answer[2] === 0xff && codes.includes(answer[9] as number)) change(answer);
    deliver(answer);
  });
}
