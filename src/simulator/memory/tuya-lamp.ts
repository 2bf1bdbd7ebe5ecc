import type { ResolvedOptions } from '../setup/resolve';
import { APP_ADDRESS, DATA, putLogical, tuyaStream } from './code-area';
import { madeStorage } from './made-storage';

/** Where the texts of the code lie in the application, counted without check bytes. */
const TEXTS = 0x8000;

/** A lamp with five colours, as its settings name its pins. */
const PINS =
  '{Jsonver:1.1.5,module:CB2S,cmod:rgbcw,cwtype:0,r_pin:24,r_lv:1,g_pin:26,g_lv:1,b_pin:6,b_lv:1,' +
  'c_pin:8,c_lv:1,w_pin:7,w_lv:1,}';

/** What is found on a lamp that was paired with an app; made up, and nobody's. */
function lampValues(platform: string): Record<string, string> {
  return {
    gw_bi:
      '{"uuid":"0000practice0000","psk_key":"","auth_key":"0000practice0000","ap_ssid":"SmartLife",' +
      '"ap_passwd":null,"country_code":"EU","prod_test":false}\0',
    gw_wsm: '{"nc_tp":9,"ssid":"practice","passwd":"practice","md":0,"random":0,"region":"EU"}\0',
    gw_di: '{"abi":0,"id":"0000practice0000","swv":"1.1.2","bv":"40.00","pv":"2.2","lpv":"3.3"}\0',
    em_sys_env: `"${platform}"\0`,
    user_param_key: `${PINS}\0`,
  };
}

/** Gives code the texts by which Tuya's firmware for a lamp names itself; its packets are sealed later. */
export function nameTuyaLamp(options: ResolvedOptions, cells: Buffer, base: number): void {
  const isClear = /^0+$/.test(options.key);
  // With a key of someone's own nobody can read them anyway.
  if (!isClear && !options.tuyaKey) return;
  const platform = options.chip.toLowerCase();
  const texts = [
    `oem_${platform}_light_ty`,
    '1.1.15',
    `< BUILD AT:2022_01_01_12_00_00 BY ci FOR ty_iot_sdk AT ${platform} >`,
  ];
  const text = Buffer.from(`\0${texts.join('\0')}\0`, 'latin1');
  const bytes = Buffer.alloc(Math.ceil(text.length / DATA) * DATA);
  text.copy(bytes);
  if (!isClear)
    for (let at = 0; at < bytes.length; at += 4)
      bytes.writeUInt32LE(
        (bytes.readUInt32LE(at) ^ tuyaStream(APP_ADDRESS + TEXTS + at)) >>> 0,
        at,
      );
  putLogical(cells, base, TEXTS, bytes);
}

/** Its storage, from its key sector on. */
export function tuyaLampStorage({ chip }: ResolvedOptions): Buffer {
  return madeStorage(lampValues(chip.toLowerCase()));
}
