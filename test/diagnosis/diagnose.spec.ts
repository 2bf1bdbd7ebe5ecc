import assert from 'node:assert/strict';
import * as inCodes from '../../src/diagnosis/diagnose';
import { render } from '../../src/texts/render';
import { BAUD, drop, first, linked, of, right, wrong } from '../support/evidence';
import { diagnose, findings } from '../support/findings';

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

  it('names the phases of such reboots in the language of whoever reads it', () => {
    const log = linked();
    log.drop(drop(0x20000, { phase: 'read', command: 'read', kind: 'short' }));
    log.drop(drop(0x40000, { phase: 'verify', command: 'checksum', kind: 'short' }));
    const evidence = inCodes.findings(log.evidence).map((finding) => finding.evidence);
    const german = {
      diagnosis: { wentAwayIdle: 'weg: __phases__', comma: '__first__, __second__' },
      session: { phaseRead: 'Lesen', phaseVerify: 'Prüfen' },
    };
    const said = evidence.map((note) => render(note, { language: 'de', texts: german }));
    assert.ok(said.includes('weg: Lesen, Prüfen'), said.join('\n'));
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

describe('the diagnosis of adapter and flash', () => {
  it('tells of a port that went away, and whether it came back', () => {
    const log = linked();
    log.adapterLost();
    assert.match(first(log).evidence, /once and did not come back/);
    log.adapterBack();
    log.drop(drop(0x20000, { found: 'replugged' }));
    assert.equal(first(log).id, 'adapter');
    assert.match(first(log).evidence, /came back.*flash was being changed/);
    log.served();
    assert.equal(first(log).id, 'server');
    assert.match(first(log).evidence, /^The port went away once and came back\.$/);
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
