import assert from 'node:assert/strict';
import type { CauseId } from '../../src/diagnosis/causes';
import { diagnose, findings } from '../../src/diagnosis/diagnose';
import type { Drop } from '../../src/diagnosis/evidence';
import { EvidenceLog } from '../../src/diagnosis/evidence-log';
import type { Finding } from '../../src/diagnosis/finding';

const BAUD = 921_600;
const WHITE = 0xf154670a;

/** A linked chip on which everything went well so far. */
function linked(family: 'full' | 'basic' = 'full'): EvidenceLog {
  const log = new EvidenceLog();
  log.good('link', 115_200);
  log.family(family);
  for (let count = 0; count < 40; count++) log.good('checksum', BAUD);
  for (let count = 0; count < 10; count++) log.good('read', BAUD);
  for (let count = 0; count < 20; count++) log.good('erase', BAUD);
  for (let count = 0; count < 20; count++) log.good('program', BAUD);
  return log;
}

function drop(address: number, over: Partial<Drop> = {}): Omit<Drop, 'carriedOut'> {
  return {
    address,
    phase: 'write',
    baud: BAUD,
    kind: 'silence',
    command: 'program',
    found: 'rebooted',
    received: 0,
    busy: false,
    ...over,
  };
}

function wrong(log: EvidenceLog, address: number, direction: 'read' | 'write', times = 1): void {
  for (let time = 0; time < times; time++) {
    log.checksumPair({ address, length: 4096, direction, baud: BAUD, host: 1, chip: 2 });
  }
}

function right(log: EvidenceLog, address: number, direction: 'read' | 'write' = 'write'): void {
  const pair = { address, length: 4096, direction, baud: BAUD, host: WHITE, chip: WHITE };
  log.checksumPair(pair);
}

function of(log: EvidenceLog, id: CauseId): Finding | undefined {
  return findings(log.evidence).find((one) => one.id === id);
}

function first(log: EvidenceLog): Finding {
  const [found] = findings(log.evidence);
  assert.ok(found, 'something is found');
  return found;
}

describe('the diagnosis of a supply', () => {
  it('is sure of reboots at differing addresses while flash is changed', () => {
    const log = linked();
    for (const address of [0x0, 0x4f000, 0x27000, 0x16000, 0xa000]) log.drop(drop(address));
    const { id, confidence, evidence, action } = first(log);
    assert.equal(id, 'power');
    assert.ok(confidence > 0.8);
    assert.match(
      evidence,
      /5 times.*5 different addresses \(0x0, 0xa000, 0x16000, 0x27000, 0x4f000\)/,
    );
    assert.match(action, /3\.3 V supply.*500 mA.*100 µF/);
  });

  it('is less sure of one reboot, and of reboots at one place', () => {
    const once = linked();
    once.drop(drop(0x20000));
    assert.equal(first(once).id, 'power');
    assert.ok(first(once).confidence <= 0.5);
    const same = linked();
    for (let time = 0; time < 5; time++) same.drop(drop(0x20000));
    assert.ok(first(same).confidence <= 0.5);
  });

  it('takes a chip that is protected again for one that rebooted', () => {
    const log = linked();
    const unprotected = { before: 0x67c, written: 0x600, after: 0x600, mask: 0x407c };
    log.statusRegisters(unprotected);
    for (const address of [0x20000, 0x31000, 0x45000]) {
      log.drop(drop(address, { found: 'alive', baud: 115_200 }));
      log.statusRegisters(unprotected);
    }
    assert.equal(first(log).id, 'power');
    assert.equal(of(log, 'toChip'), undefined);
  });

  it('does not blame it for reboots while nothing draws current', () => {
    const log = linked();
    for (const address of [0x20000, 0x40000]) {
      log.drop(drop(address, { phase: 'read', command: 'read', kind: 'short' }));
    }
    assert.equal(first(log).id, 'interrupted');
    assert.match(first(log).evidence, /2 times in the phase read/);
    assert.equal(of(log, 'power'), undefined);
  });

  it('keeps quiet about a basic chip that a lossy line throws out as well', () => {
    const log = linked('basic');
    for (const address of [0x20000, 0x30000, 0x40000, 0x50000]) {
      log.drop(drop(address, { found: 'relinked' }));
      log.failed('program', BAUD, 'silence');
    }
    assert.equal(first(log).id, 'toChip');
    assert.ok((of(log, 'power')?.confidence ?? 0) < 0.5);
    assert.ok(first(log).confidence <= 0.7);
  });
});

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

describe('the diagnosis of adapter and flash', () => {
  it('tells of a port that went away, and whether it came back', () => {
    const log = linked();
    log.adapterLost();
    assert.match(first(log).evidence, /once and did not come back/);
    log.adapterBack();
    log.drop(drop(0x20000, { found: 'replugged' }));
    assert.equal(first(log).id, 'adapter');
    assert.match(first(log).evidence, /came back.*flash was being changed/);
  });

  it('tells of a sector that fails alone', () => {
    const log = linked();
    for (const address of [0x20000, 0x21000, 0x22000]) right(log, address);
    wrong(log, 0x23000, 'write', 4);
    log.sectorFailed(0x23000);
    assert.equal(first(log).id, 'badSector');
    assert.match(first(log).evidence, /Only 0x23000 failed/);
  });

  it('not where others failed and then held', () => {
    const log = linked();
    for (const address of [0x20000, 0x21000, 0x22000]) {
      wrong(log, address, 'write');
      right(log, address);
    }
    wrong(log, 0x23000, 'write', 4);
    log.sectorFailed(0x23000);
    assert.equal(first(log).id, 'toChip');
    assert.ok((of(log, 'badSector')?.confidence ?? 1) < 0.5);
  });

  it('tells of protect bits that stay', () => {
    const log = linked();
    const stuck = { before: 0x67c, written: 0x600, after: 0x67c, mask: 0x407c };
    log.statusRegisters(stuck);
    assert.ok(first(log).confidence < 0.5, 'one answer may have been lost');
    for (let count = 0; count < 9; count++) log.statusRegisters(stuck);
    assert.equal(first(log).id, 'locked');
    assert.match(first(log).evidence, /10 times.*0x67c.*0x407c/);
    assert.match(first(log).action, /supply off/);
    const told = linked();
    told.statusRegisters({ ...stuck, tries: 10 });
    assert.ok(first(told).confidence > 0.8);
  });

  it('tells of a flash that takes no change', () => {
    const log = linked();
    log.notTaken(0x11000);
    log.notTaken(0x12000);
    assert.equal(first(log).id, 'locked');
    assert.match(first(log).evidence, /0x11000, 0x12000/);
  });

  it('tells of a flash that does not answer', () => {
    for (const crc of [0xb7bfa0ce, 0x0d968558]) {
      const log = linked();
      log.bootloader(crc, false);
      assert.equal(first(log).id, 'deadFlash');
      assert.match(first(log).action, /P24/);
      assert.equal(of(log, 'unknownBootloader'), undefined);
    }
    const log = linked();
    log.flashId('000000');
    assert.equal(first(log).id, 'deadFlash');
  });
});

describe('the diagnosis of what the chip is', () => {
  it('names 0xB397B8F6 and 0xFEA8A821 for what they are', () => {
    const full = linked();
    full.bootloader(0xb397b8f6, false);
    assert.equal(first(full).id, 'blankBootloader');
    assert.match(first(full).evidence, /0xb397b8f6.*unknown bootloader.*257 bytes of FF/);
    assert.match(first(full).action, /backup of this chip.*bootloader set to replace/);
    const basic = linked('basic');
    basic.bootloader(0xfea8a821, false);
    assert.match(first(basic).evidence, /256 bytes of FF/);
    assert.match(first(basic).action, /SPI/);
  });

  it('puts what broke the job before a blank bootloader', () => {
    const log = linked();
    log.bootloader(0xb397b8f6, false);
    for (const address of [0x20000, 0x31000, 0x45000]) log.drop(drop(address));
    assert.equal(first(log).id, 'power');
  });

  it('is calm about an unknown bootloader', () => {
    const log = linked();
    log.bootloader(0x2f72e071, false);
    assert.ok(first(log).confidence <= 0.3);
    assert.match(first(log).cause, /no fault/);
    const known = linked();
    known.bootloader(0xe14191ba, true);
    assert.deepEqual(findings(known.evidence), []);
  });

  it('tells of another chip and another key', () => {
    const chip = linked();
    chip.chip('BK7231T', 'BK7231N');
    assert.equal(first(chip).id, 'wrongChip');
    assert.match(first(chip).evidence, /set to BK7231T, and a BK7231N/);
    const key = linked();
    key.key('none', 'tuya');
    assert.equal(first(key).id, 'wrongKey');
    assert.match(first(key).evidence, /no key.*Tuya's key/);
    const same = linked();
    same.chip('BK7231N', 'BK7231N');
    same.key('tuya', 'tuya');
    assert.deepEqual(findings(same.evidence), []);
  });
});

describe('a diagnosis', () => {
  it('says nothing where nothing failed', () => {
    assert.deepEqual(diagnose(linked().evidence), { likely: [], advice: [] });
  });

  it('says that it is unclear rather than guess', () => {
    const log = linked();
    log.failed('checksum', BAUD, 'silence');
    const { likely, advice } = diagnose(log.evidence);
    assert.equal(likely[0]?.cause, 'Unclear');
    assert.ok((likely[0]?.confidence ?? 1) <= 0.3);
    assert.match(likely[0]?.evidence ?? '', /1 exchange and 0 steps/);
    assert.ok(advice.length > 0);
  });

  it('holds back where two causes both seem sure', () => {
    const log = linked();
    for (const address of [0x20000, 0x31000, 0x45000]) log.drop(drop(address));
    for (const ms of [420, 610, 580]) log.late('checksum', BAUD, ms);
    assert.ok(findings(log.evidence).every(({ confidence }) => confidence <= 0.65));
  });

  it('is plain data that takes no part in what comes after', () => {
    const log = linked();
    const { evidence } = log;
    log.drop(drop(0x20000));
    assert.equal(evidence.drops.length, 0);
    assert.deepEqual(JSON.parse(JSON.stringify(evidence)), evidence);
  });

  it('keeps a bounded number of drops', () => {
    const log = linked();
    for (let count = 0; count < 1000; count++) log.drop(drop(count * 0x1000));
    assert.equal(log.evidence.drops.length, 200);
  });

  it('gives one action for each cause, most likely first', () => {
    const log = linked();
    for (const address of [0x20000, 0x31000, 0x45000]) log.drop(drop(address));
    log.bootloader(0xb397b8f6, false);
    const { likely, advice } = diagnose(log.evidence);
    assert.equal(advice.length, likely.length);
    assert.match(advice[0] ?? '', /supply of its own/);
    for (let index = 1; index < likely.length; index++) {
      assert.ok((likely[index - 1]?.confidence ?? 0) >= (likely[index]?.confidence ?? 1));
    }
  });
});
