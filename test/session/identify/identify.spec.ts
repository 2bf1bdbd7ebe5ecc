import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { linkCheck } from '../../../src/protocol/commands/command-table';
import type { Identity } from '../../../src/session/base/identity';
import { identify } from '../../../src/session/identify/identify';
import type { SimulatedChip } from '../../../src/simulator/simulator';
import { allEnglish, english } from '../../support/english';
import { type Bench, bench, openSession } from '../../support/linked-session';

const TUYA = '510fb093a3cbeadc5993a17ec7adeb03';
const MIB = 1024 * 1024;

/** Identifies a chip that was just linked. */
async function identity(
  url: string,
  arrange: (chip: SimulatedChip, own: Bench) => void = () => {},
): Promise<Omit<Identity, 'warnings'> & { warnings: string[] }> {
  const own = bench(url);
  const exchanger = await own.exchanger();
  arrange(own.chip, own);
  own.chip.reset();
  await exchanger.pause(20);
  await exchanger.sendOnce(linkCheck, undefined);
  try {
    const found = await identify(exchanger);
    return { ...found, warnings: allEnglish(found.warnings) };
  } finally {
    await own.line().close();
    assert.equal(own.clock.pending, 0);
    assert.equal(own.chip.counters.statusWrites, 0);
    assert.equal(own.chip.counters.bootloaderTouches, 0);
  }
}

describe('identifying', () => {
  it('does not believe a flash id that leads round into the bootloader', async () => {
    for (const chip of ['bk7231n', 'bk7238']) {
      const found = await identity(`sim://${chip}?size=2M&jedec=eb6017`);
      assert.equal(found.flash.size, 2 * MIB);
      assert.match(found.warnings.join(), /eb6017 says that it has 0x800000 bytes.*0x200000/);
    }
    assert.equal((await identity('sim://bk7231n?size=64M')).flash.size, 64 * MIB);
  });

  it('believes a known flash part of any size that holds a bootloader', async () => {
    for (const [jedec, size, part] of [
      ['eb6012', 0x40000, 'TH25D20HA'],
      ['854412', 0x40000, 'PY25D22U'],
      ['c44011', 0x20000, 'GT25Q10D'],
      ['514013', 0x80000, 'GD25D40'],
    ] as const) {
      const { flash, warnings } = await identity(`sim://bk7231n?jedec=${jedec}&size=${size}`);
      assert.deepEqual({ ...flash, part: flash.part?.name }, { id: jedec, part, size });
      assert.deepEqual(warnings, []);
    }
  });

  it('does not believe an id of a size that no such chip can have', async () => {
    // The first stands in the table, but has no room for a bootloader; the others stand in none.
    for (const jedec of ['c44010', 'aa4010', 'aa4012', 'aa401b']) {
      const { flash } = await identity(`sim://bk7231n?jedec=${jedec}&size=1M`);
      assert.deepEqual(flash, { id: null, part: null, size: MIB }, jedec);
    }
    const { flash } = await identity('sim://bk7231n?jedec=aa4013&size=512K');
    assert.deepEqual([flash.id, flash.size, flash.part?.known], ['aa4013', MIB / 2, false]);
  });

  it('finds the size of small flash by where its addresses come round', async () => {
    for (const size of [0x20000, 0x40000]) {
      const { flash } = await identity(`sim://bk7231n?jedec=aa4010&size=${size}`);
      assert.deepEqual(flash, { id: null, part: null, size });
    }
  });

  it('knows a BK7231N by its bootloader, id, flash and key', async () => {
    const found = await identity('sim://bk7231n');
    assert.deepEqual(
      { ...found, flash: { ...found.flash, part: found.flash.part?.name } },
      {
        family: 'full',
        chip: 'BK7231N',
        chipId: '7231c',
        bootloader: {
          name: 'BK7231N',
          version: '1.0.1',
          crc: 'e14191ba',
          known: true,
          blank: false,
        },
        flash: { id: 'eb6015', part: 'TH25Q16HB', size: 2 * MIB },
        key: TUYA,
        encryption: 'tuya',
        warnings: [],
      },
    );
  });

  it('knows a BK7231T by its bootloader, which tells its version', async () => {
    const found = await identity('sim://bk7231t');
    assert.deepEqual(found, {
      family: 'basic',
      chip: 'BK7231T',
      chipId: null,
      bootloader: { name: 'BK7231S', version: '1.0.6', crc: 'e5cbc953', known: true, blank: false },
      flash: { id: null, part: null, size: 2 * MIB },
      key: null,
      encryption: 'tuya',
      warnings: [],
    });
  });

  for (const [chip, family, size, chipId] of [
    ['BK7231T', 'basic', 2, null],
    ['BK7231U', 'basic', 2, null],
    ['BK7231Q', 'basic', 2, null],
    ['BK7252', 'basic', 4, null],
    ['BK7231N', 'full', 2, '7231c'],
    ['BK7231M', 'full', 2, '7231c'],
    ['BK7238', 'full', 2, '7238'],
    ['BK7252N', 'full', 4, '7252a'],
    ['BK7236', 'full', 4, '7236'],
    ['BK7258', 'full', 8, '7236'],
  ] as const) {
    it(`knows a ${chip}`, async () => {
      const found = await identity(`sim://${chip}`);
      assert.equal(found.chip, chip);
      assert.equal(found.family, family);
      assert.equal(found.chipId, chipId);
      assert.equal(found.flash.size, size * MIB);
      assert.equal(found.flash.id === null, family === 'basic');
    });
  }

  for (const [size, chip] of [
    [2, 'BK7236'],
    [4, 'BK7236'],
    [8, 'BK7258'],
    [16, 'BK7258'],
  ] as const) {
    it(`tells a ${chip} with ${size} MiB from its sibling of the same id by that size`, async () => {
      assert.equal((await identity(`sim://${chip}?size=${size * MIB}`)).chip, chip);
    });
  }

  it('tells a BK7231M from a BK7231N by its key alone', async () => {
    assert.equal((await identity('sim://bk7231n?bootloader=unknown')).chip, 'BK7231N');
    const other = await identity('sim://bk7231n?bootloader=unknown&key=none');
    assert.equal(other.chip, 'BK7231M');
    assert.equal(other.encryption, 'none');
  });

  it("takes Tuya's bootloader for a BK7231N whose key must not be read", async () => {
    const found = await identity('sim://bk7231n?key=none');
    assert.equal(found.chip, 'BK7231N');
    assert.equal(found.encryption, 'tuya');
    assert.equal(found.key, '0'.repeat(32));
  });

  it("tells a key of someone's own", async () => {
    const key = '00112233445566778899aabbccddeeff';
    const found = await identity(`sim://bk7231n?key=${key}`);
    assert.equal(found.key, key);
    assert.equal(found.encryption, 'custom');
  });

  it('goes on with an unknown bootloader of a full chip, and tells its checksum once', async () => {
    const found = await identity('sim://bk7231n?bootloader=unknown');
    assert.equal(found.family, 'full');
    assert.equal(found.bootloader.known, false);
    assert.equal(found.bootloader.name, 'unknown');
    assert.equal(found.warnings.length, 1);
    assert.ok(found.warnings[0]?.includes(found.bootloader.crc));
    assert.match(found.warnings[0] ?? '', /no fault/);
  });

  it('goes on with an unknown bootloader of a basic chip, whose model cannot be told', async () => {
    const found = await identity('sim://bk7252?bootloader=unknown');
    assert.equal(found.family, 'basic');
    assert.equal(found.chip, null);
    assert.equal(found.flash.size, 4 * MIB);
    assert.equal(found.warnings.length, 1);
    assert.match(found.warnings[0] ?? '', /set it in the device/);
  });

  it('tells the kind also where the start of the application is blank', async () => {
    for (const [chip, family] of [
      ['bk7231n', 'full'],
      ['bk7252', 'basic'],
    ] as const) {
      const found = await identity(`sim://${chip}?bootloader=unknown`, ({ flash }) => {
        flash.fill(0xff, 0x11000, 0x12000);
      });
      assert.equal(found.family, family);
    }
  });

  it('says that a full chip has a blank bootloader, and goes on', async () => {
    const found = await identity('sim://bk7231n?bootloader=blank');
    assert.equal(found.bootloader.crc, 'b397b8f6');
    assert.equal(found.bootloader.blank, true);
    assert.equal(found.bootloader.name, 'blank');
    assert.equal(found.chip, 'BK7231N');
    assert.equal(found.warnings.length, 1);
    assert.match(found.warnings[0] ?? '', /blank.*backup/);
  });

  it('stops at flash that reads as zeros, whichever kind of chip', async () => {
    for (const chip of ['bk7231n', 'bk7231t', 'bk7238']) {
      await assert.rejects(
        identity(`sim://${chip}`, ({ flash }) => flash.fill(0)),
        (error: { code: string; cause: { advice: string[] } }) =>
          error.code === 'BK_UNKNOWN_FLASH' && /P24/.test(error.cause.advice.join()),
      );
    }
  });

  it('stops at a chip whose checksums fit neither kind', async () => {
    await assert.rejects(
      identity('sim://bk7231n?bootloader=unknown', (_chip, own) => {
        own.line().onAnswer = (bytes, key) => {
          const other = Buffer.from(bytes);
          if (key === 'S10') other[8] = (other[8] as number) ^ 0x55;
          return other;
        };
      }),
      { code: 'BK_UNKNOWN_CHIP' },
    );
  });

  it('stops at a chip id that nobody knows', async () => {
    await assert.rejects(
      identity('sim://bk7238', (_chip, own) => {
        own.line().onAnswer = (bytes, key) => {
          const other = Buffer.from(bytes);
          if (key === 'S03' && other.length === 15) other.writeUInt32LE(0x9999, 11);
          return other;
        };
      }),
      (error: { code: string; message: string }) =>
        error.code === 'BK_UNKNOWN_CHIP' && error.message.includes('9999'),
    );
  });

  it('takes the size from any JEDEC id, also of a part that nobody knows', async () => {
    for (const [jedec, size] of [
      ['eb6015', 2],
      ['c84016', 4],
      ['c84017', 8],
      ['aabb14', 1],
    ] as const) {
      const found = await identity(`sim://bk7231n?jedec=${jedec}&size=${size}M`);
      assert.equal(found.flash.id, jedec);
      assert.equal(found.flash.size, size * MIB);
      assert.equal(found.flash.part?.id, jedec);
    }
    const unknown = await identity('sim://bk7231n?jedec=aabb15');
    assert.equal(unknown.flash.part?.known, false);
    assert.equal(unknown.warnings.length, 1);
    assert.match(unknown.warnings[0] ?? '', /aabb15 is not a known one.*2 MiB/);
  });

  it('does not call a part unknown that is known by its id only', async () => {
    const found = await identity('sim://bk7231n?jedec=ef4016&size=4M');
    assert.equal(found.flash.part?.known, true);
    assert.deepEqual(found.warnings, []);
  });

  it('reads the id of the flash whatever length the answer claims', async () => {
    for (const length of [5, 6, 7]) {
      const found = await identity(`sim://bk7231n?midLength=${length}`);
      assert.equal(found.flash.id, 'eb6015', `${length}`);
    }
  });

  it('finds by wrap-around the size that a full chip does not tell', async () => {
    for (const [jedec, size] of [
      ['000000', 2],
      ['ffffff', 4],
    ] as const) {
      const found = await identity(`sim://bk7231n?jedec=${jedec}&size=${size}M`);
      assert.equal(found.flash.id, null);
      assert.equal(found.flash.part, null);
      assert.equal(found.flash.size, size * MIB);
    }
  });

  it('finds by wrap-around the size of a basic chip whose bootloader does not settle it', async () => {
    for (const size of ['256K', '512K', '1M', '2M', '4M', '8M', '16M']) {
      const found = await identity(`sim://bk7252?size=${size}`);
      const unit = size.endsWith('K') ? 1024 : MIB;
      assert.equal(found.flash.size, Number.parseInt(size, 10) * unit, size);
    }
  });

  it('believes no bootloader that names more flash than there is', async () => {
    // At half of the size that is wrongly believed, a write would go round into the bootloader.
    const found = await identity('sim://bk7231t?size=1M');
    assert.equal(found.flash.size, MIB);
    assert.equal((await identity('sim://bk7231t?size=4M')).flash.size, 2 * MIB);
  });

  it('gives up on a size that cannot be told: no id and a blank bootloader', async () => {
    await assert.rejects(identity('sim://bk7231n?jedec=ffffff&bootloader=blank'), {
      code: 'BK_UNKNOWN_FLASH',
    });
  });
});

describe('the chip that is expected', () => {
  it('may be the one that is found', async () => {
    const { session } = await openSession('sim://bk7231n', { chip: 'BK7231N' });
    assert.equal(session.identity.chip, 'BK7231N');
    assert.deepEqual(session.identity.warnings, []);
  });

  for (const [chip, expected] of [
    ['bk7231n', 'BK7231T'],
    ['bk7231t', 'BK7231N'],
    ['bk7231n', 'BK7231M'],
    ['bk7231m', 'BK7231N'],
    ['bk7231t', 'BK7231U'],
    ['bk7258', 'BK7236'],
  ] as const) {
    it(`is not mistaken: ${chip} for ${expected}`, async () => {
      const own = bench(`sim://${chip}`);
      const before = crc32(own.chip.flash);
      await assert.rejects(
        own.open({ chip: expected }),
        (error: { code: string; message: string }) =>
          error.code === 'BK_WRONG_CHIP' &&
          error.message.includes(chip.toUpperCase()) &&
          error.message.includes(expected) &&
          error.message.includes('nothing was changed'),
      );
      assert.equal(crc32(own.chip.flash), before);
      assert.equal(own.chip.counters.statusWrites, 0);
    });
  }

  it('speaks for a basic chip that does not tell its model, with a warning', async () => {
    const { session } = await openSession('sim://bk7252?bootloader=unknown', { chip: 'BK7252' });
    assert.equal(session.identity.chip, 'BK7252');
    assert.equal(session.identity.warnings.length, 2);
    assert.match(english(session.identity.warnings[1] ?? ''), /taken from the device's setting/);
  });

  it('does not speak for a chip of the other kind', async () => {
    await assert.rejects(bench('sim://bk7252?bootloader=unknown').open({ chip: 'BK7231N' }), {
      code: 'BK_WRONG_CHIP',
    });
  });
});
