import assert from 'node:assert/strict';
import { EvidenceLog } from '../../../src/diagnosis/evidence/evidence-log';
import { BAUD, drop, first, linked, of, right, wrong } from '../../support/evidence';
import { findings } from '../../support/findings';

describe('the diagnosis of the two lines', () => {
  it('blames the one to the chip when only long commands do not arrive', () => {
    const log = linked();
    for (const address of [0x20000, 0x23000, 0x29000]) {
      log.failed('program', BAUD, 'silence');
      log.drop(drop(address, { found: 'alive' }));
    }
    const { id, confidence, evidence, action } = first(log);
    assert.equal(id, 'toChip');
    assert.ok(confidence >= 0.7);
    assert.match(evidence, /3 writes got no answer.*0x20000, 0x23000, 0x29000.*10 of 10 reads/);
    assert.match(action, /TX to RX1/);
  });

  it('blames it for bytes that lie otherwise in flash than they were sent', () => {
    const log = linked();
    for (const address of [0x20000, 0x23000, 0x29000, 0x2a000, 0x2b000]) {
      wrong(log, address, 'write');
      right(log, address);
    }
    assert.equal(first(log).id, 'toChip');
    assert.match(first(log).evidence, /5 ranges held other bytes/);
  });

  it('blames the one from the chip for reads that break off while writes act', () => {
    const log = linked();
    for (let count = 0; count < 5; count++)
      log.failed('read', BAUD, count < 3 ? 'short' : 'garbled');
    assert.equal(first(log).id, 'fromChip');
    assert.match(first(log).evidence, /5 reads came short or changed; 20 writes went well/);
  });

  it('blames it for answers to changes that were made', () => {
    const log = linked();
    for (const address of [0x20000, 0x23000, 0x29000]) {
      log.failed('program', BAUD, 'silence');
      log.drop(drop(address, { found: 'alive' }));
      log.carriedOut(address);
    }
    assert.equal(first(log).id, 'fromChip');
    assert.equal(of(log, 'toChip'), undefined);
    assert.match(
      first(log).evidence,
      /3 changes of flash \(0x20000, 0x23000, 0x29000\) had been made/,
    );
  });

  it('is never sure of it where nothing was written', () => {
    const log = new EvidenceLog();
    log.good('link', 115_200);
    for (let count = 0; count < 10; count++) log.failed('read', BAUD, 'short');
    assert.ok(first(log).confidence <= 0.7);
  });

  it('blames the ground when both fail alike', () => {
    const log = linked();
    for (let count = 0; count < 4; count++) {
      log.failed('read', BAUD, 'garbled');
      log.failed('program', BAUD, 'silence');
      log.drop(drop(0x20000 + count * 0x1000, { found: 'alive' }));
    }
    const { id, action, confidence } = first(log);
    assert.equal(id, 'line');
    assert.ok(confidence <= 0.7);
    assert.match(action, /grounds/);
  });
});

describe('the diagnosis of rates and late answers', () => {
  it('blames the rate for errors above it only', () => {
    const log = linked();
    for (let count = 0; count < 10; count++) log.good('read', 2_000_000);
    for (let count = 0; count < 6; count++) log.failed('read', 2_000_000, 'short');
    for (let count = 0; count < 20; count++) log.good('read', 460_800);
    const { id, evidence, action } = first(log);
    assert.equal(id, 'baud');
    assert.match(evidence, /6 of 16 exchanges failed at 2000000 baud and above, 0 of 30/);
    assert.match(action, /below 2000000/);
  });

  it('does not where too little was done below it to tell', () => {
    const log = new EvidenceLog();
    log.good('link', 115_200);
    for (let count = 0; count < 3; count++) log.good('read', 115_200);
    for (let count = 0; count < 30; count++) log.good('read', BAUD);
    for (let count = 0; count < 4; count++) log.failed('read', BAUD, 'short');
    assert.notEqual(first(log).id, 'baud');
  });

  it('tells of rates that were tried in vain', () => {
    const log = linked();
    log.baudTried(115_200, 'proved');
    log.baudTried(2_000_000, 'failed');
    log.baudTried(1_000_000, 'refused');
    assert.equal(first(log).id, 'baud');
    assert.match(first(log).evidence, /2000000, 1000000/);
    assert.match(first(log).action, /below 1000000/);
  });

  it('blames adapter or computer for answers that come too late', () => {
    const log = linked();
    for (const ms of [420, 610, 580]) log.late('checksum', BAUD, ms);
    assert.equal(first(log).id, 'hostTimeout');
    assert.match(first(log).evidence, /3 answers came.*610 ms/);
    assert.match(first(log).action, /hub|latency/);
  });

  it('not for slow flash, nor for answers to calls', () => {
    const log = linked();
    for (let count = 0; count < 9; count++) {
      log.late('erase', BAUD, 900);
      log.late('program', BAUD, 90);
      log.late('link', 115_200, 20);
    }
    assert.deepEqual(findings(log.evidence), []);
  });

  it('suspects it when no write at 115200 ever got an answer', () => {
    const log = new EvidenceLog();
    log.good('link', 115_200);
    for (let count = 0; count < 10; count++) log.good('checksum', 115_200);
    for (let count = 0; count < 3; count++) {
      log.failed('program', 115_200, 'silence');
      log.drop(drop(0x11000, { found: 'alive', baud: 115_200 }));
    }
    const found = of(log, 'hostTimeout');
    assert.match(found?.evidence ?? '', /first write at 115200 baud and all 2 after it/);
    assert.ok((found?.confidence ?? 1) < 0.5);
  });
});

describe('the diagnosis of wires and talkers', () => {
  const heard = (bytes: Buffer | string): EvidenceLog => {
    const log = new EvidenceLog();
    log.failed('link', 115_200, 'silence');
    log.stray(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return log;
  };

  it('hears own commands, however they are cut', () => {
    const log = new EvidenceLog();
    log.failed('link', 115_200, 'silence');
    const bytes = Buffer.from('01e0fc0100'.repeat(5), 'hex');
    for (const byte of bytes) log.stray(Buffer.from([byte]));
    assert.equal(first(log).id, 'joined');
    assert.match(first(log).evidence, /5 times/);
    assert.ok(first(log).confidence > 0.8);
  });

  it('takes the remains of an answer for no echo', () => {
    const log = heard(Buffer.from('000e0501e0fc0100', 'hex'));
    assert.equal(of(log, 'joined'), undefined);
  });

  it('tells the module from the controller by the version in its frames', () => {
    assert.match(first(heard(Buffer.from('55aa00000000ff', 'hex'))).evidence, /own firmware/);
    assert.match(
      first(heard(Buffer.from('55aa030000010104', 'hex'))).evidence,
      /second controller/,
    );
  });

  it('takes 55 AA without a right sum for noise', () => {
    assert.equal(of(heard(Buffer.from('55aa0000000012', 'hex')), 'secondTalker'), undefined);
  });

  it('suspects a controller that talks into a job', () => {
    const log = linked();
    for (let count = 0; count < 6; count++) log.stray(Buffer.from('55aa030000010104', 'hex'));
    assert.deepEqual(findings(log.evidence), [], 'not while all goes well');
    wrong(log, 0x20000, 'write');
    assert.equal(first(log).id, 'secondTalker');
  });

  it('shows the text that it hears', () => {
    const { id, evidence } = first(heard('V:BOOT simulated\r\n[Flash]init over\r\n'));
    assert.equal(id, 'application');
    assert.match(evidence, /V:BOOT simulated \[Flash\]init over/);
  });

  it('takes what a broken read holds for nothing', () => {
    const log = linked();
    log.stray(Buffer.from('55aa00000000ff and a text in flash', 'latin1'), 'read');
    assert.deepEqual(findings(log.evidence), []);
  });

  it('says that not one byte came', () => {
    const log = new EvidenceLog();
    for (let call = 0; call < 300; call++) log.failed('link', 115_200, 'silence');
    assert.equal(first(log).id, 'silence');
    assert.match(first(log).evidence, /300 calls/);
    assert.ok(first(log).confidence <= 0.5);
  });
});
