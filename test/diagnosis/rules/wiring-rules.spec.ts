import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EvidenceLog } from '../../../src/diagnosis/evidence/evidence-log';
import { type Diagnosis, diagnose } from '../../support/findings';

/** What is told of a chip that is called, never answered, and of which `stray` was heard. */
function unlinked(stray: Uint8Array | string, received = stray.length): Diagnosis {
  const log = new EvidenceLog();
  log.failed('link', 115_200, 'silence');
  log.received(received);
  log.stray(typeof stray === 'string' ? Buffer.from(stray, 'latin1') : stray);
  return diagnose(log.evidence);
}

function causeOf(stray: Buffer | string): string {
  return unlinked(stray).likely[0]?.cause ?? '';
}

const LINK_CHECKS = Buffer.from('01e0fc0100'.repeat(40), 'hex');

describe('the diagnosis of a chip that does not answer', () => {
  it('takes own commands that come back for joined wires', () => {
    assert.match(causeOf(LINK_CHECKS), /TX and RX are joined/);
    assert.match(causeOf(LINK_CHECKS.subarray(3)), /TX and RX are joined/);
    assert.match(causeOf(Buffer.concat([LINK_CHECKS, Buffer.from('reboot\r\n')])), /joined/);
  });

  it('takes heartbeats for a second controller', () => {
    const beats = Buffer.from('55aa00000000ff55aa00000000ff', 'hex');
    const { likely, advice } = unlinked(beats);
    assert.match(likely[0]?.cause ?? '', /TuyaMCU/);
    assert.match(likely[0]?.evidence ?? '', /55 AA/);
    assert.match(advice[0] ?? '', /in reset|resistor/);
  });

  it('takes text for a running application or the log, and shows the end of it', () => {
    const log = 'V:BOOT simulated\r\n[Flash]init over\r\nsctrl_sta_ps_init\r\n';
    const { likely, advice } = unlinked(log);
    assert.match(likely[0]?.cause ?? '', /application runs.*log UART/);
    assert.match(likely[0]?.evidence ?? '', /sctrl_sta_ps_init"/);
    assert.match(advice[0] ?? '', /UART1.*CEN to GND/);
  });

  it('shows nothing of a log that may be a name or a password', () => {
    const secrets = ['MyHome', 'open sesame 17', 'a'.repeat(64), 'sctrl_Pass1', 'V:Secret'];
    for (const secret of secrets)
      for (const log of [
        `Info:MAIN:ssid:MyHome key:${secret}\r\n`,
        `ssid:MyHome key:${secret}\r\nsctrl_sta_ps_init\r\n`,
        `connecting to ${secret} with a long line of words\r\n`,
      ]) {
        const evidence = unlinked(log).likely[0]?.evidence ?? '';
        assert.match(evidence, /Text arrives .*…/);
        for (const word of [...secret.split(' '), 'MyHome'])
          assert.ok(!evidence.replace(/^.*bytes\)/, '').includes(word), evidence);
      }
    const known = unlinked('Info:MAIN:key:x1y2\r\nsctrl_sta_ps_init\r\n');
    assert.match(known.likely[0]?.evidence ?? '', /"Info:MAIN:… sctrl_sta_ps_init"/);
  });

  it('forgives text a few bytes of noise', () => {
    assert.match(causeOf(`${'a plain line of the log\r\n'.repeat(4)}\xff\x80`), /application runs/);
  });

  it('takes other bytes for a bad line or a missing ground, and counts them', () => {
    const { likely, advice } = unlinked(Buffer.from('80c0e0f0f8fc80c0e0f0', 'hex'));
    assert.match(likely[0]?.cause ?? '', /bad line.*ground/);
    assert.match(likely[0]?.evidence ?? '', /10 bytes/);
    assert.match(advice[0] ?? '', /grounds/);
  });

  it('takes a few letters for no text', () => {
    assert.match(causeOf('ok'), /bad line/);
  });

  it('takes answers to nothing that was asked for a line that is not sound', () => {
    const { likely } = unlinked('', 84);
    assert.match(likely[0]?.cause ?? '', /bad line.*ground/);
    assert.match(likely[0]?.evidence ?? '', /84 bytes.*answer nothing/);
  });

  it('asks for the reset and the wires where not a byte arrived', () => {
    const { likely, advice } = unlinked('');
    assert.match(likely[0]?.cause ?? '', /not reset.*no power.*swapped/);
    assert.match(likely[0]?.evidence ?? '', /Not one byte/);
    assert.match(advice[0] ?? '', /CEN to GND/);
    assert.ok(advice.some((line) => /TX.* RX1.*RX.* TX1.*GND/.test(line)));
  });

  it('always has a cause, evidence and advice in printable sentences', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 256 }), fc.nat(1000), (stray, more) => {
        const { likely, advice } = unlinked(stray, stray.length + more);
        assert.ok(likely.length > 0 && advice.length > 0);
        for (const { cause, confidence, evidence } of likely) {
          assert.ok(cause.length > 0 && confidence > 0 && confidence <= 1);
          assert.match(evidence, /^[\x20-\x7e…]+$/);
        }
        for (const line of advice) assert.match(line, /\.$/);
      }),
    );
  });

  it('asks for another reset where the chip was linked, and does not doubt the wires', () => {
    const log = new EvidenceLog();
    log.good('link', 115_200);
    log.good('checksum', 115_200);
    for (let call = 0; call < 300; call++) log.failed('link', 115_200, 'silence');
    const { likely, advice } = diagnose(log.evidence);
    assert.equal(likely.length, 1);
    assert.match(likely[0]?.evidence ?? '', /was linked.*last 300 calls/);
    assert.match(
      advice[0] ?? '',
      /^Reset the chip while the job waits: .*CEN to GND.*off and on\.$/,
    );
    log.good('link', 115_200);
    assert.ok(diagnose(log.evidence).likely.every(({ evidence }) => !/calls/.test(evidence)));
  });
});
