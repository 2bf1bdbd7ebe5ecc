import { SECTOR } from '../../src/chip/geometry';
import {
  DEVICE_KEY,
  dataKey,
  encrypt,
  KEY_MAGIC,
  MASTER_KEY,
  madeStorage,
  sealed,
  type TuyaStorageOptions,
  type TuyaValues,
} from '../../src/simulator/memory/made-storage';

export {
  DEVICE_KEY,
  keySector,
  type TuyaStorageOptions,
  type TuyaValues,
} from '../../src/simulator/memory/made-storage';

/** Settings of a plug with a meter, as `user_param_key` holds them. */
export const PLUG_PARAM =
  '{bt1_lv:0,bt1_pin:10,ch_num:1,jv:1.0.5,module:CB2S,ele_pin:7,vi_pin:6,sel_pin_pin:24,' +
  'sel_pin_lv:1,netled1_lv:0,netled1_pin:8,rl1_lv:1,rl1_pin:26,}';

/** Values of a device that was paired: each secret is a text that occurs nowhere else. */
export const PAIRED: TuyaValues = {
  gw_bi:
    '{"uuid":"secret-uuid-0001","psk_key":"secret-psk-0002","auth_key":"secret-auth-0003",' +
    '"ap_ssid":"secret-ap-0004","ap_passwd":null,"country_code":"EU","prod_test":false}\0',
  gw_wsm:
    '{"nc_tp":9,"ssid":"secret-ssid-0005","passwd":"secret-passwd-0006","md":0,"random":0,' +
    '"token":"secret-token-0007","region":"EU"}\0',
  gw_di:
    '{"abi":0,"id":"secret-id-0008","swv":"1.1.2","bv":"40.00","pv":"2.2","lpv":"3.3",' +
    '"pk":"secret-pk-0009","firmk":"secret-firmk-0010","cdv":"1.0.0","dev_swv":"1.1.2"}\0',
  gw_ai: '{"key":"secret-key-0011","lckey":"secret-lckey-0012","time_z":"+01:00"}\0',
  em_sys_env: '"bk7231n"\0',
  ble_beaconkey: '"secret-beacon-0013"\0',
  tuya_seed: Buffer.from('secret-seed-0014'),
  user_param_key: `${PLUG_PARAM}\0`,
};

/** The secrets of `PAIRED`. */
export const SECRETS = JSON.stringify(PAIRED, (_, value) =>
  value?.type === 'Buffer' ? Buffer.from(value.data).toString() : value,
).match(/secret-[a-z]+-\d{4}/g) as string[];

/** The whole storage: key sector and data sectors, to be put at 0x1EE000 of a BK7231N or T. */
export function tuyaStorage(values: TuyaValues = PAIRED, options: TuyaStorageOptions = {}): Buffer {
  return madeStorage(values, options);
}

/** The sector before the storage in which newer SDKs keep copies of a few values. */
export function protectedSector(values: TuyaValues, options: TuyaStorageOptions = {}): Buffer {
  const { deviceKey = DEVICE_KEY } = options;
  const items = Object.entries(values).map(([name, given]) => {
    const value = Buffer.from(given as Buffer);
    const head = Buffer.alloc(36);
    head.writeUInt32LE(value.length, 0);
    head.write(name, 4, 'latin1');
    return Buffer.concat([head, value]);
  });
  const inner = Buffer.alloc(SECTOR - 32, 0x5a);
  const used = Buffer.concat(items);
  used.copy(inner);
  const sector = Buffer.alloc(SECTOR, 0xff);
  sector.writeUInt32LE(KEY_MAGIC, 0);
  deviceKey.copy(sector, 8);
  sector.writeUInt32LE(used.length, 24);
  encrypt(inner, dataKey(options)).copy(sector, 32);
  return encrypt(sealed(sector), MASTER_KEY);
}

/** Puts user files into a dump where a chip with this layout has them. */
export function putUserFiles(dump: Buffer, files: TuyaValues, layout: 'N' | 'T' = 'N'): void {
  const base = layout === 'N' ? 0x1d2000 : 0x1e3000;
  const address = (sector: number): number => {
    if (layout === 'N' || sector < 11) return base + sector * SECTOR;
    return sector < 19 ? 0x1d8000 + (sector - 11) * SECTOR : 0x12a000 + (sector - 19) * SECTOR;
  };
  const index = Buffer.alloc(SECTOR, 0xff);
  let next = 2;
  for (const [number, [name, given]] of Object.entries(files).entries()) {
    const value = Buffer.from(given as Buffer);
    const entry = Buffer.alloc(100);
    entry.write(name, 'latin1');
    entry.writeUInt32LE(value.length, 32);
    for (let at = 0; at < value.length; at += SECTOR) {
      entry[36 + at / SECTOR] = next;
      dump.fill(0xff, address(next), address(next) + SECTOR);
      value.subarray(at, at + SECTOR).copy(dump, address(next));
      next++;
    }
    entry.copy(index, 16 + number * 100);
  }
  for (const sequence of [1, 2]) {
    index.writeUInt32LE(0x98764321, 0);
    index.writeUInt32LE(sequence, 8);
    index.writeUInt16LE(0, 12);
    // The older copy does not know the files yet.
    index.writeUInt16LE(sequence === 2 ? Object.keys(files).length : 0, 14);
    sealed(index).copy(dump, base + (sequence - 1) * SECTOR);
  }
}
